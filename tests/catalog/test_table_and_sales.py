"""A table never takes a sale back: what is ready changes by the difference that was meant."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.test import Client

from catalog.models import Piece, Variant
from catalog.sheets import taking_over
from catalog.sheets.resource import Told
from designers.models import Designer
from tests import factories as make
from tests.catalog import tables

LogIn = Callable[[User], Client]


@pytest.fixture
def client(alice: User, logged_in: LogIn) -> Client:
    return logged_in(alice)


@pytest.fixture
def ring(ines: Designer) -> Piece:
    collection = make.make_collection(designer=ines)
    return make.make_piece(collection=collection, slug="tide", making="stocked", stock=5)


def sell(piece: Piece) -> None:
    piece.variants.update(stock=F("stock") - 1)


def stock_of(piece: Piece) -> int:
    return Variant.objects.get(piece=piece).stock


def test_one_sold_since_the_table_was_written_stays_sold(
    client: Client, ring: Piece, ines: Designer
) -> None:
    [row] = tables.table_of(tables.out(client))
    sell(ring)
    answer = tables.look(client, [row], ines)
    assert answer.context["counts"]["same"] == 1
    answer = tables.look(client, [row | {"ready": "7"}], ines)
    [told] = tables.rows_of(answer)
    assert [(c.before, c.after) for c in told.changes] == [("4", "6")]
    tables.take_over(client, answer)
    assert stock_of(ring) == 6


def test_a_count_without_what_was_before_is_the_count(
    client: Client, ring: Piece, ines: Designer
) -> None:
    tables.take_over(client, tables.look(client, [{"address": "tide", "ready": "2"}], ines))
    assert stock_of(ring) == 2


def test_one_sold_between_look_and_act_is_told(client: Client, ring: Piece, ines: Designer) -> None:
    answer = tables.look(client, [{"address": "tide", "ready": "9", "price": "7"}], ines)
    sell(ring)
    answer = tables.take_over(client, answer)
    assert answer.status_code == 409
    assert "Something changed meanwhile" in answer.content.decode()
    assert stock_of(ring) == 4
    ring.refresh_from_db()
    assert ring.price == 110_000
    tables.take_over(client, answer)
    assert stock_of(ring) == 9


def test_one_sold_in_the_very_act_stays_sold(
    client: Client, ring: Piece, ines: Designer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = tables.look(client, [{"address": "tide", "ready": "9"}], ines)
    honest = taking_over.write

    def sold_meanwhile(told: list[Told], by: User) -> None:
        sell(ring)
        honest(told, by=by)

    monkeypatch.setattr(taking_over, "write", sold_meanwhile)
    assert tables.take_over(client, answer).status_code == 200
    assert stock_of(ring) == 8


def test_what_is_in_baskets_cannot_be_counted_away(
    client: Client, ring: Piece, ines: Designer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring.variants.update(reserved=2)
    answer = tables.look(client, [{"address": "tide", "ready": "1"}], ines)
    assert "ready: 2 are in baskets" in tables.errors_of(answer)
    answer = tables.look(client, [{"address": "tide", "ready": "2", "title": "New"}], ines)
    honest = taking_over.write

    def taken_meanwhile(told: list[Told], by: User) -> None:
        ring.variants.update(reserved=3)
        honest(told, by=by)

    monkeypatch.setattr(taking_over, "write", taken_meanwhile)
    assert tables.take_over(client, answer).status_code == 409
    assert stock_of(ring) == 5
    ring.refresh_from_db()
    assert ring.title != "New", "all or nothing"


def test_sizes_are_added_and_never_taken_out(client: Client, ring: Piece, ines: Designer) -> None:
    ring.variants.update(label="52")
    row = {"address": "tide", "sizes": "54; 56", "ready": "54: 1"}
    answer = tables.look(client, [row], ines)
    [told] = tables.rows_of(answer)
    assert {c.column: c.after for c in told.changes} == {
        "sizes": "52; 54; 56",
        "ready": "52: 5; 54: 1; 56: 0",
    }
    assert "Sizes are only added: 52 stay" in told.notes[0]
    tables.take_over(client, answer)
    assert {size.label: size.stock for size in ring.variants.all()} == {"52": 5, "54": 1, "56": 0}


def test_a_file_that_was_followed_by_another_is_gone(
    client: Client, ring: Piece, ines: Designer
) -> None:
    first = tables.look(client, [{"address": "tide", "price": "7"}], ines)
    second = tables.look(client, [{"address": "tide", "price": "8"}], ines)
    answer = tables.take_over(client, first)
    assert "not here any more" in answer.content.decode()
    tables.take_over(client, second)
    ring.refresh_from_db()
    assert ring.price == 800
    assert tables.take_over(client, second).status_code == 404, "twice"
