"""All published pieces as rows and sets of bits, for counting and sorting without a query each.

Bit ``place[pk]`` of a set says that the piece is in it. Read anew after
``settings.FACETS_SECONDS`` seconds, and as a collection goes live by itself, with the same eight
queries whatever the shop's size.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from catalog import openings
from catalog.models import Collection, Inspiration, Material, Piece, PieceMaterial, Variant
from designers.models import Designer

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Sizes are kept in 0.01 mm.
PER_MILLIMETRE = 100
READY_NOW, MADE, SISTER = "now", "made", "sister"
NO_STONE = "none"
# Two words of the shop share a filter: people look for either with the other.
KINDS = {
    "ring": (_("Rings"), ["ring"]),
    "necklace": (_("Necklaces and pendants"), ["necklace", "pendant"]),
    "earrings": (_("Earrings"), ["earrings"]),
    "bracelet": (_("Bracelets and cuffs"), ["bracelet", "cuff"]),
    "brooch": (_("Brooches"), ["brooch"]),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What is counted and sorted of one piece; its price in minor units."""

    pk: int
    kind: str
    price: int
    colour: str
    designer: int
    collection: int
    is_free: bool
    is_made: bool


@dataclass
class FacetGroup:
    """The options of one filter: their bits and labels by value, in the order shown."""

    legend: "str | _StrPromise"
    bits: dict[str, int] = field(default_factory=dict)
    labels: "dict[str, str | _StrPromise]" = field(default_factory=dict)

    def add(self, value: str, label: "str | _StrPromise", bits: int) -> None:
        self.bits[value] = self.bits.get(value, 0) | bits
        self.labels.setdefault(value, label)


