"""While a payment is disputed nothing of it is sent; lost, what was sent is taken back."""

import pytest

from orders import payouts, sweeping, takebacks
from orders.models import Order, Payout
from sandbox.testing import StripeSandbox
from tests.factories import make_piece
from tests.orders.payout_builders import (
    account,
    books_agree,
    fresh,
    net_at_stripe,
    owed_to_makers,
    paid_order,
    posted,
    sent,
)

pytestmark = pytest.mark.django_db
__all__ = ["books_agree"]


def test_what_is_not_sent_is_held_until_it_is_won(stripe: StripeSandbox) -> None:
    piece = make_piece(price=10_000)
    account(piece.designer, stripe)
    order = paid_order(stripe, piece)
    # The bank is quicker than the first sweep.
    payouts.stop(order)
    payout = posted(order)[0]

    assert sweeping.pay_makers() == 0
    assert fresh(payout).state == "held"
    payouts.resume(order)
    sweeping.pay_makers()
    assert fresh(payout).state == "sent"


def test_what_was_sent_stays_while_it_is_open(stripe: StripeSandbox) -> None:
    payout = sent(stripe, 10_000)[0]

    payouts.stop(payout.parcel.order)
    assert sweeping.take_back() == 0
    assert fresh(payout).state == "sent"


def test_lost_it_is_taken_back_and_won_on_appeal_it_is_sent_again(
    stripe: StripeSandbox,
) -> None:
    first, second = sent(stripe, 10_000, 20_000)
    order = first.parcel.order
    payouts.stop(order)

    assert takebacks.reverse_for_dispute(order) == 2
    assert net_at_stripe(order) == 0
    assert (fresh(first).state, fresh(second).state) == ("reversed", "reversed")
    assert owed_to_makers(order) == 0
    assert order.ledger.filter(kind="lost").count() == 2
    assert takebacks.reverse_for_dispute(order) == 0

    payouts.resume(order)
    stripe.act("add_funds", value=9_100 + 17_300)
    sweeping.pay_makers()
    assert net_at_stripe(order) == 9_100 + 17_300
    assert owed_to_makers(order) == 0


def test_a_part_that_is_lost_is_borne_in_proportion(stripe: StripeSandbox) -> None:
    payout = sent(stripe, 10_000)[0]
    order = payout.parcel.order

    takebacks.reverse_for_dispute(order, amount=order.total // 2)
    assert (fresh(payout).lost, fresh(payout).reversed) == (4_550, 4_550)
    assert net_at_stripe(order) == 4_550


def test_an_unsent_share_of_a_lost_order_is_nothing(stripe: StripeSandbox) -> None:
    piece = make_piece(price=10_000)
    account(piece.designer, stripe)
    order = paid_order(stripe, piece)
    payouts.stop(order)
    Order.objects.filter(pk=order.pk).update(state=Order.State.DISPUTE_LOST)

    assert takebacks.reverse_for_dispute(order) == 0
    payout = posted(order)[0]
    assert (fresh(payout).state, fresh(payout).to_come) == ("nothing", 0)
    assert sweeping.pay_makers() == 0
    assert Payout.objects.get().transferred == 0
