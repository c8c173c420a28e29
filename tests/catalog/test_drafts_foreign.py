"""What a draft names of somebody else's, or of what is gone, never gets into the shop.

A draft keeps whatever was typed; it is judged by whoever puts it in, also by the house.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from catalog import drafts, publishing, versions
from catalog.models import Collection, Piece, StoryBlock, Version
from designers.models import Designer
from tests import factories as make
from tests.designers.forms import form_of

pytestmark = pytest.mark.django_db
LogIn = Callable[[User], Client]
Kind = StoryBlock.Kind


@pytest.fixture
def low_water(ines: Designer) -> Collection:
    """Live, with a block of each kind that refers to something; its maker is under review."""
    Designer.objects.update(is_trusted=False)
    collection = make.make_collection(designer=ines, seen=make.make_photo(ines))
    make.make_shown_piece(collection=collection)
    collection.blocks.all().delete()
    for place, kind in enumerate([Kind.PAIR, Kind.BESIDE, Kind.HOTSPOT]):
        StoryBlock.objects.create(collection=collection, kind=kind, position=place)
    return collection


@pytest.fixture
def secret(henrik: Designer) -> Piece:
    piece = make.make_piece(collection=make.make_collection(designer=henrik), title="Secret ring")
    make.make_photo(henrik, piece=piece, alt="A secret")
    return piece


def named(collection: Collection) -> set[int | None]:
    """Numbers of all photographs and pieces that the collection refers to."""
    fresh = Collection.objects.get(pk=collection.pk)
    rows = fresh.blocks.values_list("photo", "second_photo", "piece", "pins__piece")
    return {fresh.seen_id, fresh.became_id, *(pk for row in rows for pk in row)} - {None}


def page(collection: Collection, name: str = "change") -> str:
    return reverse(f"admin:catalog_collection_{name}", args=[collection.pk])


def test_a_foreign_key_in_a_draft_is_put_in_by_nobody(
    low_water: Collection, secret: Piece, alice: User, owner: User, logged_in: LogIn
) -> None:
    maker, house = logged_in(alice), logged_in(owner)
    photo, before = secret.photos.get().pk, named(low_water)
    foreign: dict[str, Any] = {
        "seen": photo,
        "became": secret.pk,
        "blocks-0-photo": photo,
        "blocks-0-second_photo": photo,
        "blocks-1-piece": secret.pk,
        "blocks-2-photo": photo,
        "blocks-2-pins-0-piece": secret.pk,
        "blocks-2-pins-0-x": "10",
        "blocks-2-pins-0-y": "10",
    }
    sent = form_of(maker, page(low_water)) | foreign
    assert maker.post(page(low_water, "draft"), sent).status_code == 200
    draft = drafts.of(low_water)
    assert draft
    assert set(draft.lacks["fields"]) == {"seen", "became"}
    assert len(draft.lacks["rows"]["blocks"]) == 3
    for client in (maker, house):
        for name in ("change", "preview"):
            assert "ecret" not in client.get(page(low_water, name)).text
    for person in (alice, owner):
        with pytest.raises(ValidationError):
            publishing.ask(low_water, by=person)
    with pytest.raises(ValidationError):
        publishing.publish(low_water, by=owner)
    assert named(low_water) == before


def test_a_piece_is_never_moved_to_somebody_else(
    low_water: Collection, secret: Piece, alice: User, owner: User, logged_in: LogIn
) -> None:
    piece = low_water.pieces.get()
    address = reverse("admin:catalog_piece_change", args=[piece.pk])
    for client in (logged_in(alice), logged_in(owner)):
        sent = form_of(client, address) | {"collection": secret.collection_id, "_put_in": "1"}
        client.post(address, sent)
        client.post(address, sent | {"_continue": "1"})
    piece.refresh_from_db()
    assert piece.collection == low_water
    assert piece.designer == low_water.designer


def test_an_old_version_names_only_what_is_still_there(
    low_water: Collection, ines: Designer, alice: User, owner: User, logged_in: LogIn
) -> None:
    maker = logged_in(alice)
    gone, moved = make.make_photo(ines), make.make_shown_piece(collection=low_water)
    first, second, _third = low_water.blocks.all()
    StoryBlock.objects.filter(pk=first.pk).update(photo=gone)
    StoryBlock.objects.filter(pk=second.pk).update(piece=moved)
    versions.keep(low_water, alice)
    old = Version.objects.latest("pk")
    StoryBlock.objects.filter(pk=second.pk).update(piece=None)
    gone.delete()
    elsewhere = make.make_collection(designer=ines, published=False)
    Piece.objects.filter(pk=moved.pk).update(collection=elsewhere)
    address = reverse("admin:catalog_collection_version", args=[low_water.pk, old.pk])
    assert maker.get(address).status_code == 200
    assert maker.post(address).status_code == 302
    assert maker.get(page(low_water)).status_code == 200
    publishing.publish(low_water, by=owner)
    assert gone.pk not in named(low_water)
