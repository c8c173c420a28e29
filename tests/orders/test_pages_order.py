"""The order's own page: what it says in each state, who may see it, and how it is found again."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import now

from catalog.models import Piece, PieceMaterial
from designers.models import Designer
from orders.models import Order, OrderEvent, Parcel
from tests.factories import make_collection, make_material, make_order, make_piece
from tests.orders.builders import post_letters

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_fresh_throttle() -> None:
    cache.clear()


@pytest.fixture
def shopper() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


def piece_of(designer: Designer, **columns: Any) -> Piece:
    return make_piece(collection=make_collection(designer=designer), **columns)


def page_of(order: Order) -> str:
    answer = Client().get(f"/orders/{order.token}/")
    assert answer.status_code == 200
    return answer.text


def test_it_is_for_whoever_has_its_address_and_no_search_engine(shopper: Client) -> None:
    order = make_order(make_piece())
    answer = shopper.get(order.get_absolute_url())
    assert answer.status_code == 200
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert not answer.cookies


@pytest.mark.parametrize("token", ["unknown", "M-234567", "1"])
def test_an_unknown_address_is_a_404(shopper: Client, token: str) -> None:
    for path in ("", "state/", "certificates/1/"):
        assert shopper.get(f"/orders/{token}/{path}").status_code == 404
    assert shopper.post(f"/orders/{token}/letter/").status_code == 404


def test_a_paid_order_thanks_and_promises(ines: Designer, henrik: Designer) -> None:
    made = piece_of(ines, title="Scallop brooch", price=126_000)
    ready = piece_of(henrik, title="Nocturne No. 5", price=46_000)
    order = make_order(made, ready, name="Jonas Weber", payment_note="Visa ending 4242")
    order.lines.filter(title="Scallop brooch").update(is_made=True, label="", engraving="J. W.")
    order.parcels.filter(designer=henrik).update(
        state=Parcel.State.SHIPPED, shipped_at=now(), carrier="PostNord", tracking="AB 1", wrap=True
    )
    order.parcels.filter(designer=ines).update(
        stage=Parcel.Stage.SET,
        stage_days={"0": "2026-11-03", "1": "2026-11-12", "2": "2026-11-20"},
        post_by=date(2026, 11, 27),
        arrives_by=date(2026, 12, 1),
        maker_note="I am pegging the pearl today.",
    )
    text = page_of(order)
    for words in (
        "Thank you, Jonas",
        "One piece is on its way and one is still on the bench.",
        "The last parcel will be with you by <b>Tuesday 1 December</b>",
        "now, since 20 November",
        "12 November",
        "due 27 November",
        "before you came",
        "“I am pegging the pearl today.”",
        "Engraved “J. W.”.",
        "Made by Inês for you.",
        "Posted with PostNord. Number AB 1",
        "shipmentid=AB%201",
        f"<title>Thank you: order {order.number} –",
        "Wrapped.",
        "1 Quay St",
        "H91 Galway, Ireland",
        "1,720\N{NO-BREAK SPACE}€",
        "Visa ending 4242.",
    ):
        assert words in text, words


def test_what_has_arrived_is_with_them() -> None:
    order = make_order(make_piece())
    parcel = order.parcels.get()
    Parcel.objects.update(state=Parcel.State.DELIVERED, shipped_at=now())
    monday = datetime(2026, 11, 9, 12, tzinfo=UTC)
    OrderEvent.objects.create(order=order, parcel=parcel, kind="delivered", at=monday)
    text = page_of(order)
    assert "One piece is with you." in text
    assert "Arrived <b>Monday 9 November</b>" in text
    assert "The last parcel will be" not in text


def test_a_parcel_called_off_says_so() -> None:
    order = make_order(make_piece())
    Parcel.objects.update(state=Parcel.State.CANCELLED)
    text = page_of(order)
    assert "One piece will not come." in text
    assert "This parcel will not come" in text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("awaiting_payment", "Confirming your payment"),
        ("processing", "Your bank is at work"),
        ("partially_refunded", "Thank you, Mara"),
        ("refunded", "Your money is on its way back"),
        ("expired", "You have not been charged."),
        ("failed", "The payment did not work"),
        ("cancelled", "This order was called off"),
        ("review", "A person is looking at this order"),
        ("disputed", "We are talking to your bank"),
        ("dispute_lost", "Nothing more will be sent."),
    ],
)
def test_each_state_is_told_in_plain_words(state: str, words: str) -> None:
    order = make_order(make_piece(), state=state)
    text = page_of(order)
    assert words in text
    assert ("order-state.js" in text) == (state == "awaiting_payment")
    assert ('http-equiv="refresh"' in text) == (state == "awaiting_payment")


def test_every_state_has_its_words() -> None:
    order = make_order(make_piece())
    for state in Order.State:
        Order.objects.update(state=state)
        assert page_of(order)


def test_what_was_given_back_is_among_the_sums() -> None:
    order = make_order(make_piece(price=64_000), state="partially_refunded", refunded_total=4_000)
    assert "Given back" in page_of(order)


def test_events_are_told_in_words_and_only_those_that_mean_something() -> None:
    order = make_order(make_piece())
    OrderEvent.objects.create(order=order, kind="placed")
    OrderEvent.objects.create(order=order, kind="internal", text="cs_secret")
    for kind in ("shipped", "postponed"):
        OrderEvent.objects.create(order=order, parcel=order.parcels.get(), kind=kind)
    text = page_of(order)
    assert "Posted by Inês" in text
    assert "Inês needs some days more" in text
    assert "Ordered" in text
    assert "cs_secret" not in text


def test_its_state_is_cheap_to_ask(shopper: Client, django_assert_num_queries: Any) -> None:
    order = make_order(make_piece())
    with django_assert_num_queries(1):
        answer = shopper.get(f"/orders/{order.token}/state/")
    assert answer.json() == {"state": "paid"}


def test_more_pieces_take_no_more_queries(django_assert_max_num_queries: Any) -> None:
    order = make_order(*[make_piece() for _number in range(6)])
    with django_assert_max_num_queries(11):
        page_of(order)


def test_its_address_is_sent_again_to_who_ordered(shopper: Client) -> None:
    order = make_order(make_piece())
    answer = shopper.post(f"/orders/{order.token}/letter/")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/orders/{order.token}/?sent#sent",
    )
    assert post_letters() == 1
    assert mail.outbox[0].to == [order.email]
    assert order.token in str(mail.outbox[0].body)
    assert "goes to mara@example.com" in shopper.get(answer.headers["Location"]).text


def test_it_is_not_sent_again_and_again(shopper: Client) -> None:
    order = make_order(make_piece())
    codes = [shopper.post(f"/orders/{order.token}/letter/").status_code for _time in range(6)]
    assert codes == [303] * 5 + [429]
    assert post_letters() == 5


def test_an_order_is_found_by_number_and_address(shopper: Client) -> None:
    order = make_order(make_piece())
    typed = {"number": f" {order.number.lower()} ", "email": order.email.upper()}
    answer = shopper.post("/orders/find/", typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/orders/find/?asked")
    assert post_letters() == 1
    assert mail.outbox[0].to == [order.email]


def test_the_answer_is_the_same_when_there_is_none(shopper: Client) -> None:
    order = make_order(make_piece())
    answer = shopper.post("/orders/find/", {"number": order.number, "email": "eve@example.com"})
    assert answer.headers["Location"] == "/orders/find/?asked"
    assert post_letters() == 0
    assert "If there is such an order" in shopper.get("/orders/find/?asked").text


@pytest.mark.parametrize(
    "typed", [{}, {"number": "M-2", "email": "x"}, {"number": "9" * 50, "email": "a@b.eu"}]
)
def test_finding_tells_mistakes_and_keeps_what_was_typed(
    shopper: Client, typed: dict[str, str]
) -> None:
    page = shopper.post("/orders/find/", typed)
    assert page.status_code == 400
    assert "to put right" in page.text
    assert all(f'value="{value}"' in page.text for value in typed.values())


def test_guessing_is_slowed_down(shopper: Client) -> None:
    typed = {"number": "M-222222", "email": "eve@example.com"}
    codes = [shopper.post("/orders/find/", typed).status_code for _time in range(11)]
    assert codes == [303] * 10 + [429]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", ""),
        ("post", "state/"),
        ("get", "letter/"),
        ("post", "certificates/1/"),
    ],
)
def test_other_methods_are_refused(shopper: Client, method: str, path: str) -> None:
    order = make_order(make_piece())
    assert getattr(shopper, method)(f"/orders/{order.token}/{path}").status_code == 405


def test_another_site_cannot_ask_for_a_letter() -> None:
    order = make_order(make_piece())
    evil = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert evil.post(f"/orders/{order.token}/letter/").status_code == 403
    assert evil.post("/orders/find/", {}).status_code == 403


def certified(**columns: Any) -> tuple[Order, str]:
    piece = make_piece(
        title="Tidestone ring",
        sized="ring",
        has_certificate=True,
        weight=11_200,
        hallmark="Porto, 925",
    )
    PieceMaterial.objects.create(
        piece=piece, material=make_material(), detail="Sterling silver 925", origin="Gondomar"
    )
    order = make_order(piece, **columns)
    line = order.lines.get()
    return order, f"/orders/{order.token}/certificates/{line.pk}/"


def test_a_certificate_says_who_made_it_of_what() -> None:
    order, path = certified()
    order.lines.update(engraving="J. & M.", label="54")
    answer = Client().get(path)
    assert answer.status_code == 200
    for words in (
        "Certificate of provenance",
        "Sterling silver 925",
        "Gondomar",
        "11.2 g, size 54",
        "J. &amp; M.",
        "I made this ring by hand in my workshop in Porto. It is one of one.",
        "Fineness mark: 925",
    ):
        assert words in answer.text, words
    assert "Certificate</a>" in page_of(order)


def test_there_is_no_certificate_of_what_is_not_paid_or_has_none() -> None:
    order, path = certified(state="review")
    assert Client().get(path).status_code == 404
    Order.objects.update(state="paid")
    Piece.objects.update(has_certificate=False)
    assert Client().get(path).status_code == 404
    assert "Certificate</a>" not in page_of(order)


def test_a_certificate_comes_once_the_piece_is_made() -> None:
    order, path = certified()
    order.lines.update(is_made=True)
    assert Client().get(path).status_code == 404
    assert "Certificate</a>" not in page_of(order)
    order.parcels.update(state=Parcel.State.SHIPPED, shipped_at=now())
    assert Client().get(path).status_code == 200
    order.lines.update(is_made=False)
    order.parcels.update(state=Parcel.State.CANCELLED)
    assert Client().get(path).status_code == 404


def test_a_certificate_of_another_order_is_not_there() -> None:
    _order, path = certified()
    other = make_order(make_piece())
    assert Client().get(f"/orders/{other.token}/{path.split('/', 3)[3]}").status_code == 404
