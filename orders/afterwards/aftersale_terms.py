"""What may be asked after buying, and until when: the shop's own terms, in one place.

They are told on ``templates/shop/help_returns.html``; the days are settings. By law a shopper
in the EU may step back for 14 days after a piece has arrived, unless it was made to their
wishes: https://eur-lex.europa.eu/eli/dir/2011/83/oj, articles 9 and 16 (c). More is kindness.
"""

from datetime import date, timedelta

from django.conf import settings
from django.utils.timezone import localdate, localtime

from catalog.models import Piece
from orders.models import AfterSale, Order, OrderLine, Parcel

Kind = AfterSale.Kind
# After saying yes the parcel has so long to leave, and a price that was named stands.
TO_POST = timedelta(days=30)
TO_ANSWER = timedelta(days=30)
# So long may a question lie before the owner hears of it.
UNANSWERED = timedelta(days=3)
_ALTERED_FOR = timedelta(days=365)
_PAID = {Order.State.PAID, Order.State.PARTIALLY_REFUNDED}
_LEFT = {Parcel.State.SHIPPED, Parcel.State.DELIVERED}


def arrived_on(parcel: Parcel) -> date | None:
    """The day a parcel that has left arrived: as it was noted, else as it was promised.

    Reads the parcel's events; no query when they are prefetched.
    """
    if parcel.state not in _LEFT or parcel.shipped_at is None:
        return None
    noted = [event.at for event in parcel.events.all() if event.kind == "delivered"]
    if noted:
        return localdate(noted[-1])
    return max(parcel.arrives_by, localtime(parcel.shipped_at).date())


def return_until(parcel: Parcel) -> date | None:
    """The last day on which a piece may be asked to go back; None before it has left."""
    arrived = arrived_on(parcel)
    return arrived and arrived + timedelta(days=settings.RETURN_DAYS)


def free(line: OrderLine) -> int:
    """How many of a line nothing is asked about and no money went back for."""
    return max(line.quantity - line.refunded_quantity - line.asked_quantity, 0)


def returnable(line: OrderLine, today: date) -> bool:
    """Whether some of a line may be sent back for its money on that day."""
    if line.engraving or (line.is_made and not settings.RETURN_MADE_TO_ORDER):
        return False
    until = return_until(line.parcel)
    return until is not None and today <= until and _is_paid(line)


def resizable(line: OrderLine, today: date) -> bool:
    """Whether a line's size may be altered: within a year, the first time free."""
    variant, arrived = line.variant, arrived_on(line.parcel)
    sized = bool(variant and variant.piece.sized != Piece.Sized.NONE)
    return sized and arrived is not None and today <= arrived + _ALTERED_FOR and _is_paid(line)


def mendable(line: OrderLine, today: date) -> bool:
    """For life, once it has left."""
    return arrived_on(line.parcel) is not None and _is_paid(line)


def may_call_off(parcel: Parcel) -> bool:
    """Whether the shopper may call a parcel off by themselves: nothing of it was begun."""
    is_new = parcel.state == Parcel.State.NEW and parcel.stage == Parcel.Stage.DRAWN
    return is_new and parcel.order.state in _PAID


def may_ask_off(parcel: Parcel) -> bool:
    """Whether the shopper may ask the maker to stop: it was begun and has not left."""
    is_open = parcel.state in {Parcel.State.NEW, Parcel.State.MAKING}
    return is_open and not may_call_off(parcel) and parcel.order.state in _PAID


def _is_paid(line: OrderLine) -> bool:
    return line.order.state in _PAID and free(line) > 0


RULES = {Kind.RETURN: returnable, Kind.RESIZE: resizable, Kind.REPAIR: mendable}


def askable(kind: str, lines: list[OrderLine]) -> list[OrderLine]:
    """Of these lines those about which such a thing may be asked today."""
    rule, today = RULES[Kind(kind)], localdate()
    return [line for line in lines if rule(line, today)]
