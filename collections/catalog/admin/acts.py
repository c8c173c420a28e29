"""The buttons of the collection's page: each keeps the form first, then does its one act."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from catalog.admin.blocks import PINNED_WIDTH, pinned_height, renumber
from catalog.models import Collection, Pin, StoryBlock

_WHOLE = 100  # per cent


def act_of(post: QueryDict) -> str:
    """The name of the button that was pressed; empty for plain keeping."""
    for name in post:
        if name in ACTS:
            return name
        if name.startswith("_pin-") and name.endswith(".x"):
            return name
    return ""


def do(collection: Collection, name: str, post: QueryDict) -> tuple[str, str]:
    """Do what the button says: a sentence for the person (or "") and where the page goes on.

    Raises ValidationError with a sentence for each thing that stands in the way.
    """
    if name.startswith("_pin-"):
        return _pin(collection, name.removesuffix(".x"), post)
    return ACTS[name](collection, post)


def _up(collection: Collection, post: QueryDict) -> tuple[str, str]:
    return _move(collection, post.get("_up", ""), -1)


def _down(collection: Collection, post: QueryDict) -> tuple[str, str]:
    return _move(collection, post.get("_down", ""), 1)


def _move(collection: Collection, pk: str, step: int) -> tuple[str, str]:
    blocks = list(collection.blocks.order_by("position", "pk"))
    here = next((place for place, block in enumerate(blocks) if str(block.pk) == pk), None)
    if here is None or not 0 <= here + step < len(blocks):
        return "", "#story"
    blocks.insert(here + step, blocks.pop(here))
    for place, block in enumerate(blocks, start=1):
        if block.position != place:
            block.position = place
            block.save(update_fields=["position"])
    return "", f"#block-{pk}"


def _add(collection: Collection, post: QueryDict) -> tuple[str, str]:
    kind = post.get("_add", "")
    if kind not in StoryBlock.Kind.values:
        raise ValidationError(_("There is no such kind of block."))
    renumber(collection)
    last = collection.blocks.count()
    block = StoryBlock.objects.create(collection=collection, kind=kind, position=last + 1)
    return "", f"?block={block.pk}#block-{block.pk}"


def _remove(collection: Collection, post: QueryDict) -> tuple[str, str]:
    pk = post.get("_remove", "")
    gone, _rows = collection.blocks.filter(pk=pk if pk.isdecimal() else 0).delete()
    renumber(collection)
    return (_("The block is gone from the story.") if gone else ""), "#story"


def _pin(collection: Collection, name: str, post: QueryDict) -> tuple[str, str]:
    """A press on the photograph: a new pin there, for the first piece that has none yet."""
    pk = name.removeprefix("_pin-")
    block = collection.blocks.filter(pk=pk if pk.isdecimal() else 0).first()
    if block is None or block.photo is None or not block.photo.width:
        raise ValidationError(_("Choose a photograph first."))
    taken = block.pins.values("piece")
    piece = collection.pieces.exclude(pk__in=taken).order_by("position", "pk").first()
    if piece is None:
        raise ValidationError(_("Each piece of the collection has its pin already."))
    Pin.objects.create(
        block=block,
        piece=piece,
        x=_per_cent(post.get(f"{name}.x", ""), PINNED_WIDTH),
        y=_per_cent(post.get(f"{name}.y", ""), pinned_height(block.photo)),
        position=block.pins.count() + 1,
    )
    return "", f"?block={block.pk}#block-{block.pk}"


def _per_cent(pixels: str, whole: int) -> int:
    number = int(pixels) if pixels.isdecimal() else 0
    return min(_WHOLE, round(number * _WHOLE / whole))


ACTS: dict[str, Callable[[Collection, QueryDict], tuple[str, str]]] = {
    "_up": _up,
    "_down": _down,
    "_add": _add,
    "_remove": _remove,
}
