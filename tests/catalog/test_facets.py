"""The counts beside the filters are true: choosing an option shows that many pieces."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils.timezone import now

from catalog import facets, search
from catalog.models import Piece, PieceMaterial, Variant
from tests.factories import (
    make_collection,
    make_designer,
    make_inspiration,
    make_material,
    make_piece,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def pieces() -> list[Piece]:
    nature = make_inspiration(name="Nature", slug="nature")
    sea = make_inspiration(name="Sea", slug="sea", parent=nature)
    low_water = make_collection(inspiration=sea)
    noon = make_collection(inspiration=nature)
    gold = make_material(name="18 ct gold", slug="gold", group="gold", group_name="Yellow gold")
    ring = make_piece(
        title="Tide ring", collection=low_water, price=64_000, colour="grey", sized="ring"
    )
    Variant.objects.filter(piece=ring).update(size=5400, label="54")
    cuff = make_piece(title="Noon cuff", collection=noon, kind="cuff", price=120_000, colour="gold")
    PieceMaterial.objects.create(piece=cuff, material=gold)
    sold = make_piece(
        title="Sold brooch", collection=low_water, kind="brooch", price=9_900, stock=0
    )
    made = make_piece(title="Made ring", collection=noon, price=20_050, making="made_to_order")
    search.reindex([ring, cuff, sold, made])
    return [ring, cuff, sold, made]


def shown(query: str) -> set[str]:
    return {piece.title for piece in facets.browse(QueryDict(query)).pieces}


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"Tide ring", "Noon cuff", "Sold brooch", "Made ring"}),
        ("kind=ring", {"Tide ring", "Made ring"}),
        ("kind=ring&kind=brooch", {"Tide ring", "Made ring", "Sold brooch"}),
        ("kind=bracelet", {"Noon cuff"}),
        ("ready=now", {"Tide ring", "Noon cuff"}),
        ("ready=made", {"Made ring"}),
        ("ready=sister", {"Sold brooch"}),
        ("inspiration=nature", {"Tide ring", "Noon cuff", "Sold brooch", "Made ring"}),
        ("inspiration=sea", {"Tide ring", "Sold brooch"}),
        ("metal=gold", {"Noon cuff"}),
        ("stone=none&kind=ring", {"Tide ring", "Made ring"}),
        ("colour=grey", {"Tide ring"}),
        ("size=54", {"Tide ring"}),
        ("from=200&to=640", {"Tide ring", "Made ring"}),
        ("to=99", {"Sold brooch"}),
        ("q=ring", {"Tide ring", "Made ring"}),
        ("q=ring&inspiration=sea", {"Tide ring"}),
        ("kind=nonsense&from=x&to=-3&page=9999&sort=zz&q=%00", None),
    ],
)
def test_each_filter_shows_what_it_says(
    pieces: list[Piece], query: str, titles: set[str] | None
) -> None:
    assert shown(query) == (titles if titles is not None else {piece.title for piece in pieces})


@pytest.mark.parametrize(
    "query", ["", "kind=ring", "ready=now&kind=ring", "q=ring", "from=100&metal=gold"]
)
def test_every_count_is_what_choosing_it_shows(pieces: list[Piece], query: str) -> None:
    results = facets.browse(QueryDict(query))
    for group in results.groups:
        for option in group.options:
            params = QueryDict(query, mutable=True)
            params.setlist(group.name, [option.value])
            assert facets.browse(params).total == option.count, (group.name, option.value)


@pytest.mark.parametrize(
    ("sort", "first", "last"),
    [
        ("price", "Sold brooch", "Noon cuff"),
        ("-price", "Noon cuff", "Sold brooch"),
        ("ready", None, "Sold brooch"),
    ],
)
def test_sorting(pieces: list[Piece], sort: str, first: str | None, last: str) -> None:
    titles = [piece.title for piece in facets.browse(QueryDict(f"sort={sort}")).pieces]
    assert first in {None, titles[0]}
    assert last == titles[-1] or sort == "ready"
    if sort == "ready":
        assert set(titles[:2]) == {"Tide ring", "Noon cuff"}


def test_a_held_piece_is_not_ready_until_its_hold_lapses(pieces: list[Piece]) -> None:
    variant = Variant.objects.filter(piece=pieces[0])
    variant.update(reserved=1, held_until=now() + timedelta(minutes=5))
    assert "Tide ring" not in shown("ready=now")
    variant.update(held_until=now() - timedelta(seconds=1))
    assert "Tide ring" in shown("ready=now")


def test_a_chip_takes_away_what_was_chosen_and_nothing_else(pieces: list[Piece]) -> None:
    results = facets.browse(QueryDict("kind=ring&kind=brooch&to=700&page=2"))
    assert [chip.label for chip in results.chips] == ["Rings", "Brooches", "to 700\xa0€"]
    assert QueryDict(results.chips[0].query) == QueryDict("kind=brooch&to=700")


def test_drafts_and_hidden_makers_count_nowhere(pieces: list[Piece]) -> None:
    Piece.objects.filter(title="Tide ring").update(status=Piece.Status.DRAFT)
    hidden = make_designer(is_active=False)
    make_piece(collection=make_collection(designer=hidden), title="Hidden ring")
    results = facets.browse(QueryDict(""))
    assert results.total == 3
    assert {option.label: option.count for option in results.groups[0].options}["Rings"] == 1
