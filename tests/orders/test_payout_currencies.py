"""Payouts in currencies of no, two and three digits: what Stripe cannot move stays to come."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from orders import refundable, refunds
from orders.makers import takebacks
from sandbox.testing import StripeSandbox
from tests.orders.payout_builders import (
    at_stripe,
    books_agree,
    net_at_stripe,
    owed_to_makers,
    sent,
)

pytestmark = pytest.mark.django_db
__all__ = ["books_agree"]


@pytest.mark.parametrize(
    ("currency", "price", "transferred", "left"),
    [
        ("jpy", 12_345, 10_123 + 900, 0),
        ("eur", 12_345, 10_123 + 900, 0),
        ("kwd", 12_350, 11_020, 7),
    ],
)
def test_a_share_is_sent_to_its_smallest_step(
    stripe: StripeSandbox,
    settings: Settings,
    currency: str,
    price: int,
    transferred: int,
    left: int,
) -> None:
    settings.SHOP_CURRENCY = currency

    payout = sent(stripe, price)[0]
    assert (payout.state, payout.transferred, payout.to_come) == ("sent", transferred, left)
    assert [found.amount for found in at_stripe(payout.parcel.order)] == [transferred]
    assert owed_to_makers(payout.parcel.order) == left


def test_what_stripe_cannot_move_is_not_asked_for_again_and_again(
    stripe: StripeSandbox, settings: Settings, owner: User
) -> None:
    settings.SHOP_CURRENCY = "kwd"
    payout = sent(stripe, 12_350)[0]
    order, line = payout.parcel.order, payout.parcel.lines.get()
    part = refundable.Part(line, 0, 4_000)
    refunds.request(order, lines=[part], reason="scratched", by=owner, token=uuid4())

    assert takebacks.take_back(order) == 1

    # 7.747 is theirs, 7.750 they have: nothing smaller than ten fils can be taken back.
    assert net_at_stripe(order) == 7_750
    assert not takebacks.wanted().exists()
