"""Scheduled, a collection is live on its minute: no kept page, here or elsewhere, outlives that."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from catalog import index
from catalog.models import Collection
from tests.catalog.pages import Shop, furnish

pytestmark = pytest.mark.django_db
LISTS = ("/", "/collections/", "/pieces/", "/pieces/suggestions/?q=lamp", "/sitemap.xml")


class Later(datetime):
    """The clock, once it is open."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + timedelta(seconds=11)


@pytest.fixture
def shop(settings: Any) -> Iterator[Shop]:
    """Opens in ten seconds; its lists are kept for thirty, its filters for an hour."""
    settings.PUBLIC_PAGE_SECONDS, settings.FACETS_SECONDS = 30, 3600
    shop = furnish()
    Collection.objects.update(published_at=timezone.now() + timedelta(seconds=10))
    cache.clear()
    index.forget()
    yield shop
    cache.clear()
    index.forget()


def test_lists_show_it_from_its_moment_on(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    slugs = (shop.collection.slug, *(piece.slug for piece in shop.pieces))
    client = Client()
    before = {address: client.get(address) for address in LISTS}
    for answer in before.values():
        assert not any(f"/{slug}/" in answer.text for slug in slugs)
        assert int(answer.headers["Cache-Control"].rpartition("=")[2]) <= 10
    monkeypatch.setattr(timezone, "datetime", Later)
    for address, old in before.items():
        answer = client.get(address, headers={"If-None-Match": old.headers["ETag"]})
        assert answer.status_code == 200, address
        assert any(f"/{slug}/" in answer.text for slug in slugs), address
        assert answer.headers["Cache-Control"].endswith("=30")
        again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_what_is_not_there_yet_is_kept_by_nobody(shop: Shop) -> None:
    answer = Client().get(shop.collection.get_absolute_url())
    assert answer.status_code == 404
    assert "ETag" not in answer.headers
