"""What the house gave in the shopper's place comes from its own balance, never from the charge."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils.timezone import now

from orders import checkout, payments, settlement, sweeping
from orders.models import Order, Payout
from sandbox.testing import StripeSandbox
from tests.factories import make_piece, make_rate
from tests.orders.builders import basket_of, begin, session_of
from tests.orders.payout_builders import (
    account,
    at_stripe,
    books_agree,
    fresh,
    owed_to_makers,
    posted,
)

pytestmark = pytest.mark.django_db
__all__ = ["books_agree"]


def order_with_gift(stripe: StripeSandbox, price: int, gift: int, *, post: int = 900) -> Order:
    """One piece of one maker's, of whose price the house pays ``gift`` by a code."""
    make_rate(amount=post)
    piece = make_piece(price=price)
    account(piece.designer, stripe)
    attempt = begin(basket_of(piece))
    attempt.order.lines.update(discount=gift, house_discount=gift)
    total = attempt.order.total - gift
    Order.objects.filter(pk=attempt.order_id).update(discount_total=gift, total=F("total") - gift)
    coupon: Any = {"amount_off": gift, "currency": "eur", "duration": "once"}
    made = payments.client().v1.coupons.create(coupon)
    attempt.parameters["discounts"] = [{"coupon": made.id}]
    attempt.expected_total = total
    attempt.save(update_fields=["parameters", "expected_total"])
    attempt = checkout.open_session(attempt)
    stripe.pay(session_of(attempt))
    settlement.settle(session_of(attempt))
    return Order.objects.get(pk=attempt.order_id)


def test_a_small_gift_is_carried_by_the_charge(stripe: StripeSandbox) -> None:
    order = order_with_gift(stripe, 10_000, 1_000)
    payout = posted(order)[0]

    sweeping.pay_makers()
    assert [(found.amount, bool(found.charge)) for found in at_stripe(order)] == [(9_100, True)]
    assert fresh(payout).state == "sent"


def test_of_a_large_gift_a_part_comes_from_the_house(stripe: StripeSandbox) -> None:
    order = order_with_gift(stripe, 10_000, 8_000)
    payout = posted(order)[0]
    stripe.act("add_funds", value=6_200)

    sweeping.pay_makers()
    assert [(found.amount, bool(found.charge)) for found in at_stripe(order)] == [
        (2_900, True),
        (6_200, False),
    ]
    assert fresh(payout).state == "sent"
    assert owed_to_makers(order) == 0


def test_an_order_of_nothing_is_paid_by_the_house(stripe: StripeSandbox) -> None:
    order = order_with_gift(stripe, 10_000, 10_000, post=0)
    assert (order.state, order.total) == ("paid", 0)
    payout = posted(order)[0]
    stripe.act("add_funds", value=8_200)

    sweeping.pay_makers()
    assert [(found.amount, found.charge) for found in at_stripe(order)] == [(8_200, "")]
    assert fresh(payout).state == "sent"
    assert owed_to_makers(order) == 0


def test_a_balance_too_small_is_told_and_tried_again_on_another_day(
    stripe: StripeSandbox,
) -> None:
    order = order_with_gift(stripe, 90_000_000, 80_000_000)
    payout = posted(order)[0]

    sweeping.pay_makers()
    payout = fresh(payout)
    assert (payout.state, payout.trouble) == ("failed", "balance")
    assert "insufficient available funds" in payout.error
    # What the charge carries is there.
    assert payout.transferred == order.total
    assert sweeping.pay_makers() == 0

    stripe.act("add_funds", value=payout.to_come)
    Payout.objects.update(tried_at=now() - timedelta(days=2))
    sweeping.pay_makers()
    assert fresh(payout).state == "sent"
    assert owed_to_makers(order) == 0
    charge = order.attempts.get().received
    assert sum(found.amount for found in at_stripe(order) if found.charge) <= charge
