"""Each list of the workshop asks the database as often for two thousand rows as for forty."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Photo, Piece, PieceMaterial, Variant
from designers.models import Designer
from tests import factories as make

LogIn = Callable[[User], Client]
LISTS = sorted(
    f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    for model in admin.site._registry
)
MOST = 9
# A page of charts in place of a list.
MOST_OF = {"admin:orders_figure_changelist": 12}


def stock_up(designer: Designer, pieces: int) -> None:
    """So many pieces of one designer, with a photograph, a size and a material each."""
    silver = make.make_material()
    collections = [make.make_collection(designer=designer) for _ in range(max(2, pieces // 50))]
    made = Piece.objects.bulk_create(
        Piece(
            collection=collections[number % len(collections)],
            designer=designer,
            title=f"Ring {number}",
            slug=f"ring-{designer.pk}-{number}-{pieces}",
            kind="ring",
            price=64_000,
        )
        for number in range(pieces)
    )
    Variant.objects.bulk_create(Variant(piece=piece, stock=1) for piece in made)
    PieceMaterial.objects.bulk_create(PieceMaterial(piece=p, material=silver) for p in made)
    Photo.objects.bulk_create(Photo(designer=designer, piece=piece, alt="A ring") for piece in made)
    for piece in made[: pieces // 20]:
        make.make_order(piece)
        make.make_dispute(make.make_order(piece))


def queries_of(client: Client, url: str) -> int:
    client.get(url)  # content types are remembered
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(url).status_code in {200, 403}
    return len(asked)


@pytest.mark.parametrize("who", ["alice", "owner"])
def test_lists_do_not_ask_more_for_more(
    who: str, alice: User, owner: User, ines: Designer, logged_in: LogIn
) -> None:
    client = logged_in({"alice": alice, "owner": owner}[who])
    stock_up(ines, 40)
    few = {name: queries_of(client, reverse(name)) for name in LISTS}
    stock_up(ines, 1_960)
    many = {name: queries_of(client, reverse(name)) for name in LISTS}
    assert many == few
    assert not {name: count for name, count in many.items() if count > MOST_OF.get(name, MOST)}


@pytest.mark.parametrize("who", ["alice", "owner"])
def test_the_bench_does_not_ask_more_for_more(
    who: str, alice: User, owner: User, ines: Designer, logged_in: LogIn
) -> None:
    client = logged_in({"alice": alice, "owner": owner}[who])
    stock_up(ines, 40)
    few = queries_of(client, reverse("admin:index"))
    stock_up(ines, 400)
    assert queries_of(client, reverse("admin:index")) <= max(few, 14)


def test_a_long_story_asks_no_more_than_a_short_one(
    alice: User, ines: Designer, logged_in: LogIn
) -> None:
    client = logged_in(alice)
    short, long = (make.make_collection(designer=ines) for _ in range(2))
    stock_up(ines, 40)
    for place in range(30):
        long.blocks.create(kind=["text", "pair", "beside", "photograph"][place % 4], position=place)
    page = "admin:catalog_collection_change"
    asked = [queries_of(client, reverse(page, args=[c.pk])) for c in (short, long)]
    assert asked[1] <= asked[0] + 1
