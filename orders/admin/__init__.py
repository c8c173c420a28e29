"""The workshop's side of orders; each module registers its own classes."""

from orders.admin import (
    accounts,
    aftersales,
    agreement,
    codes,
    disputes,
    figures,
    house,
    letters,
    parcels,
    payouts,
    rates,
    taxes,
    waiting,
)

__all__ = [
    "accounts",
    "aftersales",
    "agreement",
    "codes",
    "disputes",
    "figures",
    "house",
    "letters",
    "parcels",
    "payouts",
    "rates",
    "taxes",
    "waiting",
]
