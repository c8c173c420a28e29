"""Each journey after buying, walked without a script by shopper, maker and owner."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from catalog.models import Piece, Variant
from designers.models import Designer
from orders import fulfilment
from orders.models import AfterSale, Order, OrderLine, Parcel, PaymentAttempt, Refund
from sandbox.testing import StripeSandbox
from tests.factories import make_collection, make_order, make_piece
from tests.orders.test_refund_page import hidden
from tests.orders.test_refunds import at_stripe, bought

pytestmark = pytest.mark.django_db
type LogIn = Callable[[User], Client]
NBSP = "\N{NO-BREAK SPACE}"
ADDRESS = "Inês Carvalho\nRua da Bica 4\n4000-001 Porto\nPortugal"


@pytest.fixture(autouse=True)
def a_fresh_throttle() -> None:
    cache.clear()


@pytest.fixture
def shopper() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def paid(stripe: StripeSandbox, ines: Designer) -> PaymentAttempt:
    """A ring that lies ready at Inês's, 100.00 and 9.00 for the post."""
    piece = make_piece(
        collection=make_collection(designer=ines),
        title="Tide ring",
        price=10_000,
        sized=Piece.Sized.RING,
    )
    piece.variants.update(label="54", size=1719)
    return bought(stripe, (piece, 1))


def arrived() -> Order:
    """The order some days after it was posted."""
    Parcel.objects.update(
        state=Parcel.State.SHIPPED,
        stage=Parcel.Stage.POSTED,
        shipped_at=now() - timedelta(days=5),
        arrives_by=localdate() - timedelta(days=2),
    )
    return Order.objects.get()


def link(text: str, words: str) -> str:
    """Where the link with these words leads."""
    found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>\s*{re.escape(words)}', text)
    assert found, words
    return found[1]


