"""A code typed on the basket's and the checkout's page, by plain forms: nothing typed is lost."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from catalog.models import Piece
from orders import mails, settlement
from orders.models import Cart, Discount, GiftWish, Order, PaymentAttempt
from sandbox.testing import StripeSandbox
from tests.factories import make_discount, make_piece, make_rate, make_tax

pytestmark = pytest.mark.django_db
NBSP = "\N{NO-BREAK SPACE}"
OFF = f"\N{MINUS SIGN}64{NBSP}€"


@pytest.fixture(autouse=True)
def a_rate_and_a_fresh_throttle(stripe: StripeSandbox) -> None:
    make_rate(amount=0)
    cache.clear()


@pytest.fixture
def piece() -> Piece:
    return make_piece(price=64_000)


@pytest.fixture
def shopper(piece: Piece) -> Client:
    """A browser with the piece in its basket."""
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.post("/cart/", {"variant": piece.variants.get().pk})
    return client


def on_basket(client: Client, code: str, act: str = "code", **typed: Any) -> Any:
    sent = {"from": "basket", "gifts": "1", "code": code, "act": act} | typed
    return client.post("/checkout/", sent)


def on_checkout(client: Client, **typed: Any) -> Any:
    return client.post("/checkout/", {"gifts": "1", "email": "", "country": ""} | typed)


# --- The basket's page -------------------------------------------------------------------------


def test_a_code_is_used_on_the_basket(shopper: Client) -> None:
    make_discount()
    answer = on_basket(shopper, " spring ")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cart/#together")

    text = shopper.get("/cart/").text
    for words in ("Code SPRING", OFF, f"Pay 576{NBSP}€", f"Includes 107.71{NBSP}€ tax"):
        assert words in text
    assert "Have you been given a code?" not in text


def test_and_taken_out_again(shopper: Client) -> None:
    make_discount()
    on_basket(shopper, "SPRING")
    assert on_basket(shopper, "", act="no-code").status_code == 303

    text = shopper.get("/cart/").text
    assert f"Pay 640{NBSP}€" in text
    assert "SPRING" not in text


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("SUMMER", "There is no code SUMMER in this shop."),
        ("", "Write the code that you were given."),
        ("x" * 25, "No code of this shop is so long."),
        ("<b>", "There is no code &lt;B&gt; in this shop."),
        ("SPRING", f"SPRING holds from 1,000{NBSP}€ on."),
    ],
)
def test_one_that_does_not_hold_is_told_and_kept_in_its_field(
    shopper: Client, piece: Piece, code: str, sentence: str
) -> None:
    make_discount(minimum=100_000)
    answer = on_basket(shopper, code, **{f"gift-{piece.designer_id}-note": "For Bea"})

    assert answer.status_code == 400
    assert sentence in answer.text
    assert "The code does not hold" in answer.text
    assert GiftWish.objects.get().note == "For Bea"
    assert Cart.objects.get().code == ""
    if code == "SPRING":
        assert 'value="SPRING"' in answer.text


def test_pay_with_a_code_still_in_its_field_uses_it_first(shopper: Client) -> None:
    make_discount()
    answer = on_basket(shopper, "spring", act="")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/checkout/")
    assert OFF in shopper.get("/checkout/").text


def test_one_that_holds_no_longer_is_told_in_the_basket(shopper: Client) -> None:
    make_discount()
    on_basket(shopper, "SPRING")
    Discount.objects.update(is_active=False)

    text = shopper.get("/cart/").text
    assert "There is no code SPRING in this shop any more." in text
    assert f"Pay 640{NBSP}€" in text


# --- The checkout's page -----------------------------------------------------------------------


def test_a_code_is_used_at_the_checkout_and_nothing_typed_is_lost(
    shopper: Client, piece: Piece
) -> None:
    make_discount()
    wish = {f"gift-{piece.designer_id}-note": "For Bea"}
    answer = on_checkout(
        shopper, act="code", code="spring", email="jonas@", country="PT", total="64000", **wish
    )

    assert answer.status_code == 200
    for words in ("Code SPRING holds", OFF, 'value="jonas@"', 'value="PT" selected', "For Bea"):
        assert words in answer.text
    assert "to put right" not in answer.text


def test_one_that_does_not_hold_at_the_checkout(shopper: Client) -> None:
    answer = on_checkout(shopper, act="code", code="winter", email="jonas@example.eu")
    assert answer.status_code == 400
    assert "There is no code WINTER in this shop." in answer.text
    assert 'href="#discount-code"' in answer.text
    assert 'value="jonas@example.eu"' in answer.text


def test_pay_with_a_new_code_shows_the_sum_before_stripe_does(
    shopper: Client, stripe: StripeSandbox
) -> None:
    make_discount()
    typed = {"email": "jonas@example.eu", "country": "IE"}
    answer = on_checkout(shopper, code="SPRING", total="64000", **typed)
    assert answer.status_code == 200
    assert f"It comes to 576{NBSP}€ now." in answer.text
    assert not PaymentAttempt.objects.exists()

    answer = on_checkout(shopper, code="", total="57600", **typed)
    assert answer.headers["Location"].startswith(stripe.base_url)
    assert PaymentAttempt.objects.get().expected_total == 57_600


def test_a_customer_who_had_it_is_told_and_may_pay_without(
    shopper: Client, stripe: StripeSandbox, piece: Piece
) -> None:
    make_discount(once_per_customer=True)
    typed = {"email": "jonas@example.eu", "country": "IE"}
    other = Client(headers={"Sec-Fetch-Site": "same-origin"})
    other.post("/cart/", {"variant": make_piece().variants.get().pk})
    for client in (other, shopper):
        on_basket(client, "SPRING")
    assert on_checkout(other, total="99000", **typed).status_code == 303

    answer = on_checkout(shopper, **typed)
    assert answer.status_code == 409
    assert "You have used SPRING already: it holds once." in answer.text
    assert f"Without it, it comes to 640{NBSP}€." in answer.text
    assert on_checkout(shopper, total="64000", **typed).status_code == 303


# --- Afterwards --------------------------------------------------------------------------------


def test_the_orders_page_and_the_letter_name_it(
    shopper: Client, stripe: StripeSandbox, mailoutbox: list[Any]
) -> None:
    make_discount()
    on_basket(shopper, "SPRING")
    on_checkout(shopper, email="jonas@example.eu", country="IE", total="57600")
    session = PaymentAttempt.objects.get().session_id or ""
    stripe.pay(session)
    settlement.settle(session)

    order = Order.objects.get()
    letter, to = mails.order_confirmation(order)
    letter.send(to)
    page = shopper.get(order.get_absolute_url()).text
    for text in (page, mailoutbox[0].body):
        assert "Code SPRING" in text
        assert OFF in text


def test_nothing_to_pay_is_said(shopper: Client, stripe: StripeSandbox) -> None:
    make_discount(basis_points=10_000)
    on_basket(shopper, "SPRING")
    assert "Order, nothing to pay" in shopper.get("/cart/").text
    on_checkout(shopper, email="jonas@example.eu", country="IE", total="0")
    session = PaymentAttempt.objects.get().session_id or ""
    stripe.pay(session)

    answer = shopper.get("/checkout/return/", {"session_id": session})
    assert "Thank you" in shopper.get(answer.headers["Location"]).text


def test_tax_on_top_is_shown_before_paying(shopper: Client, settings: Settings) -> None:
    settings.SHOP_PRICES_INCLUDE_TAX = False
    make_tax(1_000, country="DE")
    text = on_checkout(shopper, act="no-code", country="DE").text
    assert f"<dt>Tax</dt><dd>64{NBSP}€</dd>" in text
    assert f"Pay 704{NBSP}€" in text
    assert "Includes" not in text


def test_free_post_is_named(shopper: Client) -> None:
    make_discount(kind="post")
    on_basket(shopper, "SPRING")
    assert "<dt>Code SPRING</dt><dd>free post</dd>" in shopper.get("/cart/").text
