"""A collection from its first word to its last, as everybody who meets it sees it meanwhile."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime, now

from catalog.models import Collection, Draft, Piece, Review
from designers import holiday
from designers.models import Designer, Member
from orders import holds
from tests import factories as make
from tests.catalog.test_admin_review import answer, press, state_of
from tests.designers.forms import form_of

pytestmark = pytest.mark.django_db
LogIn = Callable[[User], Client]


@pytest.fixture
def house(owner: User, logged_in: LogIn) -> Client:
    return logged_in(owner)


@pytest.fixture
def maker(ines: Designer, alice: User, logged_in: LogIn) -> Client:
    Designer.objects.update(is_trusted=False)
    return logged_in(alice)


def begun(maker: Client, ines: Designer) -> Collection:
    """Its maker has begun it on the pages, with one piece."""
    sent = {"designer": ines.pk, "title": "Low Water", "standfirst": "At six."}
    assert maker.post(reverse("admin:catalog_collection_add"), sent).status_code == 302
    collection = Collection.objects.get()
    facts = {"title": "Tide ring", "kind": "ring", "making": "one_of_a_kind", "price": "640"}
    sent = facts | {"collection": collection.pk}
    assert maker.post(reverse("admin:catalog_piece_add"), sent).status_code == 302
    piece = Piece.objects.get()
    make.make_photo(ines, piece=piece)
    piece.variants.update(stock=1)
    press(maker, piece, status="live", _continue="1")
    seen = make.make_photo(ines, collection=collection)
    press(maker, collection, seen=seen.pk, _add="text")
    return Collection.objects.get()


def shown(thing: Collection | Piece) -> int:
    return Client().get(thing.get_absolute_url()).status_code


def asked(collection: Collection) -> Review:
    return Review.objects.open().get(collection=collection)


def test_from_the_first_word_to_the_archive(
    maker: Client, house: Client, ines: Designer, bob: User, logged_in: LogIn
) -> None:
    collection = begun(maker, ines)
    piece = collection.pieces.get()
    address = reverse("admin:catalog_collection_change", args=[collection.pk])
    assert logged_in(bob).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    press(maker, collection, _review="1")
    press(maker, collection, _withdraw="1")
    assert state_of(collection) == "draft"
    press(maker, collection, _review="1")
    assert answer(house, asked(collection), _return="1", reason="Which metal?")[0] == 302
    assert state_of(collection) == "returned"
    at = localtime(now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    press(maker, collection, standfirst="Silver, at six.", when="then", at=at, _review="1")
    holds.take(piece.variants.get(), make.make_cart())  # whatever a basket does changes nothing
    assert answer(house, asked(collection), _approve="1")[0] == 302
    assert (state_of(collection), shown(collection), shown(piece)) == ("scheduled", 404, 404)
    day = Collection.objects.get().published_at
    press(maker, collection, standfirst="Silver, at six o’clock.", _continue="1")
    press(maker, collection, _review="1")
    assert answer(house, asked(collection), _approve="1")[0] == 302
    assert Collection.objects.get().published_at == day  # a change of words brings it no nearer
    Collection.objects.update(published_at=now())  # the clock, and nobody else
    assert (state_of(collection), shown(collection), shown(piece)) == ("live", 200, 200)
    press(maker, collection, standfirst="Gold, at seven.", _continue="1")
    assert "Silver, at six o’clock." in Client().get(collection.get_absolute_url()).text
    press(maker, collection, _review="1")
    piece.variants.update(stock=0, reserved=0)  # sold while the house reads
    assert answer(house, asked(collection), _approve="1")[0] == 302
    assert "Gold, at seven." in Client().get(collection.get_absolute_url()).text
    press(maker, collection, _retire="1")
    for thing in (collection, piece):
        assert "Made no more" in Client().get(thing.get_absolute_url()).text
    press(maker, collection, standfirst="Unread.", _bring_back="1")
    text = Client().get(collection.get_absolute_url()).text
    assert "Made no more" not in text
    assert "Unread." not in text
    press(maker, collection, _unpublish="1")
    assert (state_of(collection), shown(collection), shown(piece)) == ("draft", 404, 404)


def test_what_was_never_held_can_be_taken_out_for_good(
    maker: Client, house: Client, ines: Designer
) -> None:
    collection = begun(maker, ines)
    piece = collection.pieces.get()
    press(maker, collection, _review="1")
    out = reverse("admin:catalog_collection_delete", args=[collection.pk])
    maker.post(out, {"post": "yes"})
    assert state_of(collection) == "review"  # its pieces first
    gone = reverse("admin:catalog_piece_delete", args=[piece.pk])
    assert maker.post(gone, {"post": "yes"}).status_code == 302
    assert answer(house, asked(collection), _approve="1")[0] == 409  # that was not read
    status, text = answer(house, asked(collection), _approve="1")
    assert status == 400
    assert "It needs at least one piece" in text
    assert state_of(collection) == "review"
    assert maker.post(out, {"post": "yes"}).status_code == 302
    assert not Collection.objects.exists()
    assert house.get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize(("role", "status"), [(Member.Role.EDITOR, 302), (Member.Role.BENCH, 403)])
def test_who_may_ask(
    role: str, status: int, maker: Client, ines: Designer, logged_in: LogIn
) -> None:
    collection = begun(maker, ines)
    client = logged_in(make.make_member(ines, role=role))
    address = reverse("admin:catalog_collection_change", args=[collection.pk])
    sent = form_of(maker, address) | {"_review": "1"}
    assert client.post(address, sent).status_code == status
    assert (state_of(collection) == "review") is (status == 302)


def test_a_trusted_maker_needs_nobody_also_on_holiday(maker: Client, ines: Designer) -> None:
    Designer.objects.update(is_trusted=True)
    collection = begun(maker, ines)
    today = now().date()
    holiday.begin(ines, first=today, back=today + timedelta(days=9), note="Away.")
    press(maker, collection, _publish="1")
    assert (state_of(collection), shown(collection)) == ("live", 200)
    piece = collection.pieces.get()
    press(maker, piece, price="700", _put_in="1")
    assert "700" in Client().get(piece.get_absolute_url()).text
    assert not Review.objects.exists()


def test_logged_out_meanwhile_nothing_is_kept_and_nothing_is_lost(
    maker: Client, ines: Designer
) -> None:
    collection = begun(maker, ines)
    draft = reverse("admin:catalog_collection_draft", args=[collection.pk])
    typed: dict[str, Any] = form_of(
        maker, reverse("admin:catalog_collection_change", args=[collection.pk])
    ) | {"standfirst": "Typed and not sent."}
    away = Client()  # its session has run out
    assert away.post(draft, typed).status_code == 302
    assert not Draft.objects.exists()
    told = maker.get(draft).json()  # in again: a fresh token, and what it had seen still counts
    assert told["token"]
    assert maker.post(draft, typed).status_code == 200
    assert "Typed and not sent." in str(Draft.objects.get().answers)
