"""The sizes in which a piece is made: a whole run at once, never one twice, never one lost."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.models import Piece, Variant
from catalog.size_runs import MOST, Run

# Nobody feels a twentieth of a millimetre: two sizes so near are one.
_SAME = 5


class Unmakeable(Exception):
    """The run is no run of this piece; the text is for its maker."""


def check_run(piece: Piece, run: Run) -> None:
    """Raises Unmakeable for what is one of a kind in several sizes, and for too many of them."""
    if piece.making == Piece.Making.ONE_OF_A_KIND and len(run.sizes) > 1:
        raise Unmakeable(_("One of a kind is there once, in one size: name that one."))
    there = list(piece.variants.all()) if piece.pk else []
    if len(there) + len(run.sizes) > 2 * MOST:
        raise Unmakeable(_("These are more sizes than a page can show: take some out first."))


def make_run(piece: Piece, run: Run) -> list[str]:
    """Makes those sizes of a run that the piece has not yet; the names of the new ones.

    Sizes that are there stay as they are. The one that has no size yet, if nothing of it is
    ready or the run is a single size, becomes the first of them.
    """
    check_run(piece, run)
    with transaction.atomic():
        there = list(Variant.objects.filter(piece=piece).order_by("position", "pk"))
        new = [pair for pair in zip(run.sizes, run.labels, strict=True) if _is_new(pair, there)]
        named = bool(new) and _name_the_unnamed(there, new[0], alone=len(run.sizes) == 1)
        # Somebody else may be making the same: what is there stays as it is.
        Variant.objects.bulk_create(_sizes(piece, there, new[named:]), ignore_conflicts=True)
        _note_how_sized(piece, run)
        _put_in_order(piece)
    return [label for _size, label in new]


def offer(piece: Piece, *, size: int, label: str) -> None:
    """One more size of a piece that is made, as somebody asked for it in vain.

    ``size`` is 0.01 mm. One that is there and was not offered is offered again. Raises
    Unmakeable for what is one of a kind.
    """
    if piece.making == Piece.Making.ONE_OF_A_KIND:
        raise Unmakeable(_("One of a kind is not made again in another size."))
    with transaction.atomic():
        near = Q(size__range=(size - _SAME, size + _SAME)) | Q(label=label)
        there = Variant.objects.filter(near, piece=piece)
        if not there.update(offered=True, can_be_made=True):
            row = Variant(piece=piece, size=size, label=label, can_be_made=True)
            Variant.objects.bulk_create([row], ignore_conflicts=True)
            _put_in_order(piece)


def _is_new(pair: tuple[int, str], there: list[Variant]) -> bool:
    size, label = pair
    return not any(
        known.label == label or (known.size and abs(known.size - size) <= _SAME) for known in there
    )


def _name_the_unnamed(there: list[Variant], first: tuple[int, str], *, alone: bool) -> bool:
    """One UPDATE that still holds when somebody sells it meanwhile."""
    if len(there) != 1 or there[0].label or there[0].size:
        return False
    size, label = first
    unnamed = Variant.objects.filter(pk=there[0].pk, label="", size=None)
    if not alone:
        unnamed = unnamed.filter(stock=0, reserved=0)
    return bool(unnamed.update(size=size, label=label))


def _sizes(piece: Piece, there: list[Variant], new: list[tuple[int, str]]) -> list[Variant]:
    to_order = piece.making == Piece.Making.MADE_TO_ORDER
    makeable = to_order or any(known.can_be_made for known in there)
    return [
        Variant(piece=piece, size=size, label=label, can_be_made=makeable) for size, label in new
    ]


def _note_how_sized(piece: Piece, run: Run) -> None:
    sized = Piece.Sized.RING if run.is_ring else Piece.Sized.LENGTH
    if piece.sized != sized:
        piece.sized = sized
        piece.save(update_fields=["sized", "designer", "updated_at"])


def _put_in_order(piece: Piece) -> None:
    """From small to large, those without a size first; places change one by one."""
    rows = Variant.objects.filter(piece=piece)
    for place, row in enumerate(sorted(rows, key=lambda row: (row.size or 0, row.position))):
        if row.position != place:
            rows.filter(pk=row.pk).update(position=place)
