"""What of a maker's a row may name: looked up once for all rows, and nobody else's at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog.models import Collection, Material, Piece
from catalog.sheets.columns import variants_of
from catalog.sheets.reading import Cell
from designers.models import AnyUser

type Cells = Mapping[str, Cell]
# An address has at most 80 letters, a number behind it included.
_STEM = 74


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose table it is, what of theirs rows may name, and what a row means that does not say.

    ``pieces`` and ``collections`` are the maker's own and nobody else's: what is not among
    them is not there.
    """

    keeper: Any
    pieces: QuerySet[Piece]
    collections: QuerySet[Collection]
    materials: QuerySet[Material]
    by: AnyUser
    collection: Collection | None = None
    kind: str = ""


class Own:
    """``Whose``, read in five queries however many rows there are."""

    def __init__(self, whose: Whose) -> None:
        self.whose = whose
        pieces = list(
            whose.pieces.select_related("collection__designer").prefetch_related(
                "variants", "piece_materials__material"
            )
        )
        self.by_address = {piece.slug: piece for piece in pieces}
        self.by_number: dict[str, list[Piece]] = {}
        self.by_title: dict[tuple[int, str], Piece] = {}
        for piece in pieces:
            self.by_title.setdefault((piece.collection_id, piece.title.lower()), piece)
            for number in {size.sku for size in variants_of(piece) if size.sku}:
                self.by_number.setdefault(number, []).append(piece)
        self.collections: dict[str, list[Collection]] = {}
        for collection in whose.collections.select_related("designer"):
            for name in {collection.title.lower(), collection.slug}:
                self.collections.setdefault(name, []).append(collection)
        self.materials = {material.name.lower(): material for material in whose.materials}
        self.seen: dict[Any, int] = {}
        self.addresses: set[str] | None = None
        self.places: dict[int, int] = dict(
            whose.collections.values_list("pk").annotate(Max("pieces__position"))
        )

    def piece(self, row: Cells) -> Piece | None:
        """The piece a row is about, of one's own only; None: it asks for a new one."""
        if address := str(row.get("address", "")):
            if address not in self.by_address:
                raise ValidationError(
                    {
                        "address": _(
                            "You have no piece at “%s”. Leave the cell empty for a new one."
                        )
                        % address
                    }
                )
            return self.by_address[address]
        found = self.by_number.get(str(row.get("number", "")), [])
        if len(found) > 1:
            told = ", ".join(piece.slug for piece in found[:3])
            raise ValidationError(
                {
                    "number": _("Several pieces have this number: say which by its address: %s.")
                    % told
                }
            )
        return found[0] if found else None

    def collection(self, row: Cells) -> Collection:
        name = str(row.get("collection", ""))
        if not name:
            if self.whose.collection is None:
                raise ValidationError({"collection": _("Say which collection it belongs to.")})
            return self.whose.collection
        found = self.collections.get(name.lower(), [])
        if len(found) != 1:
            several = _("Several collections are called “%s”: write its address.")
            none = _("You have no collection “%s”.")
            raise ValidationError({"collection": (several if found else none) % name})
        return found[0]

    def new_piece(self, row: Cells) -> Piece:
        """One that is not there yet. Raises ValidationError where its title is."""
        piece = Piece(collection=self.collection(row), kind="", price=None)  # type: ignore[misc]
        title = str(row.get("title", ""))
        known = self.by_title.get((piece.collection_id, title.lower()))
        if known:
            told = {"title": title, "collection": piece.collection, "address": known.slug}
            raise ValidationError(
                {
                    "title": _(
                        "“%(title)s” is in %(collection)s already. Write %(address)s as its "
                        "address to change it, or give the new one another title."
                    )
                    % told
                }
            )
        piece.slug = self._free_address(title)
        piece.position = self._next_place(piece.collection_id)
        return piece

    def _free_address(self, title: str) -> str:
        """As ``free_slug``, for many at once: also none that an earlier row was given."""
        if self.addresses is None:
            self.addresses = set(Piece.objects.values_list("slug", flat=True))
        stem = slugify(title)[:_STEM].strip("-") or "piece"
        numbered = (f"{stem}-{number}" for number in range(2, len(self.addresses) + 3))
        free = stem
        while free in self.addresses:
            free = next(numbered)
        self.addresses.add(free)
        return free

    def only_once(self, piece: Piece, row: Cells, *, line: int) -> None:
        """Raises ValidationError where an earlier line is about the same piece."""
        key = piece.pk or (piece.collection_id, str(row.get("title", "")).lower())
        earlier = self.seen.setdefault(key, line)
        if earlier != line:
            raise ValidationError(_("The same piece stands in line %s.") % earlier)

    def _next_place(self, collection_id: int) -> int:
        """The place behind a collection's last piece."""
        self.places[collection_id] = (self.places.get(collection_id) or 0) + 1
        return self.places[collection_id]
