"""Pages ask the database as often at forty pieces as at four."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import index
from catalog.models import Front
from tests.catalog.pages import Shop, furnish, furnish_piece, tell
from tests.factories import make_collection, make_photo

pytestmark = pytest.mark.django_db

# Browsing reads the index anew here, in eight queries.
MOST, MOST_OF_BROWSE = 8, 13


def queries(address: str) -> int:
    index.forget()
    with CaptureQueriesContext(connection) as captured:
        assert Client().get(address).status_code == 200
    return len(captured)


def grow(shop: Shop) -> None:
    """Nine more collections of the same maker, with four pieces each."""
    for position in range(9):
        collection = make_collection(
            designer=shop.designer,
            inspiration=shop.inspiration,
            position=position,
            seen=make_photo(shop.designer),
        )
        pieces = [furnish_piece(collection, place) for place in range(4)]
        collection.became = pieces[0]
        collection.save()
        tell(collection, pieces)
    for _ in range(6):
        shop.pieces.append(furnish_piece(shop.collection, 9))
    tell(shop.collection, shop.pieces)


def test_the_number_of_queries_does_not_grow() -> None:
    furnish(pieces=3, position=1)
    shop = furnish(pieces=7)
    before = {address: queries(address) for address in shop.addresses}
    grow(shop)
    after = {address: queries(address) for address in shop.addresses}
    assert after == before
    for address, count in after.items():
        most = MOST_OF_BROWSE if address.startswith("/pieces/?") or address == "/pieces/" else MOST
        assert count <= most, address


def test_a_first_page_for_which_nothing_is_kept_asks_as_often() -> None:
    furnish()
    Front.objects.all().delete()
    assert queries("/") <= MOST


def test_the_words_of_an_error_cost_one_query_at_most() -> None:
    furnish()
    with CaptureQueriesContext(connection) as captured:
        assert Client().get("/nowhere/").status_code == 404
    assert len(captured) <= 1
