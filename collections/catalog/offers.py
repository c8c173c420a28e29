"""What a piece's page offers: each size with what can be had of it, and by which day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from catalog import availability, promise
from catalog.availability import Availability
from catalog.models import Piece, Variant
from catalog.ring_sizes import RingSize, in_all_scales
from designers import holiday
from designers.holiday import Holiday

_A_WEEK = 7
_CAN_BE_HAD = {"available", "made"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A size: whether it can be had, and the word under it. ``difference`` is minor units."""

    variant: Variant
    availability: Availability
    note: str
    can_be_had: bool

    @property
    def difference(self) -> int:
        return self.variant.price_difference


@dataclass(frozen=True, slots=True)
class Promise:
    """For one way of getting a piece (its state): posted on a day, there by another."""

    state: str
    posted: date
    arrives: date

    @property
    def posted_day(self) -> str:
        """``Monday``, while that is no more than a week away."""
        is_near = (self.posted - localdate()).days < _A_WEEK
        return date_format(self.posted, "l" if is_near else "l j F")


class BuyBox:
    """What the buy box of a piece says; ``piece`` is one of ``shown.whole_pieces()``."""

    def __init__(self, piece: Piece, sizes: Iterable[Variant]) -> None:
        self.piece = piece
        self.offers = [_offer(variant, piece) for variant in sizes]
        had = [offer for offer in self.offers if offer.can_be_had]
        ready = [offer for offer in had if offer.availability.state == "available"]
        self.chosen = next(iter(ready + had), None)
        self.availability = self.chosen.availability if self.chosen else _nothing(self.offers)

    @property
    def is_sized(self) -> bool:
        """Whether there is a size to choose."""
        return len(self.offers) > 1

    @property
    def takes_wishes(self) -> bool:
        """Whether one may say that one wants another size: where another can be made."""
        one = self.piece.making == Piece.Making.ONE_OF_A_KIND
        return self.piece.sized != Piece.Sized.NONE and not one

    @property
    def price(self) -> int:
        """Of the size that is chosen at first, in minor units."""
        return self.chosen.variant.price if self.chosen else self.piece.price

    @property
    def promises(self) -> list[Promise]:
        """One for what lies ready, one for what is made: whichever this piece can be."""
        states = {offer.availability.state for offer in self.offers if offer.can_be_had}
        return [_promise(state, self.piece) for state in sorted(states)]

    @property
    def away(self) -> Holiday | None:
        """The maker's holiday, where it puts off what this piece promises."""
        away = holiday.of(self.piece.designer)
        put_off = away and any(away.puts_off(promise.posted) for promise in self.promises)
        return away if put_off else None

    @property
    def ways(self) -> list[Availability]:
        """The words and buttons of those ways, the first chosen one's among them."""
        found = {o.availability.state: o.availability for o in self.offers if o.can_be_had}
        return [found[state] for state in sorted(found)]

    @property
    def awaited(self) -> list[Offer]:
        """The sizes that somebody else has or had, for which one can wait.

        Of one of a kind there is one size: the one in a basket, if we know it.
        """
        gone = [offer for offer in self.offers if offer.variant.offered and not offer.can_be_had]
        if self.piece.making != Piece.Making.ONE_OF_A_KIND:
            return gone
        held = [offer for offer in gone if offer.availability.state == "held"]
        return [] if self.chosen else held or gone

    @property
    def ring_sizes(self) -> list[RingSize]:
        """The rows of the size table: the sizes on offer, in the scales of the world."""
        if self.piece.sized != Piece.Sized.RING:
            return []
        return [in_all_scales(o.variant.size) for o in self.offers if o.variant.size]


def _offer(variant: Variant, piece: Piece) -> Offer:
    variant.piece = piece  # spares a query for its price
    found = availability.of_variant(variant, piece)
    can_be_had = variant.offered and found.state in _CAN_BE_HAD
    return Offer(variant, found, _note(variant, piece, found), can_be_had)


def _note(variant: Variant, piece: Piece, found: Availability) -> str:
    if not variant.offered:
        return _("not made")
    return {
        "available": _("ready"),
        "made": _making_time(piece) if found.state == "made" else "",
        "held": _("in a basket"),
        "sold": _("sold"),
    }[found.state]


def _making_time(piece: Piece) -> str:
    return availability.duration(promise.making_days(piece.designer, piece.lead_days))


def _nothing(offers: list[Offer]) -> Availability:
    held = (o.availability for o in offers if o.variant.offered and o.availability.state == "held")
    return next(held, availability.sold())


def _promise(state: str, piece: Piece) -> Promise:
    lead_days = piece.lead_days if state == "made" else 0
    posted = promise.post_by(piece.designer, lead_days=lead_days, since=localdate())
    return Promise(state, posted, promise.arrives_by(posted, promise.USUAL_POST_DAYS))
