"""What a piece or a collection still lacks, and what a lack costs; a must stops publishing."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from catalog.admin import choices
from catalog.models import Collection, Photo, Piece, PieceMaterial, Variant


@dataclass(frozen=True, slots=True)
class Strike:
    """One punch of readiness: struck when done, open when not; the word stands beside it."""

    word: str
    done: bool
    cost: str = ""
    must: bool = False
    # Where it is mended: an anchor of the same page, or another page.
    where: str = ""


def with_readiness(pieces: QuerySet[Piece]) -> QuerySet[Piece]:
    """Annotates what ``of_piece`` asks, so that a list of pieces needs no query each."""
    photos = Photo.objects.filter(piece=OuterRef("pk"))
    materials = PieceMaterial.objects.filter(piece=OuterRef("pk"))
    return pieces.annotate(
        has_photo=Exists(photos),
        has_scale=Exists(photos.filter(role=Photo.Role.SCALE)),
        lacks_alt=Exists(photos.filter(alt="")),
        has_material=Exists(materials),
        lacks_origin=Exists(materials.filter(origin="")),
        has_size=Exists(Variant.objects.filter(piece=OuterRef("pk"), offered=True)),
    )


def of_piece(piece: Piece) -> list[Strike]:
    """The seven strikes of a piece of ``with_readiness``."""
    asked = _Asked(piece)
    return [
        Strike(
            _("photograph"),
            asked.has_photo,
            _("Nobody buys what nobody has seen."),
            must=True,
        ),
        Strike(
            _("size to choose"),
            asked.has_size,
            _("Without one, made or ready, it cannot be bought."),
            must=True,
        ),
        Strike(_("words"), bool(piece.summary or piece.text), _("The story is half of why.")),
        Strike(
            _("scale photograph"),
            asked.has_scale,
            _("Shoppers most often leave because they cannot see the size."),
        ),
        Strike(
            _("alt text"),
            asked.has_photo and not asked.lacks_alt,
            _("Some shoppers hear the picture instead of seeing it."),
        ),
        Strike(_("materials"), asked.has_material, _("What is it made of?")),
        Strike(
            _("origin"),
            asked.has_material and not asked.lacks_origin,
            _("Where is each from? “Not known” is an answer too."),
        ),
    ]


class _Asked:
    """The annotations of ``with_readiness`` under names a type checker knows."""

    def __init__(self, piece: Piece) -> None:
        self.has_photo: bool = piece.has_photo  # type: ignore[attr-defined]
        self.has_scale: bool = piece.has_scale  # type: ignore[attr-defined]
        self.lacks_alt: bool = piece.lacks_alt  # type: ignore[attr-defined]
        self.has_material: bool = piece.has_material  # type: ignore[attr-defined]
        self.lacks_origin: bool = piece.lacks_origin  # type: ignore[attr-defined]
        self.has_size: bool = piece.has_size  # type: ignore[attr-defined]


def of_collection(collection: Collection) -> list[Strike]:
    """A collection's strikes; the musts are the gaps that ``publish`` names."""
    musts = [
        Strike(gap, done=False, must=True, where=f"#{where}") for where, gap in collection.lacks()
    ]
    pieces = [
        piece
        for piece in choices.pieces_of(collection)
        if piece.collection_id == collection.pk and piece.status != Piece.Status.RETIRED
    ]
    unscaled = any(not piece.has_scale for piece in pieces)
    mute = any(not photo.alt for photo in choices.photos_of(collection))
    strikes = [
        Strike(
            _("What it was made from"),
            bool(collection.inspiration_id),
            _("Shoppers find it by that."),
        ),
        Strike(
            _("A scale photograph for each piece") if pieces else _("Pieces"),
            bool(pieces) and not unscaled,
            _("Shoppers most often leave because they cannot see the size."),
        ),
        Strike(
            _("Each photograph in words"),
            not mute,
            _("Some shoppers hear the picture instead of seeing it."),
        ),
        Strike(
            _("What it became"),
            bool(collection.became_id),
            _("The home page shows what was seen beside what it became."),
        ),
    ]
    return musts + sorted(strikes, key=lambda strike: strike.done)
