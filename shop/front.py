"""What the first page shows: one story in front, then the others, the makers and new pieces.

The owner chooses the story, the order and some pieces (``shop/front_form.py``); what is not
chosen follows by itself, so that the page is never empty.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, Subquery

from catalog import shown
from catalog.models import Collection, Front, Piece, StoryBlock
from designers.models import Designer

STORIES = 8
PIECES = 8
_WOVEN = 3
_MAKERS = 12
_KEPT = ("lead_id", "opening", "heading")


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, by primary keys in their order; not kept yet, as for a preview."""

    stories: list[int] = field(default_factory=list)
    pieces: list[int] = field(default_factory=list)
    opening: str = ""
    heading: str = ""


def page(choice: Choice | None = None) -> dict[str, Any]:
    """The page's parts, in eight queries; without a collection it has only the house's own."""
    front, piece_count = _front()
    stories = _chosen_stories(choice) if choice else _stories(front)
    lead = stories[0] if stories else None
    makers = list(shown.designers())
    return {
        "opening": choice.opening if choice else front.opening,
        "heading": choice.heading if choice else front.heading,
        "panel": stories,
        "index": [story for story in stories if story.inspiration],
        "makers": makers[:_MAKERS],
        "maker_count": len(makers),
        "places": _places(makers),
        "new_pieces": _chosen_pieces(choice, lead) if choice else _pieces(lead),
        "piece_count": piece_count,
    } | (_lead(lead) if lead else {})


def _front() -> tuple[Front, int]:
    """What is kept, if anything is, and how many pieces there are: one query for both."""
    first = Front.objects.order_by("pk")
    kept = {name: Max(Subquery(first.values(name)[:1])) for name in _KEPT}
    row = Piece.objects.published().order_by().aggregate(n=Count("pk"), **kept)
    if count := row.pop("n"):
        return Front(**{name: value for name, value in row.items() if value is not None}), count
    return first.first() or Front(), 0


def _stories(front: Front) -> list[Collection]:
    """The one in front, then the house's order."""
    found = list(shown.collections().exclude(seen=None)[:STORIES])
    if front.lead_id and front.lead_id not in [story.pk for story in found]:
        found = [*shown.collections().exclude(seen=None).filter(pk=front.lead_id), *found]
    return sorted(found, key=lambda story: story.pk != front.lead_id)[:STORIES]


def _pieces(lead: Collection | None) -> list[Piece]:
    return list(shown.in_front(besides=lead)[:PIECES])


def _chosen_stories(choice: Choice) -> list[Collection]:
    found = {story.pk: story for story in shown.collections().exclude(seen=None)}
    first = [found.pop(pk) for pk in choice.stories if pk in found]
    return [*first, *found.values()][:STORIES]


def _chosen_pieces(choice: Choice, lead: Collection | None) -> list[Piece]:
    found = shown.cards().in_bulk(choice.pieces)
    laid = [found[pk] for pk in choice.pieces if pk in found]
    first = [piece for piece in laid if piece.has_free or piece.can_be_made]  # type: ignore[attr-defined]
    others = shown.newest(besides=lead).exclude(pk__in=choice.pieces)
    return [*first, *others[:PIECES]][:PIECES]


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
