"""What a maker can do about a size that is asked for in vain: offer it, in one press."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog import availability, size_runs, sizes, standing
from catalog.models import Piece, Variant
from catalog.search import reindex
from designers.models import AnyUser
from orders.figures.reading import Asked
from shop import public_pages


@dataclass(frozen=True, slots=True)
class Offer:
    """A size and how it stands with it; the press that offers it, or where its piece is changed."""

    asked: Asked
    stands: str
    # Of the most that any of them was asked for.
    most: int
    act: str = ""
    url: str = ""

    @property
    def key(self) -> str:
        """What the press sends."""
        return f"{self.asked.piece} {self.asked.size}"


def offers(asked: list[Asked], *, most: int, may_edit: Callable[[int], bool]) -> list[Offer]:
    """For so many of the sizes asked for most; one query. ``may_edit`` is asked with a maker."""
    shown = asked[:most]
    top = max((one.number for one in shown), default=0)
    known = Variant.objects.filter(piece__in={one.piece for one in shown})
    rows = list(known.select_related("piece__designer"))
    pieces = {row.piece_id: row.piece for row in rows}
    variants = {(row.piece_id, row.label): row for row in rows}
    return [
        _offer(one, pieces.get(one.piece), variants.get((one.piece, one.size)), top, may_edit)
        for one in shown
    ]


def _offer(
    asked: Asked,
    piece: Piece | None,
    variant: Variant | None,
    most: int,
    may_edit: Callable[[int], bool],
) -> Offer:
    if variant is not None and variant.offered:
        stands = availability.of_variant(variant, variant.piece).word
    else:
        stands = _("not made")
    if piece is None or not may_edit(piece.designer_id):
        return Offer(asked, stands, most)
    if _can_be_offered(piece, variant) and _size_of(piece, asked.size):
        return Offer(asked, stands, most, _act(piece, asked.size))
    url = reverse("admin:catalog_piece_change", args=[piece.pk])
    return Offer(asked, stands, most, _("See its sizes"), f"{url}#sizes")


def _act(piece: Piece, size: str) -> str:
    if not piece.lead_days:
        return _("Offer %s") % size
    when = availability.duration(piece.lead_days)
    return _("Offer %(size)s, made in %(when)s") % {"size": size, "when": when}


def _can_be_offered(piece: Piece, variant: Variant | None) -> bool:
    has_it = variant is not None and variant.offered and variant.can_be_made
    return piece.making != Piece.Making.ONE_OF_A_KIND and not has_it


def make(piece: Piece, size: str, *, by: AnyUser) -> None:
    """Offer it from now on, made to order. Raises sizes.Unmakeable."""
    measured = _size_of(piece, size)
    if measured is None:
        raise sizes.Unmakeable(_("That is no size of this piece."))
    standing.offer_sizes(piece, [(measured, size)], by=by)
    transaction.on_commit(lambda: _show(piece))


def _show(piece: Piece) -> None:
    reindex([piece])
    public_pages.forget()


def _size_of(piece: Piece, size: str) -> int | None:
    """What a size measures, 0.01 mm, if it is written as one."""
    try:
        read = size_runs.read(size, ring=piece.sized == Piece.Sized.RING)
    except size_runs.NotARun:
        return None
    return read.sizes[0] if len(read.sizes) == 1 else None
