"""A piece is begun from another: what is of the model comes along, what is of the one does not."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog.copies import copy_of
from catalog.models import Collection, Piece
from designers.models import Designer
from tests import factories as make
from tests.designers.forms import form_of

LogIn = Callable[[User], Client]


@pytest.fixture
def collection(ines: Designer) -> Collection:
    return make.make_collection(designer=ines)


def test_sizes_and_materials_come_along_and_nothing_is_ready(collection: Collection) -> None:
    ring = make.make_piece(collection=collection, making="stocked", stock=4, summary="Of bark.")
    ring.variants.update(label="54", size=5400, price_difference=500, can_be_made=True, sku="T-1")
    silver = make.make_material()
    ring.piece_materials.create(
        material=silver, origin="Gondomar", claims=["recycled"], evidence="certificate 114"
    )
    copy = copy_of(ring)
    assert (copy.status, copy.summary, copy.position) == ("draft", "Of bark.", 1)
    size, made_of = copy.variants.get(), copy.piece_materials.get()
    assert (size.label, size.size, size.price_difference, size.can_be_made) == (
        *("54", 5400, 500, True),
    )
    assert (size.stock, size.reserved, size.sku) == (0, 0, "")
    assert (made_of.material, made_of.claims, made_of.evidence) == (
        *(silver, ["recycled"], "certificate 114"),
    )


def test_photographs_stay_with_the_piece_they_show(ines: Designer, collection: Collection) -> None:
    ring = make.make_piece(collection=collection)
    make.make_photo(ines, piece=ring)
    assert not copy_of(ring).photos.exists()
    assert ring.photos.count() == 1


@pytest.mark.parametrize(("making", "mark"), [("one_of_a_kind", ""), ("stocked", "925")])
def test_the_mark_of_a_unique_piece_is_struck_in_it_alone(
    making: str, mark: str, collection: Collection
) -> None:
    ring = make.make_piece(collection=collection, making=making, hallmark="925")
    assert copy_of(ring).hallmark == mark


@pytest.mark.parametrize("title", ["Tidestone ring", "x" * 80])
def test_each_copy_has_a_title_and_an_address_of_its_own(
    title: str, collection: Collection
) -> None:
    ring = make.make_piece(collection=collection, title=title)
    copies = [copy_of(ring), copy_of(ring)]
    assert all(copy.title.endswith(" (copy)") and len(copy.title) <= 80 for copy in copies)
    assert len({ring.slug, *(copy.slug for copy in copies)}) == 3


def test_the_button_keeps_the_page_first_and_leads_to_the_copy(
    alice: User, collection: Collection, logged_in: LogIn
) -> None:
    ring = make.make_piece(collection=collection, title="Tidestone ring", status="draft")
    client = logged_in(alice)
    url = reverse("admin:catalog_piece_change", args=[ring.pk])
    sent = form_of(client, url) | {"title": "Kelp ring", "_duplicate": "1"}
    answer = client.post(url, sent)
    copy = Piece.objects.get(title="Kelp ring (copy)")
    assert answer["Location"].endswith(f"/{copy.pk}/change/?copied=1")


def test_what_shoppers_see_is_not_changed_by_the_button(
    alice: User, collection: Collection, logged_in: LogIn
) -> None:
    ring = make.make_piece(collection=collection, title="Tidestone ring")
    client = logged_in(alice)
    url = reverse("admin:catalog_piece_change", args=[ring.pk])
    client.post(url, form_of(client, url) | {"title": "Kelp ring", "_duplicate": "1"})
    ring.refresh_from_db()
    assert ring.title == "Tidestone ring"
    assert Piece.objects.filter(title="Tidestone ring (copy)").exists()
    assert "Kelp ring" in client.get(url).content.decode()
