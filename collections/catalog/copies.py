"""A sister piece, begun from one that is there: its words, its sizes, its materials.

Photographs are not copied: a photograph shows the piece it was taken of, and a shopper who gets
another was deceived. Nor is what belongs to the metal of one piece alone, the hallmark of a
unique one; nor what is ready, because nothing of the sister is made yet.
"""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from catalog.models import Piece, PieceMaterial, Variant
from catalog.slugs import free_slug

KEPT = (
    *("collection_id", "kind", "making", "edition_size", "price", "tax_category", "summary"),
    *("text", "material_line", "measures", "length", "width", "height", "weight"),
    *("metal_weight", "care", "care_note", "has_certificate", "colour", "lead_days"),
    *("engraving_letters", "sized"),
)
MARKS = ("marked_by", "hallmark")
OF_A_SIZE = ("label", "size", "price_difference", "can_be_made", "offered", "position")
OF_A_MATERIAL = (
    *("material_id", "role", "detail", "purity", "origin", "claims", "evidence", "position"),
)
_MOST_PLACES = 32_000


def copy_of(piece: Piece) -> Piece:
    """A draft like this piece, with its sizes and materials, of which nothing is ready."""
    with transaction.atomic():
        copy = Piece(**_columns(piece, KEPT), title=title_of(piece), position=_last(piece))
        if piece.making != Piece.Making.ONE_OF_A_KIND:
            for name in MARKS:
                setattr(copy, name, getattr(piece, name))
        copy.slug = free_slug(copy, copy.title)
        copy.save()
        Variant.objects.bulk_create(
            Variant(piece=copy, **_columns(size, OF_A_SIZE)) for size in piece.variants.all()
        )
        PieceMaterial.objects.bulk_create(
            PieceMaterial(piece=copy, **_columns(row, OF_A_MATERIAL))
            for row in piece.piece_materials.all()
        )
    return copy


def _columns(thing: object, names: tuple[str, ...]) -> dict[str, object]:
    return {name: getattr(thing, name) for name in names}


def title_of(piece: Piece) -> str:
    """What a copy of it is called until its maker says better."""
    most: int = Piece._meta.get_field("title").max_length  # type: ignore[assignment]
    copy = str(_("%s (copy)"))
    return copy % piece.title[: most - len(copy) + 2].rstrip()


def _last(piece: Piece) -> int:
    last = Piece.objects.filter(collection=piece.collection_id).aggregate(last=Max("position"))
    return min((last["last"] or 0) + 1, _MOST_PLACES)
