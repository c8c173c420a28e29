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
    maybe: Piece | None = None
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
    laid = [photo for photo in photos if photo.piece_id]
    suggested = heaps.suggest(lists.get(drops.LOOSE, []), pieces, laid)
    taken = {heap.title for heap in suggested}
    tray = Tray(waiting=sum(photo.state == Photo.State.WAITING for photo in photos))
    for number, heap in enumerate(suggested, start=1):
        title = heap.piece.title if heap.piece else heap.title or _free(taken, number)
        row = List(f"heap-{number}", title, heap.photos, heap.reason, heap.piece, heap.maybe, True)
        tray.heaps.append(row)
    for piece in pieces:
        key = f"piece-{piece.pk}"
        tray.laid.append(List(key, piece.title, lists.get(key, []), piece=piece))
    tray.laid.append(List(drops.STORY, _("The story"), lists.get(drops.STORY, [])))
    return tray


def _free(taken: set[str], number: int) -> str:
    """A name for a heap that no other has."""
    title = _("New piece %s") % number
    while title in taken:
        number += 1
        title = _("New piece %s") % number
    taken.add(title)
    return title


class TrayForm(forms.Form):
    """Whatever button of the tray was pressed: its act on the collection's photographs.

    ``_into``: the ticked ``photo`` go behind those in ``into``. ``_keep``: ``line`` is the whole
    order of ``into``, as a script sends it. Both take a heap too: ``heap-1``. ``_earlier``,
    ``_later``: one photograph's place. ``_make``: one heap, or "all", becomes drafts; ``heap-1``
    are its photographs, ``title-1`` its name, ``meant-1`` the piece that it goes to instead.
    ``_join``: a heap and its piece, ``1-7``. A ``title-1`` that is not ``was-1`` any more is kept
    whatever was pressed.
    """

    into = forms.CharField(required=False, max_length=30)
    title = forms.CharField(required=False, max_length=80)

    def __init__(self, data: Any, *, collection: Collection) -> None:
        super().__init__(data)
        self.collection = collection
        self.made: list[int] = []  # numbers of the pieces that ``do`` made or added to

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "_into" in self.data and not self._own(self._numbers("photo")):
            raise ValidationError(_("Tick the photographs first."))
        into = cleaned.get("into") or ""
        known = into in self._places() or into.removeprefix("heap-").isdecimal()
        if {"_into", "_keep"} & self.data.keys() and not known:
            raise ValidationError(_("Choose a piece of this collection, or the story."))
        if {"_into", "_keep"} & self.data.keys() and cleaned.get("into") == NEW:
            cleaned["title"] = cleaned.get("title") or self._first_name()
        return cleaned

    def do(self) -> str:
        """Do it; returns a sentence for the person, or ""."""
        into = self.cleaned_data["into"]
        self._keep_names()
        if "_into" in self.data:
            return self._lay(into, self._own(self._numbers("photo")))
        if "_keep" in self.data and into.startswith("heap-"):
            title = self._title(into.removeprefix("heap-"))
            drops.gather(self.collection, title, self._numbers("line"))
        elif "_keep" in self.data:
            drops.arrange(self.collection, into, self._numbers("line"))
        elif "_join" in self.data:
            return self._join(*self.data["_join"].partition("-")[::2])
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
        if into.startswith("heap-"):
            there = [pk for pk in self._own(self._numbers(into)) if pk not in pks]
            title = self._title(into.removeprefix("heap-"))
            drops.gather(self.collection, title, [*there, *pks])
        else:
            drops.lay(self.collection, into, pks)
        return ngettext("%s photograph laid there.", "%s photographs laid there.", len(pks)) % len(
            pks
        )

    def _keep_names(self) -> None:
        """A name typed over a heap outlives whatever button came next."""
        for number in self._heaps():
            title = self._title(number)
            if title != self.data.get(f"was-{number}", title):
                drops.gather(self.collection, title, self._own(self._numbers(f"heap-{number}")))

    def _join(self, number: str, piece: str) -> str:
        pks = self._own(self._numbers(f"heap-{number}"))
        if pks and f"piece-{piece}" in self._places():
            drops.lay(self.collection, f"piece-{piece}", pks)
            self.made.append(int(piece))
            return _made(0, len(pks))
        return str(NOTHING)

    def _make(self, which: str) -> str:
        numbers = self._heaps() if which == "all" else [which]
        made = added = 0
        for number in numbers:
            pks = self._own(self._numbers(f"heap-{number}"))
            meant = self.data.get(f"meant-{number}", "")
            if pks and meant in self._places():
                drops.lay(self.collection, meant, pks)
                self.made += [int(meant[6:])] if meant.startswith("piece-") else []
                added += len(pks)
            elif pks:
                self.made.append(drops.make_piece(self.collection, self._title(number), pks).pk)
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
