"""Browsing and searching by address: no query string, however odd, breaks the page."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import index, search
from catalog.models import Piece
from tests.catalog.pages import Shop, furnish
from tests.factories import make_piece

pytestmark = pytest.mark.django_db

NAMES = ["kind", "ready", "inspiration", "metal", "stone", "colour", "size", "maker"]
NAMES += ["q", "sort", "page", "from", "to", "ids", "price_from"]
KNOWN = ["ring", "now", "made", "sister", "sea", "silver", "none", "white", "54", "new", "-price"]
ODD = ["-1", "0", "9" * 20, "1e9", "NaN", "Infinity", "<script>", "'", '"', "%", "*:*", "a:b AND"]
VALUES = st.one_of(st.sampled_from(KNOWN + ODD), st.text(max_size=90), st.integers().map(str))
QUERIES = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=6)


@pytest.fixture
def shop() -> Shop:
    return furnish(pieces=7)


def browse(query: str = "") -> Any:
    return Client().get(f"/pieces/?{query}")


@pytest.fixture
def kept_index(db: None, settings: Any) -> Any:
    """A very small shop, read once: two thousand pages of it are made."""
    furnish(pieces=1)
    settings.FACETS_SECONDS = 3600
    index.forget()
    yield
    index.forget()


@settings(settings.get_profile("odd"), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=QUERIES)
def test_no_query_breaks_it(kept_index: None, pairs: list[tuple[str, str]]) -> None:
    address = urlencode(pairs, errors="surrogatepass")
    assert browse(address).status_code == 200


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=st.text(max_size=120))
def test_no_words_break_the_suggestions(kept_index: None, words: str) -> None:
    answer = Client().get("/pieces/suggestions/", {"q": words})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "query", ["%00", "q=%00", "kind=%FF", "page=%C3%28", "&&&=", "q=" + "a" * 4000]
)
def test_broken_addresses_are_read_as_far_as_they_go(shop: Shop, query: str) -> None:
    assert browse(query).status_code == 200


def test_all_pieces_are_there_with_their_words(shop: Shop) -> None:
    text = browse().text
    assert '<b class="tabular">7 pieces</b>' in text
    for piece in shop.pieces:
        assert piece.get_absolute_url() in text
    assert 'data-state="available"' in text


def test_what_is_chosen_is_said_and_can_be_taken_away(shop: Shop) -> None:
    text = browse("metal=silver&kind=ring&maker=" + shop.designer.slug).text
    assert "rings, in silver, by " + shop.designer.name in text
    assert 'name="metal" value="silver" checked' in text
    assert f'href="/pieces/?kind=ring&amp;maker={shop.designer.slug}"' in text
    assert "Clear all" in text


def test_sorting_keeps_what_is_chosen(shop: Shop) -> None:
    text = browse("kind=ring&sort=price").text
    assert '<input type="hidden" name="kind" value="ring">' in text
    assert '<option value="price" selected>price, rising</option>' in text


def test_a_story_stands_among_its_pieces(shop: Shop) -> None:
    text = browse().text
    assert "story-tile" in text
    assert "The story behind seven of these pieces." in text


def test_pages_follow_each_other(shop: Shop) -> None:
    for _ in range(20):
        make_piece(collection=shop.collection)
    first = browse("kind=ring").text
    assert 'href="?kind=ring&amp;page=2" rel="next">Later' in first
    assert '<span aria-disabled="true">Earlier</span>' in first
    second = browse("kind=ring&page=2").text
    assert 'href="?kind=ring" rel="prev">Earlier' in second
    assert 'aria-current="page" aria-label="Page 2"' in second


def test_nothing_found_says_what_to_take_away(shop: Shop) -> None:
    make_piece(collection=shop.collection, kind="brooch")
    text = browse("kind=brooch&metal=silver").text
    assert "Nothing is all of that at once." in text
    assert "Take away Silver" in text
    assert "and there is one." in text
    assert "Take away Brooches" in text


def test_nothing_called_that(shop: Shop) -> None:
    text = browse("q=zzzzqq").text
    assert "<title>Nothing found: “zzzzqq” –" in text
    assert "Nothing called <em>zzzzqq</em>." in text
    assert "ask a maker" in text


def test_what_was_typed_cannot_become_html(shop: Shop) -> None:
    text = browse("q=<b>x</b>").text
    assert "<b>x</b>" not in text
    assert "&lt;b&gt;x&lt;/b&gt;" in text


def test_a_typing_error_finds_what_was_meant(shop: Shop) -> None:
    opal = make_piece(collection=shop.collection, title="Opal ring")
    search.reindex(Piece.objects.filter(pk=opal.pk))
    text = browse("q=oppal").text
    assert "for “opal”, which you may have meant" in text
    assert "Opal ring" in text


def test_suggestions_are_options_with_addresses(shop: Shop) -> None:
    answer = Client().get("/pieces/suggestions/?q=lamp")
    assert answer.text.count('role="option"') == 6
    assert f'data-href="{shop.pieces[-1].get_absolute_url()}"' in answer.text
