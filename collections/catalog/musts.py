"""What a live piece must have before its collection is published: shoppers would meet the gap."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from catalog import prices
from catalog.models.collection import Collection
from catalog.models.photo import Photo
from catalog.models.piece import Piece, Variant

_NAMED = 5
_SHOWN = {Piece.Status.LIVE, Piece.Status.WAITING}


def with_musts(pieces: QuerySet[Piece]) -> QuerySet[Piece]:
    """Each with ``has_photo`` and ``has_size``."""
    return pieces.annotate(
        has_photo=Exists(Photo.objects.filter(piece=OuterRef("pk"))),
        has_size=Exists(Variant.objects.filter(piece=OuterRef("pk"), offered=True)),
    )


def gaps(collection: Collection) -> list[str]:
    """A sentence for each piece to be shown that lacks a photograph, a size or a price."""
    rows = getattr(collection, "workshop_pieces", None)
    if rows is None:
        rows = with_musts(Piece.objects.filter(collection=collection, status__in=_SHOWN))
    shown = [row for row in rows if row.collection_id == collection.pk and row.status in _SHOWN]
    lacking = [(piece, words) for piece in shown if (words := _lacks(piece))]
    said = [
        _("%(piece)s lacks %(what)s.") % {"piece": piece, "what": ", ".join(words)}
        for piece, words in lacking[:_NAMED]
    ]
    if len(lacking) > _NAMED:
        said.append(_("%s more pieces lack something of the kind.") % (len(lacking) - _NAMED))
    return said


def _lacks(piece: Piece) -> list[str]:
    lacks = [
        (piece.has_photo, _("a photograph")),  # type: ignore[attr-defined]
        (piece.has_size, _("a size to choose")),  # type: ignore[attr-defined]
        (piece.price != prices.UNPRICED, _("a price")),
    ]
    return [word for is_there, word in lacks if not is_there]
