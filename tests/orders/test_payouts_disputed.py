"""While a payment is disputed nothing of it is sent; lost, makers bear it only where so agreed."""

import pytest
from pytest_django import Settings

from orders import sweeping
from orders.banks import disputes
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


def disputed(stripe: StripeSandbox, order: Order, value: int | str = "") -> str:
    """The bank takes it back for now; the dispute's id."""
    charge = order.attempts.get(state="complete").charge
    stripe.act("dispute", charge, value)
    disputes.sync_payment(order.attempts.get(state="complete").payment_intent)
    return str(order.disputes.get().stripe_id)


def decided(stripe: StripeSandbox, dispute: str, act: str) -> None:
    stripe.act(act, dispute)
    disputes.sync(dispute)


def unsent(stripe: StripeSandbox) -> Payout:
    piece = make_piece(price=10_000)
    account(piece.designer, stripe)
    return posted(paid_order(stripe, piece))[0]


def test_what_is_not_sent_is_held_until_it_is_won(stripe: StripeSandbox) -> None:
    payout = unsent(stripe)
    dispute = disputed(stripe, payout.parcel.order)

    assert sweeping.pay_makers() == 0
    assert fresh(payout).state == "held"
    decided(stripe, dispute, "dispute_won")
    sweeping.pay_makers()
    assert fresh(payout).state == "sent"


def test_what_was_sent_stays_while_it_is_open(stripe: StripeSandbox) -> None:
    payout = sent(stripe, 10_000)[0]

    disputed(stripe, payout.parcel.order)
    assert sweeping.take_back() == 0
    assert fresh(payout).state == "sent"


def test_lost_it_is_taken_back_where_makers_bear_it(
    stripe: StripeSandbox, settings: Settings
) -> None:
    settings.SHOP_DISPUTE_LOSS = "designer"
    first, second = sent(stripe, 10_000, 20_000)
    order = first.parcel.order

    decided(stripe, disputed(stripe, order), "dispute_lost")
    assert sweeping.take_back() == 2 or net_at_stripe(order) == 0
    assert net_at_stripe(order) == 0
    assert (fresh(first).state, fresh(second).state) == ("reversed", "reversed")
    assert owed_to_makers(order) == 0
    assert sweeping.take_back() == 0


def test_lost_the_house_bears_it_and_who_has_posted_is_paid(stripe: StripeSandbox) -> None:
    payout = unsent(stripe)
    order = payout.parcel.order
    stripe.act("add_funds", value=20_000)

    decided(stripe, disputed(stripe, order), "dispute_lost")
    sweeping.pay_makers()
    assert (fresh(payout).state, fresh(payout).transferred) == ("sent", 9_100)
    # The bank has the charge's money: it comes from the house's own.
    assert fresh(payout).transfers.get().charge == ""
    assert owed_to_makers(order) == 0


def test_a_part_that_is_lost_is_borne_in_proportion(
    stripe: StripeSandbox, settings: Settings
) -> None:
    settings.SHOP_DISPUTE_LOSS = "designer"
    payout = sent(stripe, 10_000)[0]
    order = payout.parcel.order

    decided(stripe, disputed(stripe, order, order.total // 2), "dispute_lost")
    sweeping.take_back()
    assert (fresh(payout).lost, fresh(payout).reversed) == (4_550, 4_550)
    assert net_at_stripe(order) == 4_550


def test_an_unsent_share_of_a_lost_order_is_nothing(
    stripe: StripeSandbox, settings: Settings
) -> None:
    settings.SHOP_DISPUTE_LOSS = "designer"
    payout = unsent(stripe)
    decided(stripe, disputed(stripe, payout.parcel.order), "dispute_lost")

    assert sweeping.pay_makers() == 0
    assert (fresh(payout).state, fresh(payout).to_come) == ("nothing", 0)
    assert fresh(payout).transferred == 0
