"""Writing what a look has shown: new pieces all at once, then changes in order of their rows.

The caller holds the transaction: all of it stays, or none. What is ready changes by the
difference to what the look saw, and never below what baskets have (docs/stock.md).
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import IntegrityError
from django.utils.timezone import now

from catalog import publishing
from catalog.models import Collection, Piece, PieceMaterial, Variant
from catalog.sheets.columns import variants_of
from catalog.sheets.resource import NotAsSeen, Told
from catalog.stock import Reserved, recount
from designers.models import AnyUser

_AT_ONCE = 200


def write(told: Iterable[Told], *, by: AnyUser) -> None:
    """Raises NotAsSeen where somebody was quicker: a size was put in a basket, an address taken."""
    rows = [row for row in told if row.piece]
    changed = [row for row in rows if row.stands == "changed"]
    new = [row.piece for row in rows if row.stands == "new"]
    touched = _touched([row for row in rows if row.stands in {"new", "changed"}])
    with publishing.changing(touched, by=by):
        if any(_moved_on(collection, by) for collection in touched.values()):
            raise NotAsSeen
        try:
            _make(new)
            _change(sorted(changed, key=_key))
            _recount([row.piece for row in changed])
        except (IntegrityError, Reserved) as error:
            raise NotAsSeen from error


def _touched(rows: list[Told]) -> dict[int, Collection]:
    """The collections that are written to, also those that a piece leaves."""
    homes = [row.home for row in rows if row.home]
    return {one.pk: one for one in [*homes, *(row.piece.collection for row in rows if row.piece)]}


def _moved_on(collection: Collection, by: AnyUser) -> bool:
    """Whether it went into the shop, or out of it, since the look."""
    waited = publishing.waits_for_review(collection, by)
    collection.refresh_from_db(fields=["published_at", "retired_at", "asked"])
    return publishing.waits_for_review(collection, by) != waited


def _key(row: Told) -> int:
    return row.piece.pk if row.piece else 0


def _make(pieces: list[Any]) -> None:
    """Drafts, each with a size at least."""
    for piece in pieces:
        piece.designer_id, piece.sized = piece.collection.designer_id, _sized(piece)
    Piece.objects.bulk_create(pieces, batch_size=_AT_ONCE)
    sizes = [size for piece in pieces for size in _sizes(piece, after=0)]
    Variant.objects.bulk_create(sizes, batch_size=_AT_ONCE)
    rows = [
        PieceMaterial(piece=piece, material=material, role=role, position=place)
        for piece in pieces
        for place, (role, material) in enumerate(piece.wanted.materials or [])
    ]
    PieceMaterial.objects.bulk_create(rows, batch_size=_AT_ONCE)


def _sized(piece: Any) -> str:
    if not any(size for _label, size in piece.wanted.sizes):
        return Piece.Sized.NONE
    return Piece.Sized.RING if piece.kind == Piece.Kind.RING else Piece.Sized.LENGTH


def _sizes(piece: Any, *, after: int) -> Iterator[Variant]:
    """The sizes to add; a new piece has one, with a name or without."""
    wanted = piece.wanted
    for place, (label, size) in enumerate(wanted.sizes or ([] if after else [("", None)])):
        yield Variant(
            piece=piece,
            label=label,
            size=size,
            sku=wanted.number or "" if not after and not place else "",
            stock=wanted.counts.get(label, 0),
            can_be_made=piece.making == Piece.Making.MADE_TO_ORDER,
            position=after + place + 1,
        )


def _change(rows: list[Told]) -> None:
    """In order of their keys; rows in which the same columns change are written together."""
    alike: dict[tuple[str, ...], list[Any]] = {}
    for row in rows:
        if row.columns:
            row.piece.updated_at = now()  # type: ignore[union-attr]
            alike.setdefault(tuple(sorted(row.columns)), []).append(row.piece)
    for columns, pieces in alike.items():
        fields = {*columns, "designer", "updated_at"}
        for piece in pieces:
            piece.designer_id = piece.collection.designer_id
        Piece.objects.bulk_update(pieces, sorted(fields), batch_size=_AT_ONCE)
    pieces = [row.piece for row in rows]
    Variant.objects.bulk_create(_added(pieces), batch_size=_AT_ONCE)
    Variant.objects.bulk_update(_numbered(pieces), ["sku"], batch_size=_AT_ONCE)
    _keep_materials([piece for piece in pieces if piece.wanted.materials is not None])


def _added(pieces: list[Any]) -> Iterator[Variant]:
    for piece in pieces:
        if piece.wanted.sizes:
            last = max((size.position for size in variants_of(piece)), default=0)
            yield from _sizes(piece, after=last + 1)


def _numbered(pieces: list[Any]) -> Iterator[Variant]:
    for piece in pieces:
        there = variants_of(piece)
        if piece.wanted.number is not None and there:
            there[0].sku = piece.wanted.number
            yield there[0]


def _keep_materials(pieces: list[Any]) -> None:
    """Those that stay keep their origin and words."""
    gone, moved, new = [], [], []
    for piece in pieces:
        there = {(row.role, row.material_id): row for row in piece.piece_materials.all()}
        keys = [(role, material.pk) for role, material in piece.wanted.materials]
        gone += [row.pk for key, row in there.items() if key not in keys]
        for place, (role, pk) in enumerate(keys):
            row = there.get((role, pk))
            if row is None:
                new.append(PieceMaterial(piece=piece, material_id=pk, role=role, position=place))
            elif row.position != place:
                row.position = place
                moved.append(row)
    PieceMaterial.objects.filter(pk__in=gone).delete()
    PieceMaterial.objects.bulk_update(moved, ["position"], batch_size=_AT_ONCE)
    PieceMaterial.objects.bulk_create(new, batch_size=_AT_ONCE)


def _recount(pieces: list[Any]) -> None:
    """In order of their keys, as everybody who changes several."""
    sizes = [
        (size, piece.wanted.counts[size.label])
        for piece in pieces
        for size in variants_of(piece)
        if size.label in piece.wanted.counts
    ]
    for size, count in sorted(sizes, key=lambda counted: counted[0].pk):
        recount(size, was=size.stock, now=count)
