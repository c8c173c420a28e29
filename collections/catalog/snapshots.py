"""A collection as plain JSON: all that shoppers see of it at one moment, to compare or put back.

Whatever a model gains later is in a snapshot by itself: only what says nothing to a shopper
is left out by name. What is counted (stock) is not: it changes with each sale.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import F, Q

from catalog.differences import Difference, differences
from catalog.models import (
    Collection,
    Inspiration,
    Photo,
    Piece,
    PieceMaterial,
    Pin,
    StoryBlock,
    Variant,
)

__all__ = ["Difference", "are_alike", "differences", "put_back", "taken"]

type Snapshot = dict[str, Any]

VERSION = 1
_KEYS = {"id", "created_at", "updated_at"}
_OF_COLLECTION = _KEYS | {
    "designer",
    "slug",
    "position",
    "published_at",
    "retired_at",
    "announced_at",
    "token",
    "asked",
    "revision",
}
_OF_PIECE = _KEYS | {"collection", "designer", "slug", "status", "search_text", "archived_at"}
_OF_VARIANT = {"id", "piece", "sku", "stock", "reserved", "held_until"}
_OF_PHOTO = ["id", "piece_id", "alt", "role", "tone", "focus_x", "focus_y", "position", "sha256"]


def taken(collection: Collection, *, with_waiting: bool = True) -> Snapshot:
    """The collection, its story and its pieces as shoppers see them, or would; ten queries.

    Pieces and photographs that wait for a review count as shown unless said, drafts do not;
    what is retired is archived.
    """
    blocks = _blocks(collection)
    pieces = _pieces(collection, with_waiting=with_waiting)
    fields = columns(Collection, _OF_COLLECTION)
    told = Collection.objects.filter(pk=collection.pk).values(*fields).get()
    snapshot = {
        "version": VERSION,
        "fields": told | {"other_inspirations": _also_from(collection)},
        "blocks": blocks,
        "pieces": pieces,
        "photos": _photos(told, blocks, pieces, with_waiting=with_waiting),
        "names": {
            "inspiration": _names(
                Inspiration, [told["inspiration"], *_also_from(collection)], "name"
            ),
            "piece": _names(Piece, _named_pieces(told, blocks, pieces), "title"),
        },
    }
    # As it will be read from the database, so that two are equal when nothing changed.
    plain: Snapshot = json.loads(json.dumps(snapshot, cls=DjangoJSONEncoder))
    return plain


def are_alike(one: Snapshot, other: Snapshot) -> bool:
    """Whether they show the same: a block may have got another number meanwhile.

    Where a piece came from (``came``, of reviews alone) is told beside it and shows nothing.
    """
    return _unnumbered(one) == _unnumbered(other)


def _unnumbered(snapshot: Snapshot) -> Snapshot:
    blocks = [block | {"id": None} for block in snapshot["blocks"]]
    return snapshot | {"blocks": blocks, "came": None}


def columns(model: type[models.Model], left_out: Iterable[str]) -> list[str]:
    """The names of a model's own fields but those."""
    return [field.name for field in model._meta.concrete_fields if field.name not in left_out]


def _also_from(collection: Collection) -> list[int]:
    return list(collection.other_inspirations.order_by("pk").values_list("pk", flat=True))


def _blocks(collection: Collection) -> list[Snapshot]:
    names = columns(StoryBlock, {"collection", "position"})
    rows = list(collection.blocks.order_by("position", "pk").values(*names))
    pins = Pin.objects.filter(block__collection=collection).order_by("position", "pk")
    pinned = _grouped(pins.values("block", "piece", "x", "y"), "block")
    return [row | {"pins": pinned.get(row["id"], [])} for row in rows]


def _pieces(collection: Collection, *, with_waiting: bool) -> list[Snapshot]:
    shown = Q(status__in=[Piece.Status.LIVE, *([Piece.Status.WAITING] * with_waiting)])
    archived = Q(status=Piece.Status.RETIRED, archived_at__isnull=False)
    pieces = Piece.objects.filter(shown | archived, collection=collection)
    rows = list(
        pieces.order_by("position", "pk").values("id", "status", *columns(Piece, _OF_PIECE))
    )
    ids = [row["id"] for row in rows]
    made_of = PieceMaterial.objects.filter(piece__in=ids).order_by("position", "pk")
    names = columns(PieceMaterial, {"id", "position"})
    materials = _grouped(made_of.values(*names, name=F("material__name")), "piece")
    offered = Variant.objects.filter(piece__in=ids).order_by("position", "pk")
    sizes = _grouped(offered.values("piece", *columns(Variant, _OF_VARIANT)), "piece")
    return [
        row
        | {"is_archived": row.pop("status") == Piece.Status.RETIRED}
        | {"materials": materials.get(row["id"], []), "sizes": sizes.get(row["id"], [])}
        for row in rows
    ]


def _photos(
    told: Snapshot, blocks: list[Snapshot], pieces: list[Snapshot], *, with_waiting: bool
) -> Snapshot:
    """By number: those of the pieces, and those that the story shows."""
    used = {told["seen"], *(block[side] for block in blocks for side in ("photo", "second_photo"))}
    shown = Q(piece__in=[piece["id"] for piece in pieces]) | Q(pk__in=used - {None})
    rows = Photo.objects.filter(shown).order_by("position", "pk")
    if not with_waiting:
        rows = rows.filter(waits=False)
    return {str(row["id"]): row for row in rows.values(*_OF_PHOTO, name=F("original_name"))}


