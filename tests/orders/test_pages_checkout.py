"""From the basket to Stripe's page and back, with the stand-in answering for Stripe."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import now
from django_tasks_db.models import DBTaskResult

from catalog.models import Piece
from orders.models import CartLine, GiftWish, Hold, Order, PaymentAttempt
from sandbox.testing import StripeSandbox
from tests.factories import make_piece, make_rate

pytestmark = pytest.mark.django_db
TYPED = {"country": "IE", "email": "jonas@example.eu"}
SESSIONS = "/v1/checkout/sessions"


@pytest.fixture(autouse=True)
def a_rate_and_a_fresh_throttle(stripe: StripeSandbox) -> None:
    make_rate(amount=0, countries="IE DE")
    make_rate(amount=2_500, countries="NO")
    cache.clear()


@pytest.fixture
def shopper() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


def put(client: Client, piece: Piece) -> None:
    answer = client.post("/cart/", {"variant": piece.variants.get().pk})
    assert answer.status_code == 303


def pay(client: Client, **typed: Any) -> Any:
    return client.post("/checkout/", TYPED | typed)


def come_back(client: Client, session_id: str | None) -> Any:
    return client.get("/checkout/return/", {"session_id": session_id or ""})


def test_without_a_basket_there_is_nothing_to_pay(shopper: Client) -> None:
    assert shopper.get("/checkout/").headers["Location"] == "/cart/"
    answer = pay(shopper)  # as from a tab that was open while another one emptied the basket
    assert answer.status_code == 409
    assert "Nothing was charged just now." in answer.text


def test_the_step_asks_country_email_and_wishes(shopper: Client) -> None:
    put(shopper, make_piece(price=64_000))
    page = shopper.get("/checkout/")
    assert page.status_code == 200
    for words in ("E-mail", "Country", "Is this parcel a present?", "Pay 640\N{NO-BREAK SPACE}€"):
        assert words in page.text
    assert 'obligation to pay, and accept <a href="/terms/">our terms' in page.text
    assert page.headers["Cache-Control"] == "private, no-store"


def test_the_baskets_pay_form_brings_its_wishes_along(shopper: Client) -> None:
    piece = make_piece()
    put(shopper, piece)
    wish = f"gift-{piece.designer_id}"
    typed = {"from": "basket", "gifts": "1", f"{wish}-wrap": "on", f"{wish}-note": "For Bea"}
    answer = shopper.post("/checkout/", typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/checkout/")
    assert GiftWish.objects.get().note == "For Bea"
    assert "For Bea" in shopper.get("/checkout/").text


def test_paying_leads_to_stripes_page(shopper: Client, stripe: StripeSandbox) -> None:
    put(shopper, make_piece(price=64_000))
    answer = pay(shopper, total="64000")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(stripe.base_url)
    attempt = PaymentAttempt.objects.get()
    assert attempt.order.terms_version == "2026-11-26"
    assert (attempt.state, attempt.expected_total) == ("open", 64_000)


def test_wishes_reach_the_parcel(shopper: Client) -> None:
    piece = make_piece()
    put(shopper, piece)
    wish = f"gift-{piece.designer_id}"
    pay(shopper, gifts="1", **{f"{wish}-hide_prices": "on", f"{wish}-note": "For Bea"})
    parcel = Order.objects.get().parcels.get()
    assert (parcel.wrap, parcel.hide_prices, parcel.gift_note) == (False, True, "For Bea")


def test_a_double_click_is_one_payment(shopper: Client) -> None:
    put(shopper, make_piece())
    first, second = pay(shopper), pay(shopper)
    assert first.headers["Location"] == second.headers["Location"]
    assert PaymentAttempt.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "jonas.example.eu"}, "This address needs an @, as in jonas@example.eu."),
        ({"email": "jonas@"}, "This is not quite an address."),
        ({"email": ""}, "We need an address to write to"),
        ({"email": "x" * 300 + "@example.eu"}, "too long"),
        ({"country": ""}, "Choose the country your parcels go to."),
        ({"country": "XX"}, "We do not post there yet."),
        ({"country": "JP"}, "does not post to Japan"),
        ({"email": "\x00@example.eu"}, "Null characters"),
    ],
)
def test_mistakes_are_told_beside_the_field_and_nothing_is_lost(
    shopper: Client, typed: dict[str, str], sentence: str
) -> None:
    piece = make_piece()
    put(shopper, piece)
    wish = f"gift-{piece.designer_id}-note"
    page = pay(shopper, gifts="1", **typed, **{wish: "For Bea"})
    assert page.status_code == 400
    assert page.text.count(sentence) == 2  # at the head and beside the field
    assert "For Bea" in page.text
    assert not Order.objects.exists()


def test_a_note_has_room_for_200_letters(shopper: Client) -> None:
    piece = make_piece()
    put(shopper, piece)
    page = pay(shopper, gifts="1", **{f"gift-{piece.designer_id}-note": "x" * 201})
    assert page.status_code == 400
    assert "A note has room for 200 letters." in page.text


def test_post_that_costs_more_is_told_before_paying(shopper: Client) -> None:
    put(shopper, make_piece(price=64_000))
    page = pay(shopper, country="NO", total="64000")
    assert page.status_code == 409
    assert "comes to 665\N{NO-BREAK SPACE}€" in page.text
    assert 'name="total" value="66500"' in page.text
    assert pay(shopper, country="NO", total="66500").status_code == 303


def test_a_changed_price_is_told_before_paying(shopper: Client) -> None:
    piece = make_piece(price=64_000)
    put(shopper, piece)
    Piece.objects.update(price=70_000)
    page = pay(shopper)
    assert page.status_code == 409
    assert "The price is another one now" in page.text
    assert "Pay 700\N{NO-BREAK SPACE}€" in page.text
    assert pay(shopper, total="70000").status_code == 303


def test_a_piece_that_somebody_took_is_told(shopper: Client) -> None:
    piece = make_piece(title="Tidestone ring")
    put(shopper, piece)
    over = now() - timedelta(minutes=1)
    Hold.objects.update(expires_at=over)
    piece.variants.update(held_until=over)
    put(Client(headers={"Sec-Fetch-Site": "same-origin"}), piece)
    page = pay(shopper)
    assert page.status_code == 409
    assert "Tidestone ring was taken while you were here. You have not been charged." in page.text


def test_a_hold_that_ran_out_is_taken_again(shopper: Client) -> None:
    put(shopper, make_piece())
    Hold.objects.update(expires_at=now() - timedelta(minutes=1))
    assert pay(shopper).status_code == 303


def test_when_stripe_is_silent_trying_again_repeats_the_same_payment(
    shopper: Client, stripe: StripeSandbox
) -> None:
    put(shopper, make_piece())
    stripe.faults(SESSIONS, "500", times=3)
    page = pay(shopper)
    assert page.status_code == 503
    assert "Stripe does not answer" in page.text
    assert 'value="jonas@example.eu"' in page.text
    assert pay(shopper).status_code == 303
    assert PaymentAttempt.objects.get().state == "open"


def test_what_stripe_refuses_is_our_mistake(
    shopper: Client, stripe: StripeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shopper, make_piece())
    monkeypatch.setattr("orders.parameters._locale", lambda: "klingon")
    page = pay(shopper)
    assert page.status_code == 502
    assert "The payment page did not open" in page.text
    assert "held for you" in shopper.get("/cart/").text


def test_whoever_paid_comes_back_to_their_order(shopper: Client, stripe: StripeSandbox) -> None:
    put(shopper, make_piece())
    pay(shopper)
    session = PaymentAttempt.objects.get().session_id
    assert session
    stripe.pay(session, name="Jonas Weber")
    answer = come_back(shopper, session)
    order = Order.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/orders/{order.token}/")
    page = shopper.get(answer.headers["Location"])
    assert "Thank you, Jonas" in page.text
    assert shopper.get("/cart/count/").text == ""
    assert come_back(shopper, session).status_code == 303
    assert not CartLine.objects.exists()


def test_coming_back_ten_times_is_one_order_and_one_letter(
    shopper: Client, stripe: StripeSandbox, django_capture_on_commit_callbacks: Any
) -> None:
    put(shopper, make_piece())
    pay(shopper)
    session = PaymentAttempt.objects.get().session_id
    stripe.pay(session or "")

    with django_capture_on_commit_callbacks(execute=True):
        ways = {come_back(shopper, session).headers["Location"] for _time in range(10)}

    assert ways == {Order.objects.get().get_absolute_url()}
    assert DBTaskResult.objects.count() == 1


def test_a_stranger_with_the_address_is_told_nothing(
    shopper: Client, stripe: StripeSandbox
) -> None:
    put(shopper, make_piece())
    pay(shopper)
    session = PaymentAttempt.objects.get().session_id
    assert session
    stripe.pay(session)
    stranger = Client(headers={"Sec-Fetch-Site": "same-origin"})
    put(stranger, make_piece())
    for client in (stranger, Client()):
        page = come_back(client, session)
        assert page.status_code == 404
        assert "We cannot show this here" in page.text
    assert Order.objects.get().state == "awaiting_payment"


@pytest.mark.parametrize(
    "query",
    ["", "session_id=", "session_id={CHECKOUT_SESSION_ID}", "session_id=cs_test_unknown"]
    + ["session_id=%00", "session_id=" + "c" * 3000, "session_id=pi_123"],
)
def test_a_lost_return_has_a_clear_page(shopper: Client, query: str) -> None:
    put(shopper, make_piece())
    page = shopper.get(f"/checkout/return/?{query}")
    assert page.status_code == 404
    assert "Find your order" in page.text


def test_without_an_answer_from_stripe_the_order_waits(
    shopper: Client, stripe: StripeSandbox
) -> None:
    put(shopper, make_piece())
    pay(shopper)
    session = PaymentAttempt.objects.get().session_id
    stripe.faults(f"{SESSIONS}/{session}", "500", times=3)
    answer = come_back(shopper, session)
    assert answer.status_code == 303
    assert "Confirming your payment" in shopper.get(answer.headers["Location"]).text


def test_coming_back_without_paying_keeps_everything(shopper: Client) -> None:
    put(shopper, make_piece())
    url = pay(shopper).headers["Location"]
    page = shopper.get("/checkout/back/")
    assert page.status_code == 200
    assert "You came back without paying" in page.text
    assert url.replace("&", "&amp;") in page.text
    assert "held while you pay" in page.text


def test_coming_back_after_all_paid_leads_to_the_order(
    shopper: Client, stripe: StripeSandbox
) -> None:
    put(shopper, make_piece())
    pay(shopper)
    session = PaymentAttempt.objects.get().session_id
    assert session
    stripe.pay(session)
    answer = shopper.get("/checkout/back/")
    assert answer.headers["Location"] == Order.objects.get().get_absolute_url()
    assert pay(shopper).status_code == 409


def test_coming_back_when_the_time_is_over_says_so(shopper: Client, stripe: StripeSandbox) -> None:
    put(shopper, make_piece())
    pay(shopper)
    stripe.act("expire", PaymentAttempt.objects.get().session_id or "")
    page = shopper.get("/checkout/back/")
    assert "The time to pay is over" in page.text


def test_coming_back_with_no_basket_shows_an_empty_one() -> None:
    assert "Your basket is empty" in Client().get("/checkout/back/").text


def test_paying_in_two_tabs_ends_in_one_payment(shopper: Client, stripe: StripeSandbox) -> None:
    put(shopper, make_piece())
    pay(shopper)
    first = PaymentAttempt.objects.get()
    pay(shopper, email="other@example.eu")
    first.refresh_from_db()
    assert first.state == "superseded"
    assert stripe.pay(first.session_id or "")["status"] == "closed"
    assert PaymentAttempt.objects.filter(state="open").count() == 1


def test_releasing_a_piece_ends_its_payment(shopper: Client, stripe: StripeSandbox) -> None:
    put(shopper, make_piece())
    pay(shopper)
    line = CartLine.objects.get()
    assert shopper.post(f"/cart/lines/{line.pk}/", {"act": "release"}).status_code == 303
    assert PaymentAttempt.objects.get().state == "superseded"


def test_releasing_what_was_paid_leads_to_the_order(shopper: Client, stripe: StripeSandbox) -> None:
    put(shopper, make_piece())
    pay(shopper)
    stripe.pay(PaymentAttempt.objects.get().session_id or "")
    line = CartLine.objects.get()
    answer = shopper.post(f"/cart/lines/{line.pk}/", {"act": "release"})
    assert answer.headers["Location"] == Order.objects.get().get_absolute_url()


def test_what_is_paid_by_bank_leaves_the_basket_free(
    shopper: Client, stripe: StripeSandbox
) -> None:
    put(shopper, make_piece(making=Piece.Making.MADE_TO_ORDER))
    pay(shopper)
    stripe.pay(PaymentAttempt.objects.get().session_id or "", card="delayed")
    put(shopper, make_piece())  # settles on the way
    assert Order.objects.get().state == "processing"
    assert "held for you" in shopper.get("/cart/").text
    assert "Your bank is at work" in shopper.get(Order.objects.get().get_absolute_url()).text


def test_when_stripe_is_silent_the_basket_is_not_changed(
    shopper: Client, stripe: StripeSandbox
) -> None:
    put(shopper, make_piece())
    pay(shopper)
    stripe.faults(f"{SESSIONS}/{PaymentAttempt.objects.get().session_id}/expire", "500", times=3)
    line = CartLine.objects.get()
    page = shopper.post(f"/cart/lines/{line.pk}/", {"act": "release"})
    assert page.status_code == 503
    assert "Nothing was changed. Try once more." in page.text
    assert CartLine.objects.exists()


@pytest.mark.parametrize("path", ["/checkout/return/", "/checkout/back/"])
def test_the_ways_back_are_only_looked_at(shopper: Client, path: str) -> None:
    assert shopper.post(path).status_code == 405


def test_another_site_cannot_pay(shopper: Client) -> None:
    put(shopper, make_piece())
    answer = shopper.post("/checkout/", TYPED, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert shopper.delete("/checkout/").status_code == 405
