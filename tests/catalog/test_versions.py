"""Earlier versions: written when it is kept, read, and put back as a draft."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from catalog import versions
from catalog.models import Collection, Draft, Version
from designers.models import Designer
from tests import factories as make
from tests.catalog.test_drafts import page_of, press

LogIn = Callable[[User], Client]


@pytest.fixture
def client(alice: User, logged_in: LogIn) -> Client:
    return logged_in(alice)


@pytest.fixture
def live(ines: Designer, client: Client) -> Collection:
    """In the shop with two versions: Low Water, then High Water without its second block."""
    collection = make.make_collection(designer=ines, title="Low Water")
    collection.seen = make.make_photo(ines, collection=collection)
    collection.save()
    second = collection.blocks.create(position=2, text="Then it turns.")
    make.make_shown_piece(collection=collection)
    press(client, collection, teaser="who walks out", _publish="1")
    press(client, collection, title="High Water", _remove=second.pk)
    press(client, collection, _publish="1")
    collection.refresh_from_db()
    return collection


def page(thing: Collection, name: str, version: Version) -> str:
    return reverse(f"admin:catalog_collection_{name}", args=[thing.pk, version.pk])


def test_one_is_written_each_time_it_goes_in(client: Client, live: Collection) -> None:
    kinds = list(live.versions.values_list("kind", flat=True))
    assert kinds == ["live", "live", "live"]  # and how it stood before
    text = client.get(page_of(live, "versions")).content.decode()
    assert "alice" in text
    assert "Title" in text


def test_looking_at_one_changes_nothing(client: Client, live: Collection) -> None:
    first = live.versions.last()
    assert first
    text = client.get(page(live, "version", first)).content.decode()
    assert "Put this one back" in text
    shown = client.get(page(live, "version_preview", first)).content.decode()
    assert "Low Water" in shown
    assert "Then it turns." in shown
    live.refresh_from_db()
    assert (live.title, live.blocks.count()) == ("High Water", 1)


def test_one_comes_back_as_a_draft_and_then_into_the_shop(client: Client, live: Collection) -> None:
    press(client, live, note="Waiting.", _continue="1")
    first = live.versions.last()
    assert first
    client.post(page(live, "version", first))
    live.refresh_from_db()
    assert (live.title, live.blocks.count()) == ("High Water", 1)
    assert live.versions.filter(kind="aside").count() == 1
    press(client, live, _publish="1")
    live.refresh_from_db()
    assert live.title == "Low Water"
    texts = list(live.blocks.order_by("position").values_list("text", flat=True))
    assert texts == ["At six the harbour is empty.", "Then it turns."]


def test_a_piece_comes_back_without_its_old_price_and_stock(
    client: Client, live: Collection
) -> None:
    ring = live.pieces.get()
    press(client, ring, summary="First.", _put_in="1")
    first = ring.versions.first()
    assert first
    press(client, ring, summary="Second.", price="999", _put_in="1")
    ring.variants.update(stock=7)
    url = reverse("admin:catalog_piece_version", args=[ring.pk, first.pk])
    assert "First." in client.get(url).content.decode()
    client.post(url)
    press(client, ring, _put_in="1")
    ring.refresh_from_db()
    assert (ring.summary, ring.price, ring.variants.get().stock) == ("First.", 99_900, 7)


def test_a_foreign_version_is_not_found(
    live: Collection, bob: User, logged_in: LogIn, client: Client, henrik: Designer
) -> None:
    first = live.versions.last()
    assert first
    other = make.make_collection(designer=henrik)
    stranger = logged_in(bob)
    for name in ("version", "version_preview"):
        for thing in (live, other):
            assert stranger.get(page(thing, name, first)).status_code == 404
            assert stranger.post(page(thing, name, first)).status_code in {404, 405}
    for name in ("versions", "draft", "preview", "drop", "prose"):
        assert stranger.get(page_of(live, name)).status_code == 404
        assert stranger.post(page_of(live, name), {"title": "Stolen"}).status_code == 404
    assert not Draft.objects.exists()


def test_old_ones_are_thinned_to_one_a_week(ines: Designer) -> None:
    collection = make.make_collection(designer=ines)
    for days in range(100):
        Version.objects.create(collection=collection, at=now() - timedelta(days=days))
    assert versions.prune() > 30
    assert versions.prune() == 0
    left = list(collection.versions.values_list("at", flat=True))
    assert len(left) >= versions.LAST
    weeks = [at.isocalendar()[:2] for at in left[versions.LAST :]]
    assert len(weeks) == len(set(weeks))
