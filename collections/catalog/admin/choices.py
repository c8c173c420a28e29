"""What a collection's page offers to choose from, read once for all its fields and its readiness.

Only the photographs and pieces of this collection are offered: with two thousand pieces each
list would be a page of its own. Another one that is chosen already stays on offer.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from catalog import musts
from catalog.models import Collection, Draft, Inspiration, Photo, Piece, StoryBlock

type Choices = list[tuple[Any, Any]]
EMPTY = ("", gettext_lazy("none chosen"))


def lay_out(request: HttpRequest, collection: Collection, designer: int | None) -> None:
    """Have the choices ready where ``designers.ownership`` looks for them."""
    known = request.__dict__.setdefault("workshop_choices", {})
    if (Photo, designer, True) not in known:
        known[Photo, designer, True] = _named(photos_of(collection), photo_words)
        known[Piece, designer, True] = _named(pieces_of(collection), str)


def _named(rows: list[Any], words: Any) -> Choices:
    return [EMPTY, *((row.pk, words(row)) for row in rows)]


def photo_words(photo: Photo) -> str:
    """A photograph by what it shows; by its file's name while nobody has said it."""
    return Truncator(photo.alt or str(photo)).chars(80)


def photos_of(collection: Collection) -> list[Photo]:
    """Those of the collection and its pieces, and those that its story shows."""
    if not hasattr(collection, "workshop_photos"):
        mine = Q(collection=collection) | Q(piece__collection=collection)
        blocks = StoryBlock.objects.filter(collection=collection)
        for column in ("photo", "second_photo"):
            mine |= Q(pk__in=blocks.filter(**{f"{column}__isnull": False}).values(column))
        mine |= Q(pk=collection.seen_id or 0)
        rows = Photo.objects.filter(mine, designer=collection.designer_id).order_by("-pk")
        collection.workshop_photos = list(rows.only("alt", "original_name"))  # type: ignore[attr-defined]
    found: list[Photo] = collection.workshop_photos  # type: ignore[attr-defined]
    return found


def pieces_of(collection: Collection) -> list[Any]:
    """Its pieces in their order, each with ``has_scale``, ``has_draft`` and what ``musts`` asks."""
    if not hasattr(collection, "workshop_pieces"):
        scale = Photo.objects.filter(piece=OuterRef("pk"), role=Photo.Role.SCALE)
        rows = Piece.objects.filter(Q(collection=collection) | Q(pk=collection.became_id or 0))
        rows = rows.only("title", "status", "price", "collection").order_by("position", "pk")
        drafts = Draft.objects.filter(piece=OuterRef("pk"))
        rows = rows.annotate(has_scale=Exists(scale), has_draft=Exists(drafts))
        collection.workshop_pieces = list(musts.with_musts(rows))  # type: ignore[attr-defined]
    found: list[Any] = collection.workshop_pieces  # type: ignore[attr-defined]
    return found


def inspirations(request: HttpRequest, collection: Collection | None) -> list[Inspiration]:
    """All of them; those chosen as further ones are set down in the collection at hand."""
    known = request.__dict__.get("workshop_inspirations")
    if known is None:
        rows = Inspiration.objects.order_by("path")
        if collection is not None:
            through = Collection.other_inspirations.through.objects
            chosen = through.filter(inspiration=OuterRef("pk"), collection=collection.pk)
            rows = rows.annotate(is_chosen=Exists(chosen))
        known = request.__dict__["workshop_inspirations"] = list(rows)
        if collection is not None:
            _set_down(collection, [one for one in known if one.is_chosen])
    found: list[Inspiration] = known
    return found


def _set_down(collection: Collection, chosen: list[Any]) -> None:
    rows = Inspiration.objects.all()
    rows._result_cache = chosen  # noqa: SLF001
    cache = collection.__dict__.setdefault("_prefetched_objects_cache", {})
    cache["other_inspirations"] = rows
