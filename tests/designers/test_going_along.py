"""Taking something out for good: what goes along is told, and what forbids it."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Inspiration, Piece, Variant
from designers.models import Designer
from orders import holds
from orders.models import Waiting
from tests import factories as make

LogIn = Callable[[User], Client]


@pytest.fixture
def ring(ines: Designer) -> Piece:
    ring = make.make_piece(collection=make.make_collection(designer=ines), title="Tidestone ring")
    Variant.objects.bulk_create(Variant(piece=ring, label=str(mm)) for mm in range(40, 79))
    return ring


def delete(thing: Piece | Inspiration) -> str:
    name = thing._meta.model_name
    return reverse(f"admin:catalog_{name}_delete", args=[thing.pk])


def test_sizes_are_counted_and_go(ring: Piece, alice: User, logged_in: LogIn) -> None:
    client = logged_in(alice)
    assert "Sizes: 40" in client.get(delete(ring)).text
    client.post(delete(ring), {"post": "yes"})
    assert not Piece.objects.exists()
    assert not Variant.objects.exists()


def test_what_is_in_a_basket_stays_and_is_named(ring: Piece, alice: User, logged_in: LogIn) -> None:
    holds.take(ring.variants.get(stock=1), make.make_cart())
    client = logged_in(alice)
    page = client.get(delete(ring)).text
    assert "This cannot go while these stand on it" in page
    assert "Hold: 1" in page
    assert "Tidestone ring" in page
    assert client.post(delete(ring), {"post": "yes"}).status_code == 200
    assert Piece.objects.exists()


def test_what_one_may_not_take_out_stays(ring: Piece, alice: User, logged_in: LogIn) -> None:
    Waiting.objects.create(variant=ring.variants.get(stock=1), email="ruta@example.lt")
    client = logged_in(alice)
    page = client.get(delete(ring)).text
    assert "somebody who waits" in page
    assert "ruta" not in page
    assert client.post(delete(ring), {"post": "yes"}).status_code == 403
    assert Piece.objects.exists()


def test_many_are_counted_and_twenty_named_in_few_queries(
    ring: Piece, alice: User, logged_in: LogIn
) -> None:
    pieces = [make.make_piece(collection=ring.collection) for _number in range(30)]
    client = logged_in(alice)
    address = reverse("admin:catalog_collection_delete", args=[ring.collection_id])
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address).text
    assert f"Pieces: {len(pieces) + 1}" in page
    assert "and 11 more" in page
    assert len(queries) <= 12


def test_an_inspiration_with_others_below_stays(owner: User, logged_in: LogIn) -> None:
    sea = Inspiration.objects.create(name="Sea", slug="sea", path="sea")
    Inspiration.objects.create(name="Tide", slug="tide", path="sea/tide", parent=sea)
    page = logged_in(owner).get(delete(sea)).text
    assert "Inspiration: 1" in page
    assert "Tide" in page
