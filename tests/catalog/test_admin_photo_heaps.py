"""Heaps as a maker corrects them: what was dragged, ticked or named is there again next time."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog.models import Collection, Photo, Piece
from designers.models import Designer
from tests.factories import make_collection, make_photo, make_piece

pytestmark = pytest.mark.django_db


@pytest.fixture
def collection(ines: Designer) -> Collection:
    return make_collection(designer=ines)


@pytest.fixture
def alices(alice: User, logged_in: Callable[[User], Client]) -> Client:
    return logged_in(alice)


def loose(collection: Collection, name: str, position: int, **columns: Any) -> Photo:
    columns |= {"original_name": name, "position": position, "collection": collection}
    return make_photo(collection.designer, **columns)


def press(alices: Client, collection: Collection, **data: Any) -> Any:
    address = reverse("admin:catalog_collection_photographs_lay", args=[collection.pk])
    return alices.post(address, data, follow=True)


def heap(title: str) -> list[int]:
    return list(Photo.objects.filter(heap=title, piece=None).values_list("pk", flat=True))


def test_a_drag_to_another_heap_is_kept(alices: Client, collection: Collection) -> None:
    lamp, rope = loose(collection, "lamp.jpg", 1), loose(collection, "rope.jpg", 2)
    line = {"line": [rope.pk, lamp.pk], "title-1": "Lamp"}
    answer = press(alices, collection, _keep="1", into="heap-1", **line)
    assert heap("Lamp") == [rope.pk, lamp.pk]
    assert "2 photographs</b>, as you laid it" in answer.content.decode()


def test_a_drag_out_of_a_piece_is_kept(alices: Client, collection: Collection) -> None:
    piece = make_piece(collection=collection)
    out = make_photo(collection.designer, piece=piece, position=1)
    lamp = loose(collection, "lamp.jpg", 5)
    line = {"line": [lamp.pk, out.pk], "title-1": "Lamp"}
    press(alices, collection, _keep="1", into="heap-1", **line)
    assert heap("Lamp") == [lamp.pk, out.pk]
    assert not piece.photos.exists()


def test_the_ticked_ones_go_into_a_heap_without_script(
    alices: Client, collection: Collection
) -> None:
    lamp, rope = loose(collection, "lamp.jpg", 1), loose(collection, "rope.jpg", 2)
    heaps = {"heap-1": [lamp.pk], "title-1": "Lamp", "heap-2": [rope.pk], "title-2": "Rope"}
    answer = press(alices, collection, _into="1", into="heap-1", photo=[rope.pk], **heaps)
    assert heap("Lamp") == [lamp.pk, rope.pk]
    assert "1 photograph laid there." in answer.content.decode()


def test_a_typed_name_outlives_another_button(alices: Client, collection: Collection) -> None:
    lamp, other = loose(collection, "lamp.jpg", 1), loose(collection, "lamp_2.jpg", 2)
    heaps = {"heap-1": [lamp.pk, other.pk], "title-1": "Quay light", "was-1": "Lamp"}
    answer = press(alices, collection, _later=lamp.pk, **heaps)
    assert set(heap("Quay light")) == {lamp.pk, other.pk}
    assert 'value="Quay light"' in answer.content.decode()


def test_a_look_alike_is_laid_into_its_piece_when_told_so(
    alices: Client, collection: Collection
) -> None:
    piece = make_piece(collection=collection, title="Tidestone ring")
    make_photo(collection.designer, piece=piece, perceptual_hash=0x0F0F0F0F)
    new = loose(collection, "DSC_1.jpg", 1, perceptual_hash=0x0F0F0F0E)
    page = alices.get(reverse("admin:catalog_collection_photographs", args=[collection.pk]))
    assert "It looks like Tidestone ring." in page.content.decode()
    press(alices, collection, _join=f"1-{piece.pk}", **{"heap-1": [new.pk]})
    assert piece.photos.filter(pk=new.pk).exists()


@pytest.mark.parametrize("join", ["", "1", "1-x", "1-0", "x-1", "1-99999999999999999999"])
def test_a_nonsensical_join_breaks_nothing(
    alices: Client, collection: Collection, join: str
) -> None:
    new = loose(collection, "DSC_1.jpg", 1)
    answer = press(alices, collection, _join=join, **{"heap-1": [new.pk]})
    assert "There was nothing to lay." in answer.content.decode()


def test_another_designers_piece_and_photographs_are_not_touched(
    alices: Client, collection: Collection, henrik: Designer
) -> None:
    theirs = make_collection(designer=henrik)
    piece, photo = make_piece(collection=theirs), loose(theirs, "lamp.jpg", 3)
    mine = loose(collection, "DSC_1.jpg", 1)
    press(alices, collection, _join=f"1-{piece.pk}", **{"heap-1": [mine.pk]})
    press(alices, collection, _keep="1", into="heap-1", line=[photo.pk], **{"title-1": "Mine"})
    photo.refresh_from_db()
    assert (photo.heap, photo.position) == ("", 3)
    assert not piece.photos.exists()


def test_what_heaps_became_is_shown_once(alices: Client, collection: Collection) -> None:
    lamp = loose(collection, "lamp.jpg", 1)
    answer = press(alices, collection, _make="1", **{"heap-1": [lamp.pk], "title-1": "Quay light"})
    text = answer.content.decode()
    assert "1 draft made; its price is still to be set." in text
    assert "The shoot is in" in text
    piece = Piece.objects.get(title="Quay light")
    assert reverse("admin:catalog_piece_change", args=[piece.pk]) in text
    assert 'id="made"' not in alices.get(answer.request["PATH_INFO"]).content.decode()
