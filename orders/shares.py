"""Whose the money of an order is: the maker's, the house's commission, tax, a discount's.

Amounts in minor units. A price's own tax is the maker's, who owes it; tax on top of prices is
kept by the house, which hands it on. Commission is of the price less what the maker gave off it.
What goes back goes back in the same proportion, reckoned from all that was given back so far,
so that no rounding adds up however many refunds there are.
"""

from dataclasses import dataclass
from typing import Self

from orders.models import OrderLine, Parcel
from shop.money import spread


@dataclass(frozen=True, slots=True)
class Share:
    """``paid + discount == designer + commission + tax``, always."""

    paid: int
    designer: int
    commission: int
    tax: int
    # What the house gave in the shopper's place.
    discount: int

    @classmethod
    def of(cls, line: OrderLine) -> Self:
        """Of all that was paid for a line."""
        return cls(
            paid=line.paid,
            designer=line.paid - line.tax_added + line.house_discount - line.commission,
            commission=line.commission,
            tax=line.tax_added,
            discount=line.house_discount,
        )

    def part(self, paid: int) -> "Share":
        """Of so much of what was paid; the whole is the whole to the cent."""
        commission, tax, discount = (
            _proportion(whole, paid, self.paid)
            for whole in (self.commission, self.tax, self.discount)
        )
        return Share(paid, paid + discount - commission - tax, commission, tax, discount)


def _proportion(whole: int, part: int, of: int) -> int:
    """Half up; nothing of nothing."""
    return (2 * whole * part + of) // (2 * of) if of else 0


def of_post(parcel: Parcel) -> int:
    """What the maker gets for posting the parcel."""
    return parcel.shipping + parcel.house_shipping


def of_parcel(parcel: Parcel) -> int:
    """What the maker gets for a parcel, all lines and the post, before anything goes back.

    No query when its lines are prefetched.
    """
    return of_post(parcel) + sum(Share.of(line).designer for line in parcel.lines.all())


def post_given_back(parcels: list[Parcel], tax: int, given: int) -> tuple[list[int], int]:
    """Of so much given back for the post: each parcel's part, and that of the tax on it."""
    weights = [parcel.shipping for parcel in parcels]
    from_tax = _proportion(tax, given, sum(weights) + tax)
    if given == from_tax:
        return [0] * len(parcels), from_tax
    return spread(given - from_tax, weights), from_tax
