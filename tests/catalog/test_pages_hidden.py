"""What is not in the shop is a 404 everywhere alike; its maker sees it under a secret address."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from catalog import index
from catalog.models import Collection, Piece
from tests.catalog.pages import Shop, furnish
from tests.factories import make_collection, make_photo, make_piece

pytestmark = pytest.mark.django_db

DRAFT = {"published_at": None}
SCHEDULED = {"published_at": now() + timedelta(days=1)}
RETIRED = {"published_at": now() - timedelta(days=2), "retired_at": now() - timedelta(days=1)}


@pytest.fixture
def shop() -> Shop:
    return furnish()


@pytest.mark.parametrize("columns", [DRAFT, SCHEDULED, RETIRED], ids=["draft", "later", "retired"])
def test_a_hidden_collection_is_nowhere(shop: Shop, columns: dict[str, object]) -> None:
    Collection.objects.filter(pk=shop.collection.pk).update(**columns)
    index.forget()
    client = Client()
    kept = 200 if columns is RETIRED else 404  # as an archive: test_archive.py
    assert client.get(shop.collection.get_absolute_url()).status_code == kept
    for piece in shop.pieces:
        assert client.get(piece.get_absolute_url()).status_code == kept
    for address in ("/", "/collections/", "/pieces/", "/designers/", "/pieces/suggestions/?q=lamp"):
        text = client.get(address).text
        assert shop.collection.title not in text
        assert shop.pieces[0].title not in text
    for address in (shop.designer.get_absolute_url(), shop.inspiration.get_absolute_url()):
        text = client.get(address).text
        assert shop.pieces[0].title not in text
    assert shop.pieces[0].slug not in client.get("/sitemap.xml").text


@pytest.mark.parametrize("status", [Piece.Status.DRAFT, Piece.Status.RETIRED])
def test_a_piece_that_is_not_live_is_nowhere(shop: Shop, status: str) -> None:
    hidden = shop.pieces[0]  # in the story, the pair, the line and the pins too
    Piece.objects.filter(pk=hidden.pk).update(status=status)
    index.forget()
    client = Client()
    assert client.get(hidden.get_absolute_url()).status_code == 404
    for address in ("/", "/pieces/", shop.collection.get_absolute_url(), "/sitemap.xml"):
        assert hidden.slug not in client.get(address).text


def test_a_designer_who_has_left_takes_everything_along(shop: Shop) -> None:
    shop.designer.is_active = False
    shop.designer.save()
    index.forget()
    client = Client()
    for address in (
        shop.designer.get_absolute_url(),
        shop.collection.get_absolute_url(),
        shop.pieces[0].get_absolute_url(),
    ):
        assert client.get(address).status_code == 404
    assert shop.designer.name not in client.get("/designers/").text


def test_the_preview_shows_a_draft_as_shoppers_will_see_it(shop: Shop) -> None:
    published = Client().get(shop.collection.get_absolute_url())
    Collection.objects.filter(pk=shop.collection.pk).update(**DRAFT)
    index.forget()
    preview = Client().get(f"/preview/{shop.collection.token}/")
    assert preview.status_code == 200
    for part in ("About text", "About hotspot", shop.pieces[3].title, "story-head"):
        assert part in published.text
        assert part in preview.text


def test_previews_lead_to_previews(shop: Shop) -> None:
    text = Client().get(f"/preview/{shop.collection.token}/").text
    slug = shop.pieces[1].slug
    assert f'"/preview/{shop.collection.token}/{slug}/"' in text
    assert f'"/pieces/{slug}/"' not in text
    piece = Client().get(f"/preview/{shop.collection.token}/{slug}/")
    assert piece.status_code == 200
    assert f'"/preview/{shop.collection.token}/"' in piece.text


def test_a_preview_is_for_one_pair_of_eyes(shop: Shop) -> None:
    piece = shop.pieces[0]
    for address in (
        f"/preview/{shop.collection.token}/",
        f"/preview/{shop.collection.token}/{piece.slug}/",
    ):
        answer = Client().get(address)
        assert "no-store" in answer.headers["Cache-Control"]
        assert "private" in answer.headers["Cache-Control"]
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert Client().post(address).status_code == 405


def test_a_draft_piece_has_a_preview_but_cannot_be_bought_there(shop: Shop) -> None:
    piece = make_piece(collection=shop.collection, status=Piece.Status.DRAFT, title="Draft ring")
    answer = Client().get(f"/preview/{shop.collection.token}/{piece.slug}/")
    assert answer.status_code == 200
    assert '<button class="button button--wide" type="submit" disabled>' in answer.text


def test_guessing_a_token_finds_nothing(shop: Shop) -> None:
    other = furnish()
    client = Client()
    assert client.get("/preview/wrong/").status_code == 404
    assert client.get(f"/preview/wrong/{shop.pieces[0].slug}/").status_code == 404
    foreign = f"/preview/{other.collection.token}/{shop.pieces[0].slug}/"
    assert client.get(foreign).status_code == 404


def test_what_a_story_became_is_no_earlier_in_the_shop_than_itself() -> None:
    shop = furnish()
    later = make_collection(designer=shop.designer, published=False)
    piece = make_piece(collection=later, title="Not there yet")
    photo = make_photo(shop.designer, piece=piece, alt="Nobody has seen this.")
    Collection.objects.filter(pk=shop.collection.pk).update(became=piece)
    for address in shop.addresses:
        text = Client().get(address).text
        assert photo.alt not in text, address
        assert "Not there yet" not in text, address
