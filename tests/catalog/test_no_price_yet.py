"""A draft has no price until its maker sets one: an empty field, wherever it stands."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog import prices
from catalog.models import Piece
from designers.models import Designer
from tests import factories as make
from tests.catalog import tables
from tests.catalog.test_admin_grid import rows
from tests.designers.forms import form_of

GRID = reverse("admin:catalog_piece_changelist")


@pytest.fixture
def ring(ines: Designer) -> Piece:
    """A draft made of photographs; its collection is not in the shop."""
    collection = make.make_collection(designer=ines, title="Low Water", published=False)
    return make.make_piece(
        collection=collection, slug="tide", title="Tide", status="draft", price=prices.UNPRICED
    )


@pytest.fixture
def desk(alice: User, logged_in: Callable[[User], Client]) -> Client:
    return logged_in(alice)


def page_of(piece: Piece) -> str:
    return reverse("admin:catalog_piece_change", args=[piece.pk])


def test_no_page_shows_a_number_for_it(ring: Piece, desk: Client) -> None:
    preview = reverse("admin:catalog_piece_preview", args=[ring.pk])
    for url in (GRID, page_of(ring), preview):
        text = desk.get(url).content.decode()
        assert "999,999" not in text
        assert "no price yet" in text


def test_a_new_piece_needs_none(ring: Piece, desk: Client) -> None:
    sent = {"collection": ring.collection_id, "title": "Cuff", "kind": "cuff", "price": ""}
    sent["making"] = "one_of_a_kind"
    assert desk.post(reverse("admin:catalog_piece_add"), sent).status_code == 302
    assert Piece.objects.get(title="Cuff").price == prices.UNPRICED


def test_its_page_keeps_it_empty_and_takes_one(ring: Piece, desk: Client) -> None:
    sent = form_of(desk, page_of(ring)) | {"price": "", "title": "Tide ring", "_save": "1"}
    assert desk.post(page_of(ring), sent).status_code == 302
    ring.refresh_from_db()
    assert (ring.price, ring.title) == (prices.UNPRICED, "Tide ring")
    desk.post(page_of(ring), form_of(desk, page_of(ring)) | {"price": "640", "_save": "1"})
    ring.refresh_from_db()
    assert ring.price == 64_000


def test_it_is_not_shown_without_one(ring: Piece, desk: Client) -> None:
    sent = form_of(desk, page_of(ring)) | {"status": "live", "price": "", "_save": "1"}
    answer = desk.post(page_of(ring), sent)
    assert "Set its price first." in answer.content.decode()
    ring.refresh_from_db()
    assert ring.status == "draft"


@pytest.mark.parametrize(("status", "kept"), [("draft", prices.UNPRICED), ("live", 64_000)])
def test_the_grid_empties_the_price_of_a_draft_alone(
    status: str, kept: int, ring: Piece, desk: Client
) -> None:
    Piece.objects.update(status=status, price=64_000)
    desk.post(GRID, rows(desk) | {"form-0-price": ""})
    ring.refresh_from_db()
    assert ring.price == kept


@pytest.mark.parametrize(("status", "told"), [("draft", ""), ("live", "Set its price first.")])
def test_a_table_empties_the_price_of_a_draft_alone(
    status: str, told: str, ring: Piece, desk: Client, ines: Designer
) -> None:
    Piece.objects.update(status=status, price=64_000)
    table = tables.csv_of([{"address": "tide", "price": ""}])
    answer = tables.send(desk, table, ines)
    assert told in tables.errors_of(answer)
    assert bool(told) == bool(tables.errors_of(answer))
