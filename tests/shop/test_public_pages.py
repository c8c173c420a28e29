"""Pages kept whole: answered before the database, compressed once, forgotten when told to."""

import gzip
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from shop import public_pages
from tests.catalog.pages import furnish

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(settings: Any) -> Any:
    settings.PUBLIC_PAGE_SECONDS = 30
    cache.clear()
    yield
    cache.clear()


def test_a_kept_page_asks_the_database_nothing(kept: None) -> None:
    furnish(pieces=1)
    first = Client().get("/pieces/")
    with CaptureQueriesContext(connection) as queries:
        second = Client().get("/pieces/")
    assert len(queries) == 0
    assert second.content == first.content
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Cache-Control"] == "public, max-age=0, s-maxage=30"


def test_forgetting_shows_what_has_changed(kept: None) -> None:
    shop = furnish(pieces=1)
    address = shop.pieces[0].get_absolute_url()
    assert "Renamed ring" not in Client().get(address).content.decode()
    shop.pieces[0].title = "Renamed ring"
    shop.pieces[0].save()
    assert "Renamed ring" not in Client().get(address).content.decode()
    public_pages.forget()
    assert "Renamed ring" in Client().get(address).content.decode()


def test_other_queries_are_other_pages(kept: None) -> None:
    furnish(pieces=1)
    assert Client().get("/pieces/").content != Client().get("/pieces/?kind=brooch").content


def test_what_is_not_found_is_not_kept(kept: None) -> None:
    assert Client().get("/pieces/later/").status_code == 404
    shop = furnish(pieces=1)
    shop.pieces[0].slug = "later"
    shop.pieces[0].save()
    assert Client().get("/pieces/later/").status_code == 200


def test_whoever_takes_gzip_gets_gzip_with_its_own_etag() -> None:
    plain = Client().get("/terms/")
    zipped = Client().get("/terms/", headers={"Accept-Encoding": "br, gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    assert zipped.headers["Vary"] == "Accept-Encoding"


def test_posting_to_a_kept_page_is_not_answered_from_it(kept: None) -> None:
    Client().get("/terms/")
    assert Client().post("/terms/").status_code == 405


def test_a_redirect_or_an_error_passes_through_as_it_is() -> None:
    @public_pages.public_page
    def gone(request: HttpRequest) -> HttpResponse:
        return HttpResponse("gone", status=410)

    answer: Any = gone(RequestFactory().get("/x/"))
    assert answer.status_code == 410
    assert "ETag" not in answer.headers
