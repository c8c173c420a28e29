"""A collection's story as Markdown, for keeping it elsewhere."""

from collections.abc import Iterator

from catalog.models import Collection, Photo, StoryBlock


def as_markdown(collection: Collection) -> str:
    """Title, opening, each block in its order, and the names of its pieces."""
    parts = [f"# {collection.title}", collection.standfirst, *_blocks(collection)]
    if pieces := list(collection.pieces.order_by("position", "pk").values_list("title", flat=True)):
        parts.append("\n".join(["## Pieces", "", *(f"- {title}" for title in pieces)]))
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _blocks(collection: Collection) -> Iterator[str]:
    rows = collection.blocks.select_related("photo", "second_photo", "piece")
    for block in rows.prefetch_related("pins__piece").order_by("position", "pk"):
        yield from _block(block)


def _block(block: StoryBlock) -> Iterator[str]:
    if block.heading:
        yield f"## {block.heading}"
    if block.kind == StoryBlock.Kind.QUOTE:
        yield "\n".join(f"> {line}" for line in block.text.splitlines())
        yield f"> – {block.attribution}" if block.attribution else ""
    else:
        yield block.text
    yield _picture(block.photo, block.caption)
    yield _picture(block.second_photo, block.second_caption)
    for pin in block.pins.all():
        yield f"- {pin.piece.title} ({pin.x} %, {pin.y} %)"
    if block.piece:
        yield f"→ {block.piece.title}"


def _picture(photo: Photo | None, caption: str) -> str:
    if photo is None:
        return ""
    words = f"![{photo.alt}](photographs: {photo.pk})"
    return f"{words}\n\n*{caption}*" if caption else words
