"""The owner's choice for the first page: read from the form, shown, kept.

Everything chosen travels in the form, so that each button works without script and nothing
is kept before it is said.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalog import shown
from catalog.models import Collection, Front, FrontPiece, Piece
from shop import public_pages, sent_numbers
from shop.front import PIECES, Choice

_FOUND = 12
_MOST = 500


class WordsForm(forms.ModelForm[Front]):
    """The words; empty ones are the house's own."""

    class Meta:
        model = Front
        fields = ["opening", "heading"]
        widgets = {"opening": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "opening": _("Two sentences or three; between *asterisks* it leans. Empty: ours."),
            "heading": _("Empty: “New from the benches”."),
        }


class FrontForm:
    """What stands in the form, whether kept before or typed just now."""

    def __init__(self, typed: QueryDict | None = None) -> None:
        self.front = Front.objects.first() or Front(pk=1)
        self.typed = typed
        self.words = WordsForm(typed, instance=self.front)
        stories = list(shown.collections().exclude(seen=None)[:_MOST])
        self.stories = self._in_order(stories)
        self.pieces = self._laid()
        self.query = typed.get("q", "")[:80].replace("\0", "").strip() if typed else ""

    def _in_order(self, stories: list[Collection]) -> list[Collection]:
        if self.typed is None:
            return sorted(stories, key=lambda story: story.pk != self.front.lead_id)
        return _sorted(stories, self.typed, "story")

    def _laid(self) -> list[Piece]:
        pieces = shown.cards().select_related("designer")
        if self.typed is None:
            return list(pieces.filter(on_front__isnull=False).order_by("on_front__position"))
        asked = sent_numbers.read(self.typed.getlist("piece"))
        if added := sent_numbers.read([self.typed.get("_add", "")]):
            asked += [pk for pk in added if pk not in asked]
        taken = sent_numbers.read([self.typed.get("_take", "")])
        found = pieces.in_bulk([pk for pk in asked if pk not in taken])
        laid = [found[pk] for pk in dict.fromkeys(asked) if pk in found]
        return _sorted(laid, self.typed, "piece")[:PIECES]

    @property
    def found(self) -> list[Piece]:
        """What the search finds and is not laid yet."""
        if not self.query:
            return []
        pieces = shown.cards().filter(title__icontains=self.query)
        return list(pieces.exclude(pk__in=[piece.pk for piece in self.pieces])[:_FOUND])

    @property
    def is_full(self) -> bool:
        return len(self.pieces) >= PIECES

    @property
    def choice(self) -> Choice:
        self.words.is_valid()
        said = self.words.cleaned_data
        return Choice(
            [story.pk for story in self.stories],
            [piece.pk for piece in self.pieces],
            said.get("opening", ""),
            said.get("heading", ""),
        )

    @transaction.atomic
    def keep(self) -> Front:
        """Write it down; the shop shows it at once. The words must be valid."""
        front = self.words.save(commit=False)
        front.pk, front.lead = 1, self.stories[0] if self.stories else None
        front.save()
        for place, story in enumerate(self.stories, 1):
            Collection.objects.filter(pk=story.pk).exclude(position=place).update(position=place)
        FrontPiece.objects.all().delete()
        FrontPiece.objects.bulk_create(
            FrontPiece(piece=piece, position=place) for place, piece in enumerate(self.pieces)
        )
        transaction.on_commit(public_pages.forget)
        return front


def _sorted[T: (Collection, Piece)](things: list[T], typed: QueryDict, name: str) -> list[T]:
    """By the places that were typed; ``_up`` and ``_down`` carry one past its neighbour."""
    order = sorted(things, key=_place_in(typed, name))
    for act, step in (("_up", -1), ("_down", 1)):
        for pk in sent_numbers.read([typed.get(f"{act}_{name}", "")]):
            at = next((i for i, thing in enumerate(order) if thing.pk == pk), None)
            if at is not None and 0 <= at + step < len(order):
                order[at], order[at + step] = order[at + step], order[at]
    return order


def _place_in(typed: QueryDict, name: str) -> Callable[[Any], int]:
    def place(thing: Any) -> int:
        found = sent_numbers.read([typed.get(f"{name}-{thing.pk}", "")])
        return found[0] if found else _MOST * 2

    return place
