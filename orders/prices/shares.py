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


def post_given_back(
    parcels: list[Parcel], tax: int, given: int, own: dict[int, int] | None = None
) -> tuple[list[int], int]:
    """Of so much given back for the post: each parcel's part, and that of the tax on it.

    ``own``, by parcel, is what of it was given back for that parcel alone; the rest is all
    parcels', by what they cost. No parcel gives back more than its post.
    """
    weights = [parcel.shipping for parcel in parcels]
    whole = sum(weights) + tax
    from_tax = _proportion(tax, given, whole)
    alone = [_without_tax((own or {}).get(parcel.pk, 0), tax, whole) for parcel in parcels]
    shared = given - from_tax - sum(alone)
    parts = spread(shared, weights) if shared > 0 else [0] * len(parcels)
    return _within([a + b for a, b in zip(alone, parts, strict=True)], weights), from_tax


def _without_tax(amount: int, tax: int, whole: int) -> int:
    return amount - _proportion(tax, amount, whole)


def _within(parts: list[int], most: list[int]) -> list[int]:
    """What is over in one goes to those that have room."""
    over = sum(max(part - limit, 0) for part, limit in zip(parts, most, strict=True))
    kept = [min(part, limit) for part, limit in zip(parts, most, strict=True)]
    room = [limit - part for part, limit in zip(kept, most, strict=True)]
    more = spread(over, room) if over and sum(room) >= over else [0] * len(parts)
    return [a + b for a, b in zip(kept, more, strict=True)]


def post_left(
    parcels: list[Parcel], tax: int, given: int, own: dict[int, int], *, smallest: int = 1
) -> dict[int, int]:
    """What of each parcel's post, with the tax on it, its maker alone may still give back.

    Each is a multiple of ``smallest``: it is asked of Stripe as it is.
    """
    weights = [parcel.shipping for parcel in parcels]
    if not sum(weights):
        return {}
    shared = max(given - sum(own.values()), 0) // smallest * smallest
    gone = spread(shared, weights, smallest)
    taxes = spread(tax, weights, smallest)
    rows = zip(parcels, taxes, gone, strict=True)
    return {p.pk: max(p.shipping + on - own.get(p.pk, 0) - off, 0) for p, on, off in rows}
