"""The workshop's side of orders; each module registers its own classes."""

from orders.admin import (
    accounts,
    aftersales,
    agreement,
    disputes,
    house,
    letters,
    parcels,
    payouts,
    rates,
)

__all__ = [
    "accounts",
    "aftersales",
    "agreement",
    "disputes",
    "house",
    "letters",
    "parcels",
    "payouts",
    "rates",
]
