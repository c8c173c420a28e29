"""How many of a limited edition may still be made: all that are ready or sold count."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import F, Q, Sum

from catalog.models import Piece
from orders.models import CartLine, Order, OrderLine, Parcel

_DEAD = [Order.State.EXPIRED, Order.State.FAILED, Order.State.CANCELLED, Order.State.REVIEW]


def left(piece: Piece) -> int:
    """How many more of a limited piece the maker may make; may be less than none."""
    ready = piece.variants.aggregate(sum=Sum("stock", default=0))["sum"]
    # What is taken from stock leaves it when it is paid; what is made was never in it. What
    # came back is ready again, and no longer sold.
    counted = Q(order__paid_at__isnull=False) | Q(is_made=True)
    lines = OrderLine.objects.filter(counted, variant__piece=piece).exclude(order__state__in=_DEAD)
    lines = lines.exclude(is_made=True, parcel__state=Parcel.State.CANCELLED)
    sold = lines.aggregate(sum=Sum(F("quantity") - F("restocked"), default=0))["sum"]
    return int((piece.edition_size or 0) - ready - sold)


def exceeded(lines: Iterable[CartLine | OrderLine]) -> list[Piece]:
    """The limited pieces of which these lines would have more made than there may be.

    Within a transaction; the pieces stay locked, so that two orders do not share the last.
    """
    wanted: Counter[int] = Counter()
    for line in lines:
        if line.is_made and line.variant:
            wanted[line.variant.piece_id] += line.quantity
    limited = Piece.objects.filter(pk__in=wanted, making=Piece.Making.LIMITED).order_by("pk")
    return [piece for piece in limited.select_for_update() if left(piece) < wanted[piece.pk]]
