"""Writes the demo house into the database; running it again brings the same house up to date.

Stock is written only where a size is new: what a visitor of the demo has bought stays bought.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import transaction

from catalog import search
from catalog.models import (
    Collection,
    Inspiration,
    Material,
    Photo,
    Piece,
    PieceMaterial,
    Pin,
    StoryBlock,
    Variant,
)
from designers.models import Designer, Technique
from orders.models import ShippingRate
from shop.management.demo.photographs import Photographs
from shop.management.demo.reading import House, Table

# Commissions are kept in basis points.
PER_CENT = 100
EUROPE = (
    "AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO "
    "SE SI SK"
)


@transaction.atomic
def write(house: House) -> Photographs:
    """The whole house; returns its photographs, whose renditions are still to be made."""
    photographs = Photographs(house)
    write_shared_lists(house)
    for table in house.designers:
        _write_designer(house, table, photographs)
    for position, table in enumerate(house.collections):
        _write_collection(table, position)
        _write_pieces(house, table, photographs)
    for table in house.collections:
        _write_story(table, photographs)
    _write_shipping()
    search.reindex(Piece.objects.all())
    return photographs


def write_shared_lists(house: House) -> None:
    """The inspirations and materials that all designers share."""
    for table in house.inspirations:
        parent = Inspiration.objects.filter(slug=table.get("parent", "")).first()
        Inspiration.objects.update_or_create(
            slug=table["slug"],
            defaults={"parent": parent} | _only(table, "name", "ground", "note"),
        )
    for table in house.materials:
        Material.objects.update_or_create(
            slug=table["slug"],
            defaults=_only(table, "name", "family", "group", "group_name", "fineness", "metal"),
        )


def _write_designer(house: House, table: Table, photographs: Photographs) -> None:
    fields = _only(
        table,
        *(
            [
                "name",
                "short_name",
                "place",
                "country",
                "pronoun",
                "trade",
                "headline",
                "quote",
                "languages",
                "since",
            ]
        ),
        *(["email", "processing_days", "mark_alt"]),
    )
    fields["statement"] = table["statement"].strip()
    fields["mark_path"] = house.mark_path(table["mark"])
    fields["mark_letters"] = table["mark"].upper()
    fields["commission_basis_points"] = table["commission_percent"] * PER_CENT
    designer, _ = Designer.objects.update_or_create(slug=table["slug"], defaults=fields)
    for position, technique in enumerate(table.get("techniques", [])):
        Technique.objects.update_or_create(
            designer=designer,
            title=technique["title"],
            defaults={"text": technique["text"], "position": position},
        )
    photographs.of_bench(designer, table["bench_photo"], table["bench_alt"])


def _write_collection(table: Table, position: int) -> None:
    designer = Designer.objects.get(slug=table["designer"])
    main, *others = table["inspirations"]
    fields = _only(
        table,
        *(
            [
                "title",
                "year",
                "ground",
                "standfirst",
                "teaser",
                "note",
                "source_quote",
                "tile_text",
                "bench_note",
            ]
        ),
    )
    fields |= {
        "designer": designer,
        "position": position,
        "inspiration": Inspiration.objects.get(slug=main),
        "published_at": moment(table.get("published")),
        # They opened long ago: nobody gets a letter about them now.
        "announced_at": moment(table.get("published")),
    }
    collection, _ = Collection.objects.update_or_create(slug=table["slug"], defaults=fields)
    collection.other_inspirations.set(Inspiration.objects.filter(slug__in=others))


def _write_pieces(house: House, table: Table, photographs: Photographs) -> None:
    collection = Collection.objects.get(slug=table["slug"])
    for position, piece_table in enumerate(house.pieces_of(table["slug"])):
        piece = _write_piece(collection, piece_table, position)
        _write_materials(piece, piece_table.get("materials", []))
        _write_variants(piece, piece_table.get("variants", []))
        for place, photo in enumerate(piece_table.get("photos", [])):
            photographs.of_piece(piece, photo, place)


def _write_piece(collection: Collection, table: Table, position: int) -> Piece:
    fields = _only(
        table,
        *(
            [
                "title",
                "kind",
                "making",
                "edition_size",
                "price",
                "summary",
                "material_line",
                "measures",
            ]
        ),
        *(
            [
                "length",
                "width",
                "height",
                "hallmark",
                "care",
                "care_note",
                "colour",
                "engraving_letters",
                "sized",
            ]
        ),
    )
    fields |= {
        "collection": collection,
        "position": position,
        "text": table.get("text", "").strip(),
        "weight": table.get("weight_mg"),
        "lead_days": table.get("lead_time_days", 21),
        "has_certificate": table.get("certificate", False),
        "status": table.get("status", Piece.Status.LIVE),
    }
    piece, _ = Piece.objects.update_or_create(slug=table["slug"], defaults=fields)
    return piece


def _write_materials(piece: Piece, tables: list[Table]) -> None:
    for position, table in enumerate(tables):
        PieceMaterial.objects.update_or_create(
            piece=piece,
            material=Material.objects.get(slug=table["material"]),
            role=table.get("role", PieceMaterial.Role.METAL),
            defaults={"position": position}
            | _only(table, "detail", "origin", "claims", "evidence"),
        )


def _write_variants(piece: Piece, tables: list[Table]) -> None:
    for position, table in enumerate(tables or [{"stock": 0}]):
        fields = {
            "size": table.get("size") or None,
            "price_difference": table.get("price_difference", 0),
            "can_be_made": table.get("can_be_made", False),
            "offered": table.get("offered", True),
            "position": position,
        }
        Variant.objects.update_or_create(
            piece=piece,
            label=table.get("label", ""),
            defaults=fields,
            create_defaults=fields | {"stock": table.get("stock", 0)},
        )


def _write_story(table: Table, photographs: Photographs) -> None:
    collection = Collection.objects.get(slug=table["slug"])
    collection.seen = photographs.of_collection(
        collection,
        table["seen_photo"],
        table["seen_alt"],
        tone=table.get("seen_tone", ""),
        focus=table.get("seen_focus", ""),
    )
    collection.became = Piece.objects.filter(slug=table.get("became_piece", "")).first()
    collection.save(update_fields=["seen", "became", "updated_at"])
    collection.blocks.all().delete()
    for position, block in enumerate(table.get("blocks", [])):
        _write_block(collection, block, position, photographs)


def _write_block(
    collection: Collection, table: Table, position: int, photographs: Photographs
) -> None:
    block = StoryBlock.objects.create(
        collection=collection,
        position=position,
        kind=table["kind"],
        text=(table.get("text") or table.get("quote") or "").strip(),
        photo=_photo_of(table, "photo", "photo_alt", collection, photographs),
        second_photo=_photo_of(table, "second_photo", "second_alt", collection, photographs),
        piece=Piece.objects.filter(slug=table.get("piece", "")).first(),
        width=table.get("width", StoryBlock.Width.TEXT),
        **_only(table, "heading", "attribution", "caption", "second_caption", "turned"),
    )
    for place, pin in enumerate(table.get("pins", [])):
        piece = Piece.objects.get(slug=pin["piece"])
        Pin.objects.create(block=block, piece=piece, x=pin["x"], y=pin["y"], position=place)


def _photo_of(
    table: Table, name: str, alt: str, collection: Collection, photographs: Photographs
) -> Photo | None:
    if not table.get(name):
        return None
    return photographs.of_collection(collection, table[name], table.get(alt, ""))


def _write_shipping() -> None:
    rates: Iterator[tuple[str, str, int, int]] = iter(
        [
            ("Insured post within Europe", EUROPE, 0, 3),
            ("Insured post, everywhere else", "", 2500, 7),
        ]
    )
    for name, countries, amount, days in rates:
        ShippingRate.objects.update_or_create(
            designer=None,
            name=name,
            defaults={"countries": countries, "amount": amount, "days": days},
        )


def moment(day: date | datetime | str | None) -> datetime | None:
    """The morning of a day, UTC; a moment as it is; None for a draft."""
    if day is None or day == "":
        return None
    if isinstance(day, str):
        day = datetime.fromisoformat(day)
        return day if day.tzinfo else datetime.combine(day, time(8), UTC)
    if isinstance(day, datetime):
        return day
    return datetime.combine(day, time(8), UTC)


def _only(table: Table, *names: str) -> dict[str, Any]:
    return {name: table[name] for name in names if name in table}