def token_of(text: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', text)
    assert found
    return found[1]


def follow(client: Client, order: Order, words: str) -> tuple[str, str]:
    """Follow a link of the order's page; its address and what stands there."""
    address = link(client.get(order.get_absolute_url()).text, words)
    return address, client.get(address).text


def ask(client: Client, order: Order, way: str, /, **typed: Any) -> str:
    """Fill in the form behind a link; the page of the request it became."""
    address, text = follow(client, order, way)
    data = {"token": token_of(text), f"line_{OrderLine.objects.get().pk}": "1"} | typed
    answer = client.post(address, data)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def workshop() -> str:
    return reverse("admin:orders_aftersale_change", args=[AfterSale.objects.get().pk])


def press(client: Client, act: str, **typed: Any) -> str:
    """Press a button in the workshop, which must be there; what is read afterwards."""
    assert f'name="_act" value="{act}"' in client.get(workshop()).text
    answer = client.post(workshop(), {"_act": act} | typed, follow=True)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def says(client: Client, page: str, act: str, **typed: Any) -> None:
    """Press a button of the shopper's page, which must be there."""
    assert f'name="act" value="{act}"' in client.get(page).text
    assert client.post(page, {"act": act} | typed).status_code == 303


def state() -> str:
    return AfterSale.objects.get().state


# --- Calling off -------------------------------------------------------------------------------


def test_a_parcel_that_nobody_began_is_called_off(shopper: Client, paid: PaymentAttempt) -> None:
    order = Order.objects.get()
    address, text = follow(shopper, order, "Call this parcel off")
    assert f"109{NBSP}€" in text
    assert "done at once" in text
    assert at_stripe(paid) == []
    data = {"token": token_of(text)}

    answer = shopper.post(address, data)
    again = shopper.post(address, data)

    assert answer.status_code == again.status_code == 303
    assert answer.headers["Location"] == again.headers["Location"]
    assert at_stripe(paid) == [10_900]
    assert "It was called off." in shopper.get(answer.headers["Location"]).text
    text = shopper.get(order.get_absolute_url()).text
    assert "Your money is on its way back" in text
    assert "Call this parcel off" not in text
    assert Variant.objects.get().stock == 1
    assert "It cannot be called off" in shopper.get(address).text


def test_a_whole_order_of_two_makers(
    shopper: Client, stripe: StripeSandbox, ines: Designer, henrik: Designer
) -> None:
    pieces = [
        make_piece(collection=make_collection(designer=d), price=10_000) for d in (ines, henrik)
    ]
    paid = bought(stripe, *((piece, 1) for piece in pieces))
    address, text = follow(shopper, Order.objects.get(), "Call the whole order off")
    assert f"218{NBSP}€" in text

    assert shopper.post(address, {"token": token_of(text)}).status_code == 303

    assert sum(at_stripe(paid)) == 21_800
    assert set(Parcel.objects.values_list("state", flat=True)) == {"cancelled"}


def test_once_begun_it_is_asked_and_the_maker_says_yes(
    shopper: Client, paid: PaymentAttempt, alice: User, logged_in: LogIn
) -> None:
    fulfilment.reach(Parcel.objects.get(), Parcel.Stage.FORMED)
    alices = logged_in(alice)
    address, text = follow(shopper, Order.objects.get(), "Ask to call it off")
    assert "Ask Inês to stop?" in text
    data = {"token": token_of(text), "words": "We are moving."}
    page = shopper.post(address, data).headers["Location"]
    assert state() == "asked"
    assert "We are moving." in alices.get(workshop()).text
    assert "One request waits" in alices.get(reverse("admin:index")).text

    press(alices, "agree", restock="on", answer="Not cut yet.")

    assert at_stripe(paid) == [10_900]
    text = shopper.get(page).text
    assert "Not cut yet." in text
    assert "Inês said yes: called off" in text
    assert "It is over" in alices.get(workshop()).text


def test_no_needs_a_reason_and_nothing_typed_is_lost(
    shopper: Client, paid: PaymentAttempt, alice: User, logged_in: LogIn
) -> None:
    fulfilment.reach(Parcel.objects.get(), Parcel.Stage.FORMED)
    address, text = follow(shopper, Order.objects.get(), "Ask to call it off")
    page = shopper.post(address, {"token": token_of(text)}).headers["Location"]
    alices = logged_in(alice)

    answer = alices.post(workshop(), {"_act": "refuse", "answer": " "})
    assert answer.status_code == 400
    assert "Say why" in answer.text
    press(alices, "refuse", answer="It is soldered.")

    assert "It is soldered." in shopper.get(page).text
    assert state() == "refused"
    assert at_stripe(paid) == []


def test_a_maker_who_was_quicker(shopper: Client, paid: PaymentAttempt) -> None:
    address, text = follow(shopper, Order.objects.get(), "Call this parcel off")
    fulfilment.ship(Parcel.objects.get(), carrier="", by_hand=True)

    answer = shopper.post(address, {"token": token_of(text)})

    assert answer.status_code == 409
    assert "Too late" in answer.text
    assert at_stripe(paid) == []


# --- Sending back ------------------------------------------------------------------------------


def test_a_ring_goes_back_and_its_money_too(
    shopper: Client, paid: PaymentAttempt, alice: User, owner: User, logged_in: LogIn
) -> None:
    order, alices, olives = arrived(), logged_in(alice), logged_in(owner)
    page = ask(shopper, order, "Send something back", reason="does_not_fit", words="Too <wide>.")
    assert "within three days" in shopper.get(page).text
    assert "Too &lt;wide&gt;." in alices.get(workshop()).text

    press(alices, "accept", send_to=ADDRESS)
    text = shopper.get(page).text
    assert "Rua da Bica 4" in text
    says(shopper, page, "post", tracking="RR 123")
    press(alices, "arrive")
    assert "Give the money back" not in alices.get(workshop()).text
    assert not at_stripe(paid)

    form = link(olives.get(workshop()).text, "Give the money back")
    text = olives.get(form).text
    assert "Tide ring came back." in text
    data = hidden(text) | _visible(text)
    sure = olives.post(form, data).text
    assert f"Give 109{NBSP}€ back?" in sure
    assert Variant.objects.get().stock == 0  # into stock only where it was ticked
    olives.post(form, hidden(sure))
    olives.post(form, hidden(sure))

    assert at_stripe(paid) == [10_900]
    asked = AfterSale.objects.get()
    assert (asked.state, asked.refund) == ("refunded", Refund.objects.get())
    assert "The money goes back the way it came." in shopper.get(page).text
    assert OrderLine.objects.get().asked_quantity == 0
    assert "Send something back" not in shopper.get(order.get_absolute_url()).text


def _visible(text: str) -> dict[str, str]:
    """What stands filled in in the fields that one sees."""
    pattern = r'<input type="(?:text|number)" name="([^"]+)"[^>]*?value="([^"]*)"'
    area = re.findall(r'<textarea name="([^"]+)"[^>]*>\s*([^<]*)<', text)
    return dict(re.findall(pattern, text)) | dict(area)


def test_the_maker_says_no_to_what_was_worn(
    shopper: Client, paid: PaymentAttempt, owner: User, alice: User, logged_in: LogIn
) -> None:
    page = ask(shopper, arrived(), "Send something back", reason="changed_mind")
    alices, olives = logged_in(alice), logged_in(owner)
    press(alices, "accept", send_to=ADDRESS)
    press(alices, "arrive")
    refused = alices.post(workshop(), {"_act": "refuse", "answer": "Worn."})
    assert refused.status_code == 409
    press(olives, "refuse", answer="The band is bent.")
    assert "The band is bent." in shopper.get(page).text


def test_it_is_taken_back(shopper: Client, paid: PaymentAttempt) -> None:
    page = ask(shopper, arrived(), "Send something back", reason="other")
    says(shopper, page, "withdraw")
    assert "You took it back." in shopper.get(page).text
    assert "Send something back" in shopper.get(Order.objects.get().get_absolute_url()).text
    assert shopper.post(page, {"act": "withdraw"}).status_code == 409


# --- Another size, mending ---------------------------------------------------------------------


def test_a_ring_is_altered(
    shopper: Client, paid: PaymentAttempt, alice: User, logged_in: LogIn
) -> None:
    alices = logged_in(alice)
    page = ask(shopper, arrived(), "Another size", new_size="56")
    answer = alices.post(workshop(), {"_act": "quote", "answer": "Two weeks.", "send_to": ADDRESS})
    assert answer.status_code == 400
    assert "Two weeks.</textarea>" in answer.text
    press(alices, "quote", days="10", send_to=ADDRESS, answer="Free, the first time.")
    text = shopper.get(page).text
    for words in ("Free, the first time.", "nothing", "10"):
        assert words in text
    says(shopper, page, "approve")
    assert "Rua da Bica 4" in shopper.get(page).text
    says(shopper, page, "post")
    press(alices, "arrive")
    press(alices, "finish")
    answer = alices.post(workshop(), {"_act": "send_back", "carrier": "CTT"})
    assert answer.status_code == 400
    press(alices, "send_back", carrier="CTT", tracking="PT 9")
    assert "PT 9" in shopper.get(page).text
    assert state() == "sent_back"
    assert OrderLine.objects.get().asked_quantity == 0


def test_something_is_mended_for_a_price(
    shopper: Client, paid: PaymentAttempt, owner: User, logged_in: LogIn
) -> None:
    olives = logged_in(owner)  # in the maker's place
    address, text = follow(shopper, arrived(), "Have it mended")
    line = f"line_{OrderLine.objects.get().pk}"
    answer = shopper.post(address, {"token": token_of(text), line: "1", "words": ""})
    assert answer.status_code == 400
    assert "Say what is wrong with it" in answer.text
    page = ask(shopper, Order.objects.get(), "Have it mended", words="A claw is loose.")
    press(olives, "quote", days="5", price="12.50", send_to=ADDRESS)
    assert f"12.50{NBSP}€" in shopper.get(page).text
    says(shopper, page, "approve")
    press(olives, "arrive")
    press(olives, "send_back", by_hand="on")
    assert state() == "sent_back"


# --- What must not be --------------------------------------------------------------------------


def test_an_unknown_or_foreign_address_is_a_404(shopper: Client) -> None:
    order, other = make_order(make_piece()), make_order(make_piece())
    foreign = other.parcels.get().pk
    asked = AfterSale.objects.create(parcel=other.parcels.get(), kind="repair")
    for path in ("calling-off", "return", "resize", "repair"):
        assert shopper.get(f"/orders/unknown/parcels/{foreign}/{path}/").status_code == 404
        assert shopper.post(f"/orders/{order.token}/parcels/{foreign}/{path}/").status_code == 404
    assert shopper.get(f"/orders/{order.token}/requests/{asked.pk}/").status_code == 404
    assert shopper.post("/orders/unknown/calling-off/").status_code == 404


def test_another_site_cannot_press() -> None:
    order = make_order(make_piece())
    stranger = Client(headers={"Sec-Fetch-Site": "cross-site"})
    for path in ("calling-off/", f"parcels/{order.parcels.get().pk}/return/"):
        assert stranger.post(f"/orders/{order.token}/{path}").status_code == 403
    assert Parcel.objects.get().state == Parcel.State.NEW


def test_it_is_for_no_search_engine_and_tells_its_address_to_nobody(shopper: Client) -> None:
    order = make_order(make_piece())
    answer = shopper.get(f"/orders/{order.token}/calling-off/")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert not answer.cookies


def test_who_presses_too_often_waits(shopper: Client) -> None:
    order = make_order(make_piece())
    address = f"/orders/{order.token}/parcels/{order.parcels.get().pk}/repair/"
    codes = [shopper.post(address).status_code for _press in range(31)]
    assert codes[-1] == 429
    assert 429 not in codes[:30]


def test_a_present_says_nothing_of_it(
    shopper: Client, paid: PaymentAttempt, alice: User, logged_in: LogIn
) -> None:
    ask(shopper, arrived(), "Send something back", reason="other", words="She has one like it.")
    Parcel.objects.update(hide_prices=True, gift_note="For you.")
    alices, pk = logged_in(alice), Parcel.objects.get().pk
    for name in ("slip", "bench"):
        text = alices.get(reverse(f"admin:orders_parcel_{name}", args=[pk])).text
        assert "She has one like it." not in text
        assert "Sending it back" not in text


def test_more_requests_take_no_more_queries(
    alice: User, ines: Designer, logged_in: LogIn, django_assert_max_num_queries: Any
) -> None:
    piece = make_piece(collection=make_collection(designer=ines))
    for _number in range(6):
        AfterSale.objects.create(parcel=make_order(piece).parcels.get(), kind="repair")
    alices = logged_in(alice)
    with django_assert_max_num_queries(14):
        alices.get(reverse("admin:orders_aftersale_changelist"))
    with django_assert_max_num_queries(24):
        alices.get(reverse("admin:index"))
