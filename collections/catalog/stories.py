"""A collection's story as its page tells it: parts in order, each with what it shows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Prefetch

from catalog.models import Collection, Piece, Pin, StoryBlock

_HOTSPOT = StoryBlock.Kind.HOTSPOT


@dataclass(frozen=True, slots=True)
class Pinned:
    """A pin with its piece; its place in tenths of the picture, 0 to 10 in each direction."""

    piece: Piece
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Part:
    """One step of the story. ``piece`` is only there when the shop shows it."""

    block: StoryBlock
    piece: Piece | None
    pins: list[Pinned]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Parts on one sheet: a column of text, or one photograph with pins on a dark ground."""

    is_dark: bool
    parts: list[Part]


def came_from(piece: Piece, slug: str) -> str:
    """The slug of the story from which a piece was reached, if it is the story the piece is in."""
    return slug if slug == piece.collection.slug else ""


def sheets(collection: Collection, pieces: Iterable[Piece]) -> list[Sheet]:
    """The story in sheets; ``pieces`` are those of the collection that may be seen.

    Two queries, whatever the story's length.
    """
    shown = {piece.pk: piece for piece in pieces}
    told = _blocks(collection)
    return [
        Sheet(is_dark, parts)
        for is_dark, group in groupby(told, key=lambda block: block.kind == _HOTSPOT)
        for parts in _laid_out([_part(block, shown) for block in group], is_dark)
    ]


def _blocks(collection: Collection) -> Iterable[StoryBlock]:
    pins = Prefetch("pins", Pin.objects.all(), to_attr="pinned")
    blocks = StoryBlock.objects.filter(collection=collection)
    return blocks.select_related("photo", "second_photo").prefetch_related(pins)


def _laid_out(parts: list[Part], is_dark: bool) -> Iterator[list[Part]]:
    """Each photograph with pins has a sheet of its own."""
    yield from ([part] for part in parts) if is_dark else (parts,)


def _part(block: StoryBlock, shown: dict[int, Piece]) -> Part:
    pins = [
        Pinned(shown[pin.piece_id], _tenth(pin.x), _tenth(pin.y))
        for pin in getattr(block, "pinned", [])
        if pin.piece_id in shown
    ]
    return Part(block, shown.get(block.piece_id or 0), pins)


def _tenth(percent: int) -> int:
    """A place on the picture as the stylesheet knows it: 1 to 9, so that a pin stays on it."""
    return min(9, max(1, (percent + 5) // 10))
