"""What must be there before shoppers may see it: they would meet the gap.

The one place that says so: for a collection as a whole, and for each of its pieces.
"""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from catalog import prices
from catalog.models import Collection, Photo, Piece, Variant

_NAMED = 5
_SHOWN = {Piece.Status.LIVE, Piece.Status.WAITING}
PHOTO, SIZE, PRICE = "photo", "size", "price"


def gaps(collection: Collection) -> list[str]:
    """What is missing before shoppers may see it, each in a sentence; empty when ready."""
    return [sentence for _where, sentence in lacks(collection)]


def lacks(collection: Collection) -> list[tuple[str, str]]:
    """The gaps, each with the anchor of the place on its page where it is mended."""
    shown = _shown_pieces(collection)
    found = [
        (
            bool(collection.standfirst),
            "id_standfirst",
            _("It has no opening: two sentences under its title."),
        ),
        (bool(collection.seen_id), "id_seen", _("It has no photograph of what was seen.")),
        (collection.blocks.exists(), "story", _("Its story is not written yet.")),
        (bool(shown), "its-pieces", _("It needs at least one piece that is not a draft.")),
    ]
    told = [(where, sentence) for is_there, where, sentence in found if not is_there]
    return told + [("its-pieces", sentence) for sentence in _of_pieces(shown)]


def with_musts(pieces: QuerySet[Piece]) -> QuerySet[Piece]:
    """Each with ``has_photo`` and ``has_size``."""
    return pieces.annotate(
        has_photo=Exists(Photo.objects.filter(piece=OuterRef("pk"))),
        has_size=Exists(Variant.objects.filter(piece=OuterRef("pk"), offered=True)),
    )


def missing(piece: Piece) -> set[str]:
    """Which of a piece's three musts (PHOTO, SIZE, PRICE) are not there.

    ``piece`` is one of ``with_musts`` or of ``readiness.with_readiness``.
    """
    there = {
        PHOTO: piece.has_photo,  # type: ignore[attr-defined]
        SIZE: piece.has_size,  # type: ignore[attr-defined]
        PRICE: piece.price != prices.UNPRICED,
    }
    return {name for name, is_there in there.items() if not is_there}


def words(piece: Piece) -> list[str]:
    """What a piece lacks, in a word or two each."""
    said = {PHOTO: _("a photograph"), SIZE: _("a size to choose"), PRICE: _("a price")}
    lacking = missing(piece)
    return [word for name, word in said.items() if name in lacking]


def _shown_pieces(collection: Collection) -> list[Piece]:
    """Those to be shown with it; asks nothing where its pieces are at hand."""
    rows = getattr(collection, "workshop_pieces", None)
    if rows is None:
        rows = with_musts(Piece.objects.filter(collection=collection, status__in=_SHOWN))
    return [row for row in rows if row.collection_id == collection.pk and row.status in _SHOWN]


def _of_pieces(shown: list[Piece]) -> list[str]:
    """A sentence for each that lacks something; the first few by name."""
    lacking = [(piece, said) for piece in shown if (said := words(piece))]
    told = [
        _("%(piece)s lacks %(what)s.") % {"piece": piece, "what": ", ".join(said)}
        for piece, said in lacking[:_NAMED]
    ]
    if len(lacking) > _NAMED:
        told.append(_("%s more pieces lack something of the kind.") % (len(lacking) - _NAMED))
    return told