def _named_pieces(
    told: Snapshot, blocks: list[Snapshot], pieces: list[Snapshot]
) -> list[int | None]:
    pinned = [pin["piece"] for block in blocks for pin in block["pins"]]
    return [told["became"], *pinned, *(row["piece"] for row in blocks), *(p["id"] for p in pieces)]


def _names(model: type[models.Model], ids: list[int | None], column: str) -> dict[str, str]:
    wanted = {pk for pk in ids if pk}
    rows = model._default_manager.filter(pk__in=wanted).order_by("pk")
    return {str(pk): name for pk, name in rows.values_list("pk", column)} if wanted else {}


def _grouped(rows: Iterable[Any], key: str) -> dict[int, list[Snapshot]]:
    groups: dict[int, list[Snapshot]] = {}
    for row in rows:
        groups.setdefault(row.pop(key), []).append(row)
    return groups


@transaction.atomic
def put_back(collection: Collection, snapshot: Snapshot) -> list[str]:
    """Give the collection's fields, story and pins back as they were; pieces are left alone.

    Photographs, pieces and inspirations that are no longer there, or no longer of this maker,
    are left empty; their names are returned. Blocks that still are keep their numbers.
    """
    there = _There(collection, snapshot)
    told = {
        name: there.kept(Collection, name, value)
        for name, value in snapshot["fields"].items()
        if name in set(columns(Collection, _OF_COLLECTION))
    }
    for name, value in told.items():
        setattr(collection, Collection._meta.get_field(name).get_attname(), value)  # type: ignore[union-attr]
    collection.save(update_fields=[*told, "updated_at"])
    also = snapshot["fields"].get("other_inspirations", [])
    collection.other_inspirations.set([pk for pk in also if there.is_there(Inspiration, pk)])
    _put_back_blocks(collection, snapshot["blocks"], there)
    return there.missing


def _put_back_blocks(collection: Collection, told: list[Snapshot], there: "_There") -> None:
    names = set(columns(StoryBlock, {"id", "collection", "position"}))
    mine = set(collection.blocks.values_list("pk", flat=True))
    collection.blocks.exclude(pk__in=[block["id"] for block in told]).delete()
    Pin.objects.filter(block__collection=collection).delete()
    for place, row in enumerate(told, start=1):
        block = StoryBlock(collection=collection, position=place)
        if row["id"] in mine:
            block.pk = row["id"]
        for name in names & row.keys():
            field = StoryBlock._meta.get_field(name)
            setattr(block, field.get_attname(), there.kept(StoryBlock, name, row[name]))  # type: ignore[union-attr]
        block.save(force_update=row["id"] in mine, force_insert=row["id"] not in mine)
        Pin.objects.bulk_create(
            Pin(block=block, piece_id=pin["piece"], x=pin["x"], y=pin["y"], position=number)
            for number, pin in enumerate(row["pins"], start=1)
            if there.is_there(Piece, pin["piece"])
        )


class _There:
    """What a snapshot refers to and is still there, read once; ``missing`` names the rest."""

    def __init__(self, collection: Collection, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        mine = {"designer": collection.designer_id}
        pinned = [pin["piece"] for block in snapshot["blocks"] for pin in block["pins"]]
        fields = snapshot["fields"]
        wanted: dict[type[models.Model], tuple[list[int | None], dict[str, int]]] = {
            Photo: (_ids(snapshot, ["seen"], ["photo", "second_photo"]), mine),
            Piece: ([*pinned, *_ids(snapshot, ["became"], ["piece"])], mine),
            Inspiration: ([fields["inspiration"], *fields["other_inspirations"]], {}),
        }
        self.ids = {
            model: set(
                model._default_manager.filter(pk__in={pk for pk in ids if pk}, **of).values_list(
                    "pk", flat=True
                )
            )
            for model, (ids, of) in wanted.items()
        }
        self.missing: list[str] = []

    def kept(self, model: type[models.Model], name: str, value: Any) -> Any:
        """The value of a column; None where it leads to what is gone."""
        target = getattr(model._meta.get_field(name), "related_model", None)
        if target in self.ids and value is not None and not self.is_there(target, value):
            return None
        return value

    def is_there(self, model: type[models.Model], pk: int) -> bool:
        if pk in self.ids[model]:
            return True
        if (name := self._name(model, pk)) not in self.missing:
            self.missing.append(name)
        return False

    def _name(self, model: type[models.Model], pk: int) -> str:
        if model is Photo:
            photo = self.snapshot["photos"].get(str(pk), {})
            return str(photo.get("alt") or photo.get("name") or pk)
        names = self.snapshot["names"]["piece" if model is Piece else "inspiration"]
        return str(names.get(str(pk), pk))


def _ids(snapshot: Snapshot, fields: list[str], of_blocks: list[str]) -> list[int | None]:
    told = [snapshot["fields"].get(name) for name in fields]
    return told + [block.get(name) for block in snapshot["blocks"] for name in of_blocks]
