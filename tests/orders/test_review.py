"""Payments that could not be honoured: a person keeps the order after all, or gives it back."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog.models import Variant
from orders import ledger, payments, refundable, refunds, settlement
from orders.banks import reviewing
from orders.comparing import refund_mending
from orders.models import Hold, Order, PaymentAttempt, Refund
from sandbox.testing import StripeSandbox
from tests.factories import make_piece
from tests.orders.builders import opened, session_of
from tests.orders.test_disputes import balances

pytestmark = pytest.mark.django_db


def stuck(stripe: StripeSandbox) -> PaymentAttempt:
    """Paid after its piece was gone; and the refund that goes out by itself comes back."""
    attempt = opened(make_piece(price=10_000))
    Hold.objects.update(state=Hold.State.RELEASED)
    Variant.objects.update(stock=0, reserved=0)
    stripe.pay(session_of(attempt))
    settled = settlement.settle(session_of(attempt))
    assert settled
    assert settled.order.state == Order.State.REVIEW
    refund = Refund.objects.get()
    assert refund.stripe_id
    stripe.act("refund_comes_back", refund.stripe_id)
    refunds.sync(settled.payment_intent)
    assert Refund.objects.get().state == Refund.State.FAILED
    return PaymentAttempt.objects.select_related("order").get(pk=settled.pk)


def page_of(attempt: PaymentAttempt) -> str:
    return reverse("admin:orders_order_change", args=[attempt.order_id])


def review(attempt: PaymentAttempt) -> str:
    return reverse("admin:orders_order_review", args=[attempt.order_id])


def test_it_is_given_back_whole_and_once(stripe: StripeSandbox, owner: User) -> None:
    attempt = stuck(stripe)
    assert balances()["suspense"] == -10_900
    assert reviewing.unreturned(attempt.order) == [attempt]

    refund = reviewing.give_back_whole(attempt, by=owner)

    assert (refund.state, refund.amount, refund.actor) == ("succeeded", 10_900, owner)
    with pytest.raises(refundable.NotRefundable):
        reviewing.give_back_whole(attempt, by=owner)
    assert "suspense" not in balances()
    assert Order.objects.get().state == "review"
    given = [r for r in payments.list_refunds(attempt.payment_intent) if r.status == "succeeded"]
    assert [r.amount for r in given] == [10_900]


def test_trying_the_failed_one_again_is_the_same(stripe: StripeSandbox, owner: User) -> None:
    stuck(stripe)
    assert refund_mending.try_again(Refund.objects.get(), by=owner).state == "succeeded"
    assert not reviewing.unreturned(Order.objects.get())


def test_an_order_is_kept_when_its_piece_is_there_again(stripe: StripeSandbox, owner: User) -> None:
    attempt = stuck(stripe)
    with pytest.raises(reviewing.NotHonoured, match="Somebody was quicker"):
        reviewing.honour(attempt.order, by=owner)
    assert Order.objects.get().state == "review"
    Variant.objects.update(stock=1)

    reviewing.honour(attempt.order, by=owner)

    order = Order.objects.get()
    assert (order.state, order.review_reason, order.name) == ("paid", "", "Jonas Weber")
    assert (Variant.objects.get().stock, Variant.objects.get().reserved) == (0, 0)
    assert "suspense" not in balances()
    assert not ledger.unbalanced()
    assert not ledger.is_behind(order)
    with pytest.raises(reviewing.NotHonoured):
        reviewing.honour(attempt.order, by=owner)
    with pytest.raises(refundable.NotRefundable):
        reviewing.give_back_whole(attempt, by=owner)


def test_another_sum_than_it_costs_can_only_go_back(stripe: StripeSandbox, owner: User) -> None:
    attempt = stuck(stripe)
    Variant.objects.update(stock=1)
    Order.objects.update(items_total=10_100, total=11_000)
    with pytest.raises(reviewing.NotHonoured, match="give it back"):
        reviewing.honour(attempt.order, by=owner)
    assert Variant.objects.get().stock == 1


def test_what_is_on_its_way_back_is_not_kept(stripe: StripeSandbox, owner: User) -> None:
    attempt = stuck(stripe)
    reviewing.give_back_whole(attempt, by=owner)
    Variant.objects.update(stock=1)
    with pytest.raises(reviewing.NotHonoured, match="on its way back"):
        reviewing.honour(attempt.order, by=owner)


def test_the_owner_has_a_button_for_each(
    stripe: StripeSandbox,
    owner: User,
    alice: User,
    logged_in: Callable[[User], Client],
) -> None:
    attempt = stuck(stripe)
    olives = logged_in(owner)
    text = olives.get(page_of(attempt)).content.decode()
    assert "Keep the order" in text
    assert "Give 109\N{NO-BREAK SPACE}€ back" in text
    assert "Try it again" not in text
    assert olives.get(review(attempt)).status_code == 405
    assert logged_in(alice).post(review(attempt), {"_honour": "1"}).status_code == 404
    said = olives.post(review(attempt), {"_honour": "1"}, follow=True).content.decode()
    assert "Somebody was quicker" in said
    olives.post(review(attempt), {"attempt": attempt.pk})
    olives.post(review(attempt), {"attempt": attempt.pk})
    assert Refund.objects.filter(state="succeeded").count() == 1
    assert "Keep the order" not in olives.get(page_of(attempt)).content.decode()
