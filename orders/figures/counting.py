"""Counting what happens in the shop: one number a day, by one atomic UPDATE.

Nothing here may ever be in a shopper's way: what cannot be counted is logged and goes on.
"""

import logging
from collections.abc import Callable
from functools import wraps

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils.timezone import localdate

from catalog.models import Collection, Inspiration, Piece
from designers.models import Designer
from orders.models import CartLine, Figure

Kind, Subject = Figure.Kind, Figure.Subject
_log = logging.getLogger(__name__)


def _harmless[**P](counts: Callable[P, None]) -> Callable[P, None]:
    """Never a failure of the page that counts, nor of the transaction it is in."""

    @wraps(counts)
    def tried(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            with transaction.atomic():
                counts(*args, **kwargs)
        except DatabaseError:
            _log.exception("not counted")

    return tried


@_harmless
def looked_at(subject: str, pk: int) -> None:
    """The page of something in the shop was shown; what is not in the shop has no page."""
    found, designer = _whose(subject, pk)
    if found:
        _add(Kind.VIEW, subject, pk, designer)


@_harmless
def put_in_basket(line: CartLine) -> None:
    """A size was put in a basket, be it held there or to be made."""
    variant = line.variant
    _add(Kind.BASKET, Subject.PIECE, variant.piece_id, variant.piece.designer_id, variant.label)


@_harmless
def asked_for(piece: Piece, size: str) -> None:
    """Somebody wanted a size that could not be had, by its name: also one that nobody makes."""
    _add(Kind.ASKED, Subject.PIECE, piece.pk, piece.designer_id, size)


@_harmless
def came_from(line: CartLine, story: str) -> None:
    """Remember on a line the story (a collection's slug) from which it was reached."""
    if story and story == line.variant.piece.collection.slug:
        CartLine.objects.filter(pk=line.pk).update(story=line.variant.piece.collection)


def _whose(subject: str, pk: int) -> tuple[bool, int | None]:
    """Whether it is in the shop, and whose it is."""
    if subject == Subject.INSPIRATION:
        return Inspiration.objects.filter(pk=pk).exists(), None
    rows = {
        Subject.PIECE: Piece.objects.published().values_list("designer_id", flat=True),
        Subject.COLLECTION: Collection.objects.published().values_list("designer_id", flat=True),
        Subject.DESIGNER: Designer.objects.published().values_list("pk", flat=True),
    }[Subject(subject)]
    designer = rows.filter(pk=pk).first()
    return designer is not None, designer


def _add(kind: str, subject: str, pk: int, designer: int | None, size: str = "") -> None:
    key = {"day": localdate(), "kind": kind, "subject": subject, "subject_id": pk, "size": size}
    if _one_more(key):
        return
    # The first of its day; of two who are first at once one writes the row, both count in it.
    first = Figure(**key, designer_id=designer)
    Figure.objects.bulk_create([first], ignore_conflicts=True)
    _one_more(key)


def _one_more(key: dict[str, object]) -> int:
    return Figure.objects.filter(**key).update(number=F("number") + 1)
