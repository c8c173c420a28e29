"""What the first page shows: one story in front, then the others, the makers and new pieces."""

from typing import Any

from catalog import shown
from catalog.models import Collection, Piece, StoryBlock
from designers.models import Designer

_STORIES = 8
_WOVEN = 3
_NEW = 8
_MAKERS = 12


def page() -> dict[str, Any]:
    """The page's parts, in eight queries; without a collection it has only the house's own."""
    stories = list(shown.collections().exclude(seen=None)[:_STORIES])
    lead = stories[0] if stories else None
    makers = list(shown.designers())
    return {
        "panel": stories,
        "index": [story for story in stories if story.inspiration],
        "makers": makers[:_MAKERS],
        "maker_count": len(makers),
        "places": _places(makers),
        "new_pieces": list(shown.newest(besides=lead)[:_NEW]),
        "piece_count": Piece.objects.published().count(),
    } | (_lead(lead) if lead else {})


def _lead(lead: Collection) -> dict[str, Any]:
    """The story in front: what it became, its drawing, and three of its other pieces."""
    pieces = list(shown.cards_of(lead))
    became = next((piece for piece in pieces if piece.pk == lead.became_id), None)
    others = [piece for piece in pieces if piece != became]
    return {"lead": lead, "became": became, "woven": others[:_WOVEN], "drawing": _drawing(lead)}


def _drawing(lead: Collection) -> StoryBlock | None:
    """The first pair of the story: in it a drawing stands beside what it became."""
    pairs = StoryBlock.objects.filter(collection=lead, kind=StoryBlock.Kind.PAIR)
    return pairs.exclude(photo=None).select_related("photo").first()


def _places(makers: list[Designer]) -> str:
    """Where the benches stand, while they are few enough to name."""
    names = list(dict.fromkeys(maker.place for maker in makers))
    return ", ".join(names) if len(names) <= _MAKERS else ""
