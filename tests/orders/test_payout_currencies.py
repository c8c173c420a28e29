"""Payouts in currencies of no, two and three digits: what Stripe cannot move stays to come."""

import pytest
from pytest_django import Settings

from sandbox.testing import StripeSandbox
from tests.orders.payout_builders import at_stripe, books_agree, owed_to_makers, sent

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
