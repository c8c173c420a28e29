"""Rules 3 and 5 of the house, on every public page: the same bytes for everybody, a strict CSP."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.catalog.pages import Shop, furnish

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return furnish()


def ask(address: str, client: Client | None = None, **headers: str) -> Any:
    return (client or Client()).get(address, headers=headers)


def test_two_visitors_get_the_same_bytes(shop: Shop) -> None:
    holder = Client()
    variant = shop.pieces[0].variants.first()
    assert variant
    put = holder.post("/cart/", {"variant": variant.pk}, headers={"Sec-Fetch-Site": "same-origin"})
    assert put.status_code == 303
    for address in shop.addresses:
        seen_by_stranger, seen_by_holder = ask(address), ask(address, holder)
        assert seen_by_stranger.status_code == 200, address
        assert seen_by_stranger.content == seen_by_holder.content, address


def test_no_cookie_is_set_and_none_is_looked_at(shop: Shop) -> None:
    for address in shop.addresses:
        answer = ask(address)
        assert not answer.cookies, address
        assert "Cookie" not in answer.headers.get("Vary", ""), address
        assert "csrfmiddlewaretoken" not in answer.text, address


def test_an_unchanged_page_is_not_sent_again(shop: Shop) -> None:
    for address in shop.addresses:
        first = ask(address)
        again = ask(address, **{"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304, address
        assert again.content == b""
        assert again.headers["ETag"] == first.headers["ETag"]


def test_caches_are_told_how_long(shop: Shop) -> None:
    for address in shop.addresses:
        assert ask(address).headers["Cache-Control"] == "public, max-age=0, s-maxage=0", address


def test_only_reading_is_allowed(shop: Shop) -> None:
    client = Client()
    for address in shop.addresses:
        for method in ("post", "put", "patch", "delete"):
            assert getattr(client, method)(address).status_code == 405, (method, address)
        head = client.head(address)
        assert head.status_code == 200, address
        assert head.content == b""


def test_nothing_inline(shop: Shop) -> None:
    for address in shop.addresses:
        text = ask(address).text
        assert not re.search(r"\sstyle\s*=", text), address
        assert "<style" not in text, address
        assert not re.search(r"<[^>]*\son[a-z]+\s*=", text), address
        for script in re.findall(r"<script\b[^>]*>", text):
            assert "src=" in script or "application/ld+json" in script, address


def test_every_link_leads_somewhere(shop: Shop) -> None:
    """No dead link on any page, and no address from elsewhere."""
    client = Client()
    found = set()
    for address in shop.addresses:
        found |= set(re.findall(r'<a\b[^>]*\shref="([^"#]+)', client.get(address).text))
    inner = {link.replace("&amp;", "&") for link in found if link.startswith("/")}
    assert {link for link in found if not link.startswith(("/", "mailto:", "?"))} == set()
    files = {link for link in inner if link.startswith("/media/")}
    dead = {link for link in inner - files if client.get(link).status_code != 200}
    assert dead == set()
