"""The sorting tray: what lies where, and the one form by which photographs are laid elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog import drops, heaps
from catalog.models import Collection, Photo, Piece

NEW = "new"


@dataclass(slots=True)
class List:
    """One list of the tray. ``key`` is where a photograph in it lies, or heap-1, heap-2 …"""

    key: str
    title: str
    photos: list[Photo]
    reason: str = ""
    piece: Piece | None = None
    is_heap: bool = False


@dataclass(slots=True)
class Tray:
    """Everything of a collection: suggested heaps first, then pieces, then the story."""

    heaps: list[List] = field(default_factory=list)
    laid: list[List] = field(default_factory=list)
    waiting: int = 0

    @property
    def loose(self) -> int:
        return sum(len(heap.photos) for heap in self.heaps)

    @property
    def drafts(self) -> int:
        """How many heaps would become pieces of their own."""
        return sum(heap.piece is None for heap in self.heaps)


def of(photos: Sequence[Photo], pieces: Sequence[Piece]) -> Tray:
    """The tray of a collection's photographs and pieces; asks no database."""
    lists: dict[str, list[Photo]] = {}
    for photo in photos:
        lists.setdefault(drops.where(photo), []).append(photo)
    suggested = heaps.suggest(lists.get(drops.LOOSE, []), pieces)
    tray = Tray(waiting=sum(photo.state == Photo.State.WAITING for photo in photos))
    for number, heap in enumerate(suggested, start=1):
        title = heap.piece.title if heap.piece else heap.title or _("New piece %s") % number
        row = List(f"heap-{number}", title, heap.photos, heap.reason, heap.piece, is_heap=True)
        tray.heaps.append(row)
    for piece in pieces:
        key = f"piece-{piece.pk}"
        tray.laid.append(List(key, piece.title, lists.get(key, []), piece=piece))
    tray.laid.append(List(drops.STORY, _("The story"), lists.get(drops.STORY, [])))
    return tray


class TrayForm(forms.Form):
    """Whatever button of the tray was pressed: its act on the collection's photographs.

    ``_into``: the ticked ``photo`` go behind those in ``into``. ``_keep``: ``line`` is the whole
    order of ``into``, as a script sends it. ``_earlier``, ``_later``: one photograph's place.
    ``_make``: one heap, or "all", becomes drafts; ``heap-1`` are its photographs, ``title-1`` its
    name, ``meant-1`` the piece that it goes to instead.
    """

    into = forms.CharField(required=False, max_length=30)
    title = forms.CharField(required=False, max_length=80)

    def __init__(self, data: Any, *, collection: Collection) -> None:
        super().__init__(data)
        self.collection = collection

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "_into" in self.data and not self._own(self._numbers("photo")):
            raise ValidationError(_("Tick the photographs first."))
        if {"_into", "_keep"} & self.data.keys() and cleaned.get("into") not in self._places():
            raise ValidationError(_("Choose a piece of this collection, or the story."))
        if {"_into", "_keep"} & self.data.keys() and cleaned.get("into") == NEW:
            cleaned["title"] = cleaned.get("title") or self._first_name()
        return cleaned

    def do(self) -> str:
        """Do it; returns a sentence for the person, or ""."""
        into = self.cleaned_data["into"]
        if "_into" in self.data:
            return self._lay(into, self._own(self._numbers("photo")))
        if "_keep" in self.data:
            drops.arrange(self.collection, into, self._numbers("line"))
        elif "_make" in self.data:
            return self._make(self.data["_make"])
        for name, step in (("_earlier", -1), ("_later", 1)):
            for pk in self._numbers(name):
                drops.move(self.collection, pk, step)
        return ""

    def _lay(self, into: str, pks: list[int]) -> str:
        if into == NEW:
            piece = drops.make_piece(self.collection, self.cleaned_data["title"], pks)
            return _("%s is a draft now. Its price is still to be set.") % piece
        drops.lay(self.collection, into, pks)
        return ngettext("%s photograph laid there.", "%s photographs laid there.", len(pks)) % len(
            pks
        )

    def _make(self, which: str) -> str:
        numbers = self._heaps() if which == "all" else [which]
        made = added = 0
        for number in numbers:
            pks = self._own(self._numbers(f"heap-{number}"))
            meant = self.data.get(f"meant-{number}", "")
            if pks and meant in self._places():
                drops.lay(self.collection, meant, pks)
                added += len(pks)
            elif pks:
                drops.make_piece(self.collection, self._title(number), pks)
                made += 1
        return _made(made, added)

    def _title(self, number: str) -> str:
        title = str(self.data.get(f"title-{number}", "")).replace("\0", "").strip()
        return title or _("New piece %s") % number

    def _heaps(self) -> list[str]:
        names = (name.removeprefix("heap-") for name in self.data if name.startswith("heap-"))
        return sorted((name for name in names if name.isdecimal()), key=int)[: drops.MOST_HEAPS]

    def _own(self, pks: list[int]) -> list[int]:
        mine = set(drops.of(self.collection).filter(pk__in=pks).values_list("pk", flat=True))
        return [pk for pk in pks if pk in mine]

    def _numbers(self, name: str) -> list[int]:
        values = self.data.getlist(name)  # type: ignore[attr-defined]
        return [int(v) for v in values if v.isascii() and v.isdigit() and len(v) < 12]

    def _places(self) -> set[str]:
        if not hasattr(self, "_known"):
            pks = self.collection.pieces.values_list("pk", flat=True)
            self._known = {drops.STORY, drops.LOOSE, NEW, *(f"piece-{pk}" for pk in pks)}
        return self._known

    def _first_name(self) -> str:
        first = drops.of(self.collection).filter(pk__in=self._numbers("photo")).first()
        return heaps.title_of(first.original_name) if first else ""


def _made(made: int, added: int) -> str:
    drafts = ngettext(
        "%s draft made; its price is still to be set.",
        "%s drafts made; their prices are still to be set.",
        made,
    )
    drafts %= made
    laid = ngettext("%s photograph added.", "%s photographs added.", added) % added
    said = [drafts] * bool(made) + [laid] * bool(added)
    return " ".join(said) or str(NOTHING)


NOTHING = gettext_lazy("There was nothing to lay.")
