"""Photographs laid into pieces and into the story, ordered, and made into drafts."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog import drops, prices
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


def loose(collection: Collection, name: str = "lamp_1.jpg", **columns: Any) -> Photo:
    return make_photo(collection.designer, collection=collection, original_name=name, **columns)


def press(alices: Client, collection: Collection, **data: Any) -> Any:
    address = reverse("admin:catalog_collection_photographs_lay", args=[collection.pk])
    return alices.post(address, data, follow=True)


def order(piece: Piece) -> list[int]:
    return list(piece.photos.order_by("position", "pk").values_list("pk", flat=True))


def test_the_ticked_ones_go_behind_those_in_the_piece(
    alices: Client, collection: Collection
) -> None:
    piece = make_piece(collection=collection)
    first = make_photo(collection.designer, piece=piece, position=1)
    one, two = loose(collection, position=1), loose(collection, position=2)
    press(alices, collection, _into="1", into=f"piece-{piece.pk}", photo=[two.pk, one.pk])
    assert order(piece) == [first.pk, two.pk, one.pk]
    one.refresh_from_db()
    assert one.role == Photo.Role.DETAIL


def test_the_ticked_ones_become_a_new_draft(alices: Client, collection: Collection) -> None:
    photo = loose(collection)
    answer = press(alices, collection, _into="1", into="new", title="Tide cuff", photo=[photo.pk])
    piece = Piece.objects.get(title="Tide cuff")
    assert (piece.status, piece.kind, piece.price) == ("draft", "cuff", prices.UNPRICED)
    assert piece.variants.count() == 1
    assert order(piece) == [photo.pk]
    assert "Tide cuff is a draft now" in answer.content.decode()


def test_a_draft_goes_live_only_with_a_price(alices: Client, collection: Collection) -> None:
    piece = drops.make_piece(collection, "Tide cuff", [loose(collection).pk])
    address = reverse("admin:catalog_piece_change", args=[piece.pk])
    data = {"collection": collection.pk, "title": "Tide cuff", "kind": "cuff", "status": "live"}
    answer = alices.post(address, data | {"making": piece.making, "price": "999999.99"})
    assert "Set its price first." in answer.content.decode()


def test_they_go_into_the_story_and_back(alices: Client, collection: Collection) -> None:
    photo = loose(collection)
    press(alices, collection, _into="1", into="story", photo=[photo.pk])
    photo.refresh_from_db()
    assert photo.role == Photo.Role.INSPIRATION
    press(alices, collection, _into="1", into="loose", photo=[photo.pk])
    photo.refresh_from_db()
    assert (photo.role, photo.piece) == (Photo.Role.HERO, None)


def test_a_photograph_moves_one_place(alices: Client, collection: Collection) -> None:
    piece = make_piece(collection=collection)
    photos = [make_photo(collection.designer, piece=piece, position=n) for n in range(3)]
    a, b, c = (photo.pk for photo in photos)
    press(alices, collection, _earlier=c)
    assert order(piece) == [a, c, b]
    press(alices, collection, _later=a)
    assert order(piece) == [c, a, b]
    press(alices, collection, _earlier=c)
    assert order(piece) == [c, a, b]


def test_a_script_keeps_the_whole_order(alices: Client, collection: Collection) -> None:
    piece = make_piece(collection=collection)
    a = make_photo(collection.designer, piece=piece, position=1)
    b = loose(collection)
    press(alices, collection, _keep="1", into=f"piece-{piece.pk}", line=[b.pk, a.pk])
    assert order(piece) == [b.pk, a.pk]


def test_one_heap_becomes_a_draft_in_the_order_it_was_sorted(
    alices: Client, collection: Collection
) -> None:
    one, two, other = loose(collection), loose(collection), loose(collection, "rope.jpg")
    heaps = {"heap-1": [two.pk, one.pk], "title-1": "Harbour lamp", "heap-2": [other.pk]}
    press(alices, collection, _make="1", **heaps)
    assert order(Piece.objects.get(title="Harbour lamp")) == [two.pk, one.pk]
    other.refresh_from_db()
    assert other.piece is None


def test_all_heaps_at_once_where_one_is_of_a_piece_that_is_there(
    alices: Client, collection: Collection
) -> None:
    piece = make_piece(collection=collection, title="Harbour Lamp ring")
    lamp, rope = loose(collection), loose(collection, "rope.jpg")
    page = alices.get(reverse("admin:catalog_collection_photographs", args=[collection.pk]))
    assert f'name="meant-1" value="piece-{piece.pk}"' in page.content.decode()
    heaps = {"heap-1": [lamp.pk], "meant-1": f"piece-{piece.pk}"}
    answer = press(alices, collection, _make="all", **heaps, **{"heap-2": [rope.pk]})
    assert order(piece) == [lamp.pk]
    assert order(Piece.objects.get(title="New piece 2")) == [rope.pk]
    said = "1 draft made; its price is still to be set. 1 photograph added."
    assert said in answer.content.decode()


def test_a_name_with_invisible_characters_is_cleaned(
    alices: Client, collection: Collection
) -> None:
    photo = loose(collection)
    press(alices, collection, _make="1", **{"heap-1": [photo.pk], "title-1": "Tide\0 " + "x" * 300})
    assert Piece.objects.get().title.startswith("Tide x")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"_into": "1", "into": "new"}, "Tick the photographs first."),
        ({"_make": "1"}, "There was nothing to lay."),
        ({"_make": "all", "heap-1": ["x", "99999999999999999999"]}, "There was nothing to lay."),
        ({"_keep": "1", "into": "piece-x"}, "Choose a piece of this collection, or the story."),
    ],
)
def test_what_makes_no_sense_is_said(
    alices: Client, collection: Collection, data: dict[str, Any], sentence: str
) -> None:
    assert sentence in press(alices, collection, **data).content.decode()


@pytest.mark.parametrize(
    "into", ["", "piece-", "piece-0", "piece-999999999999", "nowhere", "x" * 40]
)
def test_a_place_that_is_not_is_refused(alices: Client, collection: Collection, into: str) -> None:
    photo = loose(collection)
    press(alices, collection, _into="1", into=into, photo=[photo.pk])
    photo.refresh_from_db()
    assert photo.piece is None


class TestAnotherDesigners:
    @pytest.fixture
    def theirs(self, henrik: Designer) -> Collection:
        return make_collection(designer=henrik)

    def test_piece_takes_no_photograph(
        self, alices: Client, collection: Collection, theirs: Collection
    ) -> None:
        piece, photo = make_piece(collection=theirs), loose(collection)
        into = f"piece-{piece.pk}"
        press(alices, collection, _into="1", into=into, photo=[photo.pk])
        press(alices, collection, _keep="1", into=into, line=[photo.pk])
        press(alices, collection, _make="1", **{"heap-1": [photo.pk], "meant-1": into})
        assert not piece.photos.exists()

    @pytest.mark.parametrize("act", ["_into", "_keep", "_make", "_earlier", "_later"])
    def test_photograph_is_not_touched(
        self, alices: Client, collection: Collection, theirs: Collection, act: str
    ) -> None:
        piece, photo = make_piece(collection=collection), loose(theirs, position=5)
        press(
            alices,
            collection,
            **{act: photo.pk if act in {"_earlier", "_later"} else "1"},
            into=f"piece-{piece.pk}",
            photo=[photo.pk],
            line=[photo.pk],
            **{"heap-1": [photo.pk]},
        )
        photo.refresh_from_db()
        assert (photo.piece, photo.position, photo.collection) == (None, 5, theirs)
        assert Piece.objects.filter(designer=collection.designer).count() == 1

    def test_collection_is_not_found(self, alices: Client, theirs: Collection) -> None:
        photo = loose(theirs)
        answer = press(alices, theirs, _into="1", into="story", photo=[photo.pk])
        assert answer.status_code == 404
