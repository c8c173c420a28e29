"""Odd moments between two clicks: each ends in words, never in a mistake of the shop's."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db.models import F
from django.test import Client

from catalog.models import Piece
from orders import attempts, holds, payments, sweeping
from orders.models import Cart, CartLine, Hold, Order, PaymentAttempt
from sandbox.testing import StripeSandbox
from tests.factories import make_piece, make_rate

pytestmark = pytest.mark.django_db
TYPED = {"country": "IE", "email": "jonas@example.eu"}


@pytest.fixture(autouse=True)
def a_rate_and_a_fresh_throttle(stripe: StripeSandbox) -> None:
    make_rate(amount=0)
    cache.clear()


@pytest.fixture
def shopper() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"}, raise_request_exception=False)


def put(client: Client, piece: Piece, quantity: int = 1) -> None:
    typed = {"variant": piece.variants.get().pk, "quantity": quantity}
    assert client.post("/cart/", typed).status_code == 303


def studs() -> Piece:
    return make_piece(stock=20, making=Piece.Making.STOCKED)


def forgotten() -> None:
    """Stripe knows the open session no more, as after another key was put in."""
    PaymentAttempt.objects.update(session_id="cs_test_of_another_account")


def long_ago() -> None:
    ago = timedelta(hours=2)
    PaymentAttempt.objects.update(
        created_at=F("created_at") - ago, expires_at=F("expires_at") - ago
    )


def test_more_than_a_basket_holds_is_told_at_the_checkout(shopper: Client) -> None:
    put(shopper, studs(), 6)
    Hold.objects.update(expires_at=F("expires_at") - timedelta(hours=1))
    holds.release_lapsed()
    put(shopper, studs(), 6)

    page = shopper.post("/checkout/", TYPED)

    assert page.status_code == 409
    assert "A basket can hold 10 pieces" in page.text
    assert not Order.objects.exists()


def test_releasing_twice_at_once_is_releasing_once(
    shopper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shopper, make_piece())
    line = CartLine.objects.get()
    first = attempts.abandon

    def quicker(cart: Cart) -> None:
        first(cart)
        CartLine.objects.filter(pk=line.pk).delete()

    monkeypatch.setattr(attempts, "abandon", quicker)
    for typed in ({"act": "release"}, {"quantity": "2"}, {"act": "hold"}):
        CartLine.objects.get_or_create(
            pk=line.pk, defaults={"cart": line.cart, "variant": line.variant, "shown_price": 1}
        )
        assert shopper.post(f"/cart/lines/{line.pk}/", typed).status_code in {303, 404}, typed


def test_a_session_stripe_has_forgotten_is_no_dead_end(shopper: Client) -> None:
    put(shopper, make_piece())
    shopper.post("/checkout/", TYPED)
    forgotten()

    page = shopper.post(f"/cart/lines/{CartLine.objects.get().pk}/", {"act": "release"})
    assert page.status_code == 503
    assert shopper.post("/checkout/", TYPED | {"email": "other@example.eu"}).status_code == 503
    typed = {"variant": make_piece().variants.get().pk}
    assert shopper.post("/cart/", typed).status_code == 503

    long_ago()
    sweeping.settle_due()
    assert shopper.post("/cart/", typed).status_code == 303


def test_a_session_stripe_has_forgotten_keeps_its_pieces_until_it_must_be_over(
    shopper: Client,
) -> None:
    put(shopper, make_piece())
    shopper.post("/checkout/", TYPED)
    forgotten()

    sweeping.settle_due()
    assert Hold.objects.get().state == Hold.State.PAYING

    long_ago()
    sweeping.settle_due()
    attempt = PaymentAttempt.objects.get()
    assert attempt.state == PaymentAttempt.State.EXPIRED
    assert "No such" in attempt.error
    assert Hold.objects.get().state == Hold.State.RELEASED
    assert Order.objects.get().state == Order.State.EXPIRED


def test_one_session_stripe_has_forgotten_does_not_keep_the_others_from_being_compared(
    shopper: Client, stripe: StripeSandbox
) -> None:
    from orders.comparing.reconciliation import reconcile

    put(shopper, make_piece())
    shopper.post("/checkout/", TYPED)
    forgotten()
    PaymentAttempt.objects.update(created_at=F("created_at") - timedelta(minutes=20))

    list(reconcile())  # raises nothing

    with pytest.raises(payments.NotFound):
        payments.get_session("cs_test_of_another_account")