@dataclass
class Index:
    """The pieces in the shop at one moment, the newest first."""

    rows: list[Row]
    groups: dict[str, FacetGroup] = field(default_factory=dict)
    # The pieces that were shown since it was read.
    cards: dict[int, Piece] = field(default_factory=dict)
    # The stories that were told among them, by id and how many of their pieces stood there.
    stories: dict[tuple[int, int], Collection | None] = field(default_factory=dict)
    # When there will be more of them by themselves.
    until: datetime | None = None

    @property
    def holds(self) -> bool:
        return self.until is None or self.until > now()

    @cached_property
    def place(self) -> dict[int, int]:
        return {row.pk: place for place, row in enumerate(self.rows)}

    @property
    def everything(self) -> int:
        return (1 << len(self.rows)) - 1

    def bits_of(self, ids: Iterable[int]) -> int:
        """The set of these pieces; unknown ids are left out."""
        flags = bytearray(len(self.rows) // 8 + 1)
        for pk in ids:
            place = self.place.get(pk)
            if place is not None:
                flags[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(flags, "little")

    def priced(self, low: int | None, high: int | None) -> int:
        """The set of the pieces that cost between these (minor units, inclusive)."""
        if low is None and high is None:
            return self.everything
        top = high if high is not None else 1 << 62
        return self.bits_of(row.pk for row in self.rows if (low or 0) <= row.price <= top)


_kept: tuple[float, Index] | None = None


def current() -> Index:
    """The index, read anew when the last one is too old."""
    global _kept
    is_old = _kept is None or time.monotonic() - _kept[0] >= settings.FACETS_SECONDS
    if _kept is None or is_old or not _kept[1].holds:
        _kept = time.monotonic(), read()
    return _kept[1]


def forget() -> None:
    """Have the next caller read the index anew, because what the shop shows has changed."""
    global _kept
    _kept = None


def read() -> Index:
    """The index as the database has it now, in eight queries."""
    until = openings.following()
    variants = list(_variants())
    index = Index(_rows(variants), until=until)
    materials = list(_piece_materials())
    metals = [row for row in materials if row.family == Material.Family.METAL]
    stones = [row for row in materials if row.family == Material.Family.STONE]
    index.groups = {
        "kind": _kinds(index),
        "ready": _readiness(index),
        "inspiration": _inspirations(index),
        "metal": _materials(index, metals, _("Metal")),
        "stone": _stones(index, stones),
        "colour": _colours(index),
        "size": _sizes(index, variants),
        "maker": _makers(index),
    }
    return index


class _VariantRow(NamedTuple):
    piece: int
    size: int | None
    stock: int
    reserved: int
    held_until: datetime | None
    can_be_made: bool
    sized: str
    making: str


class _MaterialRow(NamedTuple):
    piece: int
    family: str
    group: str
    name: str


def _variants() -> Iterator[_VariantRow]:
    names = ["piece_id", "size", "stock", "reserved", "held_until", "can_be_made"]
    names += ["piece__sized", "piece__making"]
    rows = Variant.objects.filter(offered=True).order_by("size", "pk").values_list(*names)
    return (_VariantRow(*row) for row in rows)


def _piece_materials() -> Iterator[_MaterialRow]:
    names = ("piece_id", "material__family", "material__group", "material__group_name")
    rows = PieceMaterial.objects.order_by("material__group_name").values_list(*names)
    return (_MaterialRow(*row) for row in rows)


def _rows(variants: list[_VariantRow]) -> list[Row]:
    moment = now()
    free = {row.piece for row in variants if _is_free(row, moment)}
    made = {row.piece for row in variants if _is_makeable(row)}
    pieces = Piece.objects.published().order_by("-collection__published_at", "-created_at", "-pk")
    values = pieces.values_list("pk", "kind", "price", "colour", "designer_id", "collection_id")
    return [Row(*value, is_free=value[0] in free, is_made=value[0] in made) for value in values]


def _is_makeable(row: _VariantRow) -> bool:
    """As ``Variant.makeable`` says it in the database."""
    return row.can_be_made and row.making != Piece.Making.ONE_OF_A_KIND


def _is_free(row: _VariantRow, moment: datetime) -> bool:
    """As ``Variant.free_at`` says it in the database."""
    lapsed = row.held_until is not None and row.held_until <= moment
    return row.stock > row.reserved or (row.stock > 0 and lapsed)


def _kinds(index: Index) -> FacetGroup:
    group = FacetGroup(_("Kind"))
    for value, (label, kinds) in KINDS.items():
        group.add(value, label, index.bits_of(row.pk for row in index.rows if row.kind in kinds))
    return group


def _readiness(index: Index) -> FacetGroup:
    free = index.bits_of(row.pk for row in index.rows if row.is_free)
    made = index.bits_of(row.pk for row in index.rows if row.is_made) & ~free
    group = FacetGroup(_("Ready"))
    group.add(READY_NOW, _("Ready to post"), free)
    group.add(MADE, _("Made for you"), made)
    group.add(SISTER, _("Sold, sister possible"), index.everything & ~free & ~made)
    return group


def _inspirations(index: Index) -> FacetGroup:
    """Each inspiration counts the pieces of its descendants too: the sea has the tide's."""
    by_collection = defaultdict(list)
    for row in index.rows:
        by_collection[row.collection].append(row.pk)
    inspirations = list(Inspiration.objects.all())
    paths = _paths_of_collections(list(by_collection))
    group = FacetGroup(_("Inspiration"))
    for inspiration in inspirations:
        bits = index.bits_of(
            pk
            for collection, path in paths
            if path.startswith(inspiration.path)
            for pk in by_collection[collection]
        )
        if bits:
            group.add(inspiration.slug, inspiration.name, bits)
    return group


def _paths_of_collections(ids: list[int]) -> list[tuple[int, str]]:
    also = Collection.other_inspirations.through.objects.values_list(
        "collection_id", "inspiration__path"
    )
    main = (
        Collection.objects.filter(inspiration__isnull=False)
        .order_by()
        .values_list("pk", "inspiration__path")
    )
    wanted = set(ids)
    return [pair for pair in [*main, *also] if pair[0] in wanted]


def _materials(index: Index, rows: list[_MaterialRow], legend: "_StrPromise") -> FacetGroup:
    ids, names = defaultdict(list), {}
    for row in rows:
        ids[row.group].append(row.piece)
        names[row.group] = row.name
    group = FacetGroup(legend)
    for value, pieces in ids.items():
        group.add(value, names[value], index.bits_of(pieces))
    return group


def _stones(index: Index, rows: list[_MaterialRow]) -> FacetGroup:
    stones = _materials(index, rows, _("Stone"))
    with_stone = 0
    for bits in stones.bits.values():
        with_stone |= bits
    group = FacetGroup(_("Stone"))
    group.add(NO_STONE, _("No stone"), index.everything & ~with_stone)
    for value, bits in stones.bits.items():
        group.add(value, stones.labels[value], bits)
    return group


def _colours(index: Index) -> FacetGroup:
    group = FacetGroup(_("Colour"))
    for value, label in Piece.Colour.choices:
        group.add(value, label, index.bits_of(r.pk for r in index.rows if r.colour == value))
    return group


def _sizes(index: Index, rows: list[_VariantRow]) -> FacetGroup:
    """Ring sizes by their inner circumference in whole millimetres: 54."""
    ids = defaultdict(list)
    for row in rows:
        if row.sized == Piece.Sized.RING and row.size:
            ids[str(row.size // PER_MILLIMETRE)].append(row.piece)
    group = FacetGroup(_("Ring size"))
    for value, pieces in ids.items():
        if bits := index.bits_of(pieces):
            group.add(value, value, bits)
    return group


def _makers(index: Index) -> FacetGroup:
    ids = defaultdict(list)
    for row in index.rows:
        ids[row.designer].append(row.pk)
    group = FacetGroup(_("Maker"))
    for pk, slug, name in Designer.objects.published().values_list("pk", "slug", "name"):
        if pk in ids:
            group.add(slug, name, index.bits_of(ids[pk]))
    return group
