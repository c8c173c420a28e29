"""Pieces leave as a table and come back: the same, changed, or new."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from catalog import prices
from catalog.models import Collection, Piece
from designers.models import Designer
from tests import factories as make
from tests.catalog import tables

LogIn = Callable[[User], Client]


@pytest.fixture
def client(alice: User, logged_in: LogIn) -> Client:
    return logged_in(alice)


@pytest.fixture
def shore(ines: Designer) -> Collection:
    return make.make_collection(designer=ines, title="Low Water")


@pytest.fixture
def ring(shore: Collection) -> Piece:
    piece = make.make_piece(
        collection=shore,
        title='=Tide, "low"',
        slug="tide",
        making="stocked",
        price=120_050,
        text="-first\n\n@second",
        stock=3,
        length=2_850,
        weight=11_200,
        has_certificate=True,
    )
    piece.variants.update(label="52", size=5_200)
    make.make_variant(piece, label="54", size=5_400, stock=2, position=1)
    silver = make.make_material(name="Sterling silver")
    piece.piece_materials.create(material=silver, origin="Kingman", detail="sheet")
    return piece


@pytest.fixture
def varied(ring: Piece, shore: Collection) -> None:
    """One of each kind, with words that spreadsheets like to reckon."""
    make.make_piece(collection=shore, title="'=held", making="limited", edition_size=8, lead_days=3)
    make.make_piece(collection=shore, title="+1", making="made_to_order", colour="blue")
    make.make_piece(
        collection=shore, title="Café – ½ \U0001f41a", price=prices.UNPRICED, status="draft"
    )
    make.make_piece(
        collection=shore, title="Long", text="line\r\nline\ttab, comma; semi", status="retired"
    )
    bare = make.make_piece(collection=shore, title="No size")
    bare.variants.all().delete()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_went_out_comes_back_and_nothing_changes(
    kind: str, client: Client, varied: None, ines: Designer
) -> None:
    before = list(Piece.objects.order_by("pk").values())
    answer = tables.send(client, tables.out(client, kind), ines, f"t.{kind}")
    assert tables.errors_of(answer) == ""
    assert answer.context["counts"] == {"new": 0, "changed": 0, "same": 6, "wrong": 0}
    assert tables.rows_of(answer) == []
    assert "Nothing changes" in answer.content.decode()
    assert list(Piece.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_change_is_seen_before_it_is_taken_over(
    separator: str, client: Client, ring: Piece, ines: Designer
) -> None:
    [row] = tables.table_of(tables.out(client))
    assert row["title"] == '\'=Tide, "low"'
    row |= {"price": "1.300,75", "colour": "Blue", "ready": "52: 5; 54: 2", "title": "Tide"}
    answer = tables.send(client, tables.csv_of([row], separator), ines)
    [told] = tables.rows_of(answer)
    assert [(c.column, c.before, c.after) for c in told.changes] == [
        ("title", '=Tide, "low"', "Tide"),
        ("price", "1200.50", "1300.75"),
        ("ready", "52: 3; 54: 2", "52: 5; 54: 2"),
        ("colour", "", "blue"),
    ]
    ring.refresh_from_db()
    assert ring.price == 120_050
    assert "1 piece was taken over." in tables.take_over(client, answer).content.decode()
    ring.refresh_from_db()
    assert (ring.title, ring.price, ring.colour, ring.slug) == ("Tide", 130_075, "blue", "tide")
    assert ring.variants.get(label="52").stock == 5
    assert ring.piece_materials.get().origin == "Kingman"
    assert LogEntry.objects.get(object_id=str(ring.pk)).user.username == "alice"


def test_new_pieces_are_drafts_with_their_sizes_and_materials(
    client: Client,
    shore: Collection,
    ines: Designer,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]],
) -> None:
    silver = make.make_material(name="Sterling silver")
    answer = tables.look(
        client,
        [
            {
                "collection": "low water",
                "title": "Rope band",
                "price": "€ 980",
                "sizes": "US 5 to 6 in halves; 54",
                "ready": "54: 2",
                "materials": "sterling silver",
                "number": "R-1",
            },
            {
                "collection": "Low Water",
                "title": "Sea chain necklace",
                "price": "1200",
                "ready": "1",
            },
        ],
        ines,
    )
    assert tables.errors_of(answer) == ""
    assert [row.stands for row in tables.rows_of(answer)] == ["new", "new"]
    assert not Piece.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        tables.take_over(client, answer)
    band, chain = Piece.objects.order_by("position")
    assert (band.status, band.kind, band.making, band.price) == ("draft", "ring", "stocked", 98_000)
    assert band.sized == "ring"
    assert band.designer == ines
    assert [(v.label, v.size, v.stock) for v in band.variants.all()] == [
        ("49.3", 4925, 0),
        ("50.5", 5053, 0),
        ("51.8", 5180, 0),
        ("54", 5400, 2),
    ]
    assert [v.sku for v in band.variants.all()] == ["R-1", "", "", ""]
    assert band.piece_materials.get().material == silver
    assert (chain.kind, chain.slug, chain.variants.get().stock) == (
        "necklace",
        "sea-chain-necklace",
        1,
    )
    assert "rope" in band.search_text


def test_the_table_to_begin_with_can_be_sent(
    client: Client, shore: Collection, ines: Designer
) -> None:
    answer = tables.send(client, tables.out(client, "csv", empty=""), ines)
    assert tables.errors_of(answer) == ""
    assert answer.context["counts"]["new"] == 1
