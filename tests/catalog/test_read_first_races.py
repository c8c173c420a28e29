"""The house approves while its maker writes: what nobody has read is never in the shop.

The approval is held open between its comparison and its commit while the maker's request runs,
on whichever database runs.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from catalog import publishing
from catalog.models import Collection, Piece, Review
from designers.models import Designer
from tests import factories as make
from tests.catalog import tables
from tests.catalog.test_admin_grid import GRID, rows
from tests.designers.forms import form_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
UNREAD = "Something nobody has read"
# As long as a request that waits for nothing needs; one that waits is waited for.
_LONG_ENOUGH = 1.0


@pytest.fixture
def ring(ines: Designer) -> Piece:
    """Of a collection that its maker has asked for."""
    Designer.objects.filter(pk=ines.pk).update(is_trusted=False)
    collection = make.make_collection(designer=ines, published=False)
    collection.seen = make.make_photo(ines)
    collection.save()
    return make.make_shown_piece(collection=collection, title="Read ring", making="stocked")


def grid(client: Client, ring: Piece) -> Callable[[], Any]:
    sent = rows(client) | {"form-0-title": UNREAD}
    return lambda: client.post(reverse(GRID), sent)


def act_on_many(client: Client, ring: Piece) -> Callable[[], Any]:
    sent = {"act": "price", "piece": ring.pk, "by": "amount", "change": "1", "rounding": "100"}
    sent |= {f"seen-{ring.pk}": ring.price}
    return lambda: client.post(reverse("admin:catalog_piece_together"), sent)


def photograph(client: Client, ring: Piece) -> Callable[[], Any]:
    address = reverse("admin:catalog_photo_change", args=[ring.photos.get().pk])
    sent = form_of(client, address) | {"alt": UNREAD, "_save": "1"}
    return lambda: client.post(address, sent)


def tray(client: Client, ring: Piece) -> Callable[[], Any]:
    loose = make.make_photo(ring.designer, collection=ring.collection, alt=UNREAD)
    address = reverse("admin:catalog_collection_photographs_lay", args=[ring.collection_id])
    sent = {"_into": "1", "into": f"piece-{ring.pk}", "photo": loose.pk}
    return lambda: client.post(address, sent)


def size(client: Client, ring: Piece) -> Callable[[], Any]:
    address = reverse("admin:catalog_piece_size", args=[ring.pk])
    return lambda: client.post(address, {"run": "61 mm"})


def size_on_the_bench(client: Client, ring: Piece) -> Callable[[], Any]:
    ring.sized = "ring"
    ring.save()
    sent = {"offer": f"{ring.pk} 61"}
    return lambda: client.post(reverse("admin:orders_figure_offer"), sent)


def page(client: Client, ring: Piece) -> Callable[[], Any]:
    address = reverse("admin:catalog_piece_change", args=[ring.pk])
    sent = form_of(client, address) | {"title": UNREAD, "_save": "1"}
    return lambda: client.post(address, sent)


def table(client: Client, ring: Piece) -> Callable[[], Any]:
    look = tables.look(client, [{"address": ring.slug, "title": UNREAD}], ring.designer)
    sent = {"seen": look.context["seen"]}
    return lambda: client.post(look.request["PATH_INFO"], sent)


@pytest.mark.parametrize(
    "path", [grid, act_on_many, table, photograph, tray, size, size_on_the_bench, page]
)
def test_nothing_comes_between(
    path: Callable[[Client, Piece], Callable[[], Any]],
    ring: Piece,
    alice: User,
    owner: User,
    logged_in: Callable[[User], Client],
) -> None:
    post = path(logged_in(alice), ring)
    review = publishing.ask(Collection.objects.get(pk=ring.collection_id), by=alice)
    done, answers = threading.Event(), []

    def write() -> None:
        try:
            answers.append(post().status_code)
        finally:
            done.set()
            connection.close()

    writer = threading.Thread(target=write)
    with transaction.atomic():
        publishing.approve(review, by=owner, revision=review.revision)
        writer.start()
        done.wait(_LONG_ENOUGH)
    writer.join(60)
    assert answers
    assert answers[0] in {200, 302, 409}
    assert Review.objects.get().answer == "approved"
    assert in_the_shop(ring) == read(review)


def in_the_shop(ring: Piece) -> list[Any]:
    ring.refresh_from_db()
    photos = ring.photos.filter(waits=False).values_list("alt", flat=True)
    return [ring.title, ring.price, sorted(photos), ring.variants.count()]


def read(review: Review) -> list[Any]:
    (piece,) = review.snapshot["pieces"]
    photos = [row["alt"] for row in review.snapshot["photos"].values() if row["piece_id"]]
    return [piece["title"], piece["price"], sorted(photos), len(piece["sizes"])]
