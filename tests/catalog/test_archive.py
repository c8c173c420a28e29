"""What is made no more keeps its page, out of every list; what never was shown has none."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.timezone import now

from catalog import index, publishing, standing
from catalog.models import Collection, Piece
from tests.catalog.pages import Shop, furnish
from tests.factories import make_piece

pytestmark = pytest.mark.django_db
LISTS = ("/", "/pieces/", "/pieces/suggestions/?q=lamp", "/sitemap.xml", "/designers/")


@pytest.fixture
def shop() -> Shop:
    return furnish()


def test_a_retired_piece_keeps_a_page_that_sells_nothing(shop: Shop) -> None:
    gone = shop.pieces[0]
    assert standing.retire_piece(gone)
    index.forget()
    client = Client()
    answer = client.get(gone.get_absolute_url())
    assert answer.status_code == 200
    for part in ("Made no more", "It stands <em>high</em>.", "sister piece", "photo-gallery"):
        assert part in answer.text
    for part in ('action="/cart/"', "schema.org", "1,100"):
        assert part not in answer.text.partition("What Inês makes now")[0]
    for address in (*LISTS, shop.collection.get_absolute_url()):
        assert gone.slug not in client.get(address).text
    assert not standing.retire_piece(gone)


def test_a_piece_that_was_never_shown_has_no_archive(shop: Shop) -> None:
    draft = make_piece(collection=shop.collection, status="draft")
    Piece.objects.filter(pk=draft.pk).update(status=Piece.Status.RETIRED)
    assert Client().get(draft.get_absolute_url()).status_code == 404


def test_a_retired_collection_keeps_its_story_and_its_pieces_as_sold(
    shop: Shop, owner: User
) -> None:
    waits = make_piece(collection=shop.collection, status="waiting", title="Unread ring")
    publishing.retire(shop.collection, by=owner)
    index.forget()
    client = Client()
    text = client.get(shop.collection.get_absolute_url()).text
    assert "Made no more" in text
    assert "Words of text." in text
    assert 'data-state="available"' not in text
    assert "Unread ring" not in text
    assert client.get(waits.get_absolute_url()).status_code == 404
    piece = client.get(shop.pieces[0].get_absolute_url()).text
    assert "Made no more" in piece
    for address in (*LISTS, "/collections/", shop.designer.get_absolute_url()):
        assert shop.collection.slug not in client.get(address).text


def test_taken_out_of_the_shop_no_page_is_left(shop: Shop, owner: User) -> None:
    standing.retire_piece(shop.pieces[0])
    publishing.take_out(shop.collection, by=owner)
    publishing.publish(shop.collection, by=owner)
    client = Client()
    assert client.get(shop.pieces[0].get_absolute_url()).status_code == 404
    assert client.get(shop.pieces[1].get_absolute_url()).status_code == 200


def test_a_maker_who_has_left_leaves_no_archive(shop: Shop, owner: User) -> None:
    publishing.retire(shop.collection, by=owner)
    shop.designer.is_active = False
    shop.designer.save()
    for address in (shop.collection.get_absolute_url(), shop.pieces[0].get_absolute_url()):
        assert Client().get(address).status_code == 404


def test_scheduled_it_is_live_on_its_minute_and_needs_no_worker(
    shop: Shop, owner: User, settings: object
) -> None:
    settings.PUBLIC_PAGE_SECONDS = 30  # type: ignore[attr-defined]
    client, address = Client(), shop.collection.get_absolute_url()
    Collection.objects.update(published_at=now() + timedelta(seconds=60))
    assert client.get(address).status_code == 404
    Collection.objects.update(published_at=now())  # a minute on: nothing else happened
    assert client.get(address).status_code == 200  # no cache has kept the 404
