"""A table finds one's own pieces and nobody else's, and says nothing about those."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog.models import Collection, Piece
from designers.models import Designer, Member
from tests import factories as make
from tests.catalog import tables

LogIn = Callable[[User], Client]


@pytest.fixture
def secret(henrik: Designer) -> Piece:
    collection = make.make_collection(designer=henrik, title="Secret Fjord", slug="secret-fjord")
    piece = make.make_piece(collection=collection, title="Secret ring", slug="secret-ring")
    piece.variants.update(sku="H-1")
    return piece


@pytest.fixture
def shore(ines: Designer) -> Collection:
    return make.make_collection(designer=ines, title="Low Water")


@pytest.mark.parametrize(
    "cells",
    [
        {"address": "secret-ring", "title": "Stolen"},
        {"collection": "Secret Fjord", "title": "Stolen", "kind": "ring", "price": "1"},
        {"collection": "secret-fjord", "title": "Stolen", "kind": "ring", "price": "1"},
        {"address": "mine", "collection": "Secret Fjord"},
    ],
)
def test_a_foreign_name_is_told_as_one_that_is_not(
    cells: dict[str, str], secret: Piece, shore: Collection, alice: User, logged_in: LogIn
) -> None:
    make.make_piece(collection=shore, slug="mine")
    client = logged_in(alice)

    def said(word: str) -> str:
        turned = {name: word if "ecret" in cell else cell for name, cell in cells.items()}
        answer = tables.look(client, [turned], shore.designer)
        assert answer.context["wrong"] == 1
        return tables.errors_of(answer).replace(word, "")

    foreign = next(cell for cell in cells.values() if "ecret" in cell)
    assert said(foreign) == said("no-such-thing")
    assert Piece.objects.get(pk=secret.pk).title == "Secret ring"


def test_a_foreign_number_makes_a_piece_of_ones_own(
    secret: Piece, shore: Collection, alice: User, logged_in: LogIn
) -> None:
    """The leak that others had: a row found another maker's piece by its SKU."""
    client = logged_in(alice)
    row = {
        "number": "H-1",
        "collection": "Low Water",
        "title": "Mine",
        "kind": "ring",
        "price": "5",
    }
    answer = tables.look(client, [row], shore.designer)
    assert [told.stands for told in tables.rows_of(answer)] == ["new"]
    tables.take_over(client, answer)
    assert Piece.objects.get(title="Mine").designer == shore.designer
    secret.refresh_from_db()
    assert (secret.title, secret.price) == ("Secret ring", 110_000)
    answer = tables.look(client, [row | {"price": "7"}], shore.designer)
    assert [told.stands for told in tables.rows_of(answer)] == ["changed"]


def test_nothing_foreign_goes_out(
    secret: Piece, shore: Collection, alice: User, owner: User, logged_in: LogIn
) -> None:
    make.make_piece(collection=shore, title="Mine")
    client, asked = logged_in(alice), {"maker": str(secret.designer_id)}
    assert [row["title"] for row in tables.table_of(tables.out(client))] == ["Mine"]
    assert tables.table_of(tables.out(client, **asked)) == []
    assert tables.table_of(tables.out(client, maker="²")) == []
    [row] = tables.table_of(tables.out(logged_in(owner), **asked))
    assert row["title"] == "Secret ring"


def test_the_page_names_nobody_else(
    secret: Piece, shore: Collection, alice: User, logged_in: LogIn
) -> None:
    text = logged_in(alice).get(reverse(tables.PAGE)).content.decode()
    assert "Henrik" not in text
    assert "Secret" not in text


def test_another_maker_or_their_collection_is_no_choice(
    secret: Piece, shore: Collection, alice: User, owner: User, logged_in: LogIn
) -> None:
    content = tables.csv_of([{"title": "x"}])
    answer = tables.send(logged_in(alice), content, secret.designer)
    assert answer.status_code == 400
    answer = tables.send(logged_in(alice), content, shore.designer, collection=secret.collection_id)
    assert answer.status_code == 400
    answer = tables.send(logged_in(owner), content, shore.designer, collection=secret.collection_id)
    assert "belongs to another maker" in tables.errors_of(answer)


def test_the_owner_takes_over_for_one_maker(
    secret: Piece, shore: Collection, owner: User, logged_in: LogIn
) -> None:
    client = logged_in(owner)
    row = {"address": "secret-ring", "title": "Fjord ring"}
    assert tables.look(client, [row], shore.designer).context["wrong"] == 1
    tables.take_over(client, tables.look(client, [row], secret.designer))
    secret.refresh_from_db()
    assert secret.title == "Fjord ring"


def test_a_sent_file_is_for_the_one_who_sent_it(
    secret: Piece, shore: Collection, alice: User, bob: User, logged_in: LogIn
) -> None:
    answer = tables.look(logged_in(alice), [{"title": "x"}], shore.designer)
    url, sent = answer.request["PATH_INFO"], {"seen": answer.context["seen"]}
    for client in (logged_in(bob), logged_in(alice)):  # another person, another browser
        assert client.get(url).status_code == 404
        assert client.post(url, sent).status_code == 404


def test_who_left_the_bench_meanwhile_takes_nothing_over(
    shore: Collection, alice: User, logged_in: LogIn
) -> None:
    client = logged_in(alice)
    row = {"collection": "Low Water", "title": "Mine", "kind": "ring", "price": "5"}
    answer = tables.look(client, [row], shore.designer)
    Member.objects.filter(user=alice).update(is_active=False)
    assert tables.take_over(client, answer).status_code == 403
    assert not Piece.objects.exists()


def test_the_bench_writes_out_and_sends_nothing_in(
    shore: Collection, ines: Designer, logged_in: LogIn
) -> None:
    client = logged_in(make.make_member(ines, role=Member.Role.BENCH))
    make.make_piece(collection=shore)
    assert len(tables.table_of(tables.out(client))) == 1
    answer = client.get(reverse(tables.PAGE))
    assert answer.status_code == 200
    assert "See what it would change" not in answer.content.decode()
    assert tables.send(client, b"title\nx\n", ines).status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_are_led_to_the_door(method: str, client: Client, db: None) -> None:
    pages = [reverse(tables.PAGE), reverse("admin:catalog_piece_out", args=["csv"])]
    pages.append(reverse("admin:catalog_piece_look", args=["0" * 32]))
    for page in pages:
        answer: Any = getattr(client, method)(page)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/admin/login/")


def test_what_the_house_reads_first_is_changed_on_its_page(
    shore: Collection, alice: User, owner: User, logged_in: LogIn
) -> None:
    make.make_piece(collection=shore, slug="tide", making="stocked")
    Designer.objects.update(is_trusted=False)
    row = {"address": "tide", "title": "Unread"}
    answer = tables.look(logged_in(alice), [row], shore.designer)
    assert "The house reads it first" in tables.errors_of(answer)
    tables.take_over(logged_in(alice), answer)
    assert Piece.objects.get().title != "Unread"
    client = logged_in(alice)
    tables.take_over(
        client, tables.look(client, [{"address": "tide", "ready": "3"}], shore.designer)
    )
    assert Piece.objects.get().variants.get().stock == 3
    assert tables.look(logged_in(owner), [row], shore.designer).context["wrong"] == 0
