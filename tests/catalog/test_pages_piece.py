"""A piece's page: what can be had of it, in the four wordings, by which day."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localtime, now

from catalog.models import Piece, Variant
from tests.catalog.pages import furnish
from tests.factories import make_collection, make_designer, make_photo, make_piece, make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def piece() -> Piece:
    return furnish(pieces=1).pieces[0]


def page(piece: Piece) -> str:
    answer: Any = Client().get(piece.get_absolute_url())
    assert answer.status_code == 200
    return str(answer.text)


def one(**columns: Any) -> Piece:
    designer = make_designer(short_name="Inês", place="Porto")
    return make_piece(collection=make_collection(designer=designer), **columns)


def test_available() -> None:
    text = page(one(stock=1))
    assert ">available</span>" in text
    assert "Put in the basket" in text
    assert 'action="/cart/" method="post"' in text


def test_held() -> None:
    piece = one(stock=1)
    until = now() + timedelta(minutes=20)
    piece.variants.update(reserved=1, held_until=until)
    text = page(piece)
    assert f"in a basket until {localtime(until):%H:%M}" in text
    assert "Tell me if it returns" in text
    assert 'action="/cart/"' not in text


def test_a_lapsed_hold_is_no_hold() -> None:
    piece = one(stock=1)
    piece.variants.update(reserved=1, held_until=now() - timedelta(seconds=1))
    assert "Put in the basket" in page(piece)


def test_made() -> None:
    text = page(one(stock=0, making="made_to_order", lead_days=21))
    assert "made by Inês for you in 3 weeks" in text
    assert "Have it made" in text


def test_sold() -> None:
    text = page(one(stock=0))
    assert ">sold</span>" in text
    assert "Ask for a sister piece" in text


def test_sizes_say_what_can_be_had_of_each(piece: Piece) -> None:
    text = page(piece)
    assert "<b>54</b><small>ready</small>" in text
    assert "<b>56</b><small>3 weeks</small>" in text
    assert "<b>60</b><small>not made</small>" in text
    assert text.count("checked>") == 1
    assert text.count("disabled><b>60</b>") == 1


def test_the_first_ready_size_is_chosen(piece: Piece) -> None:
    Variant.objects.filter(piece=piece, label="54").update(stock=0)
    text = page(piece)
    assert 'data-state="made" checked' in text
    assert "<b>54</b><small>sold</small>" in text


def test_a_size_that_costs_more_says_so(piece: Piece) -> None:
    make_variant(piece, label="64", size=6_400, price_difference=4_000)
    assert "<b>64</b><small>ready, +40\xa0€</small>" in page(piece)


def test_each_way_of_having_it_names_one_day(piece: Piece) -> None:
    text = page(piece)
    assert text.count('class="promise"') == 2
    assert text.count("With you by") == 2
    assert 'data-when="available"' in text
    assert 'data-when="made"' in text


def test_facts_are_told_with_role_and_origin(piece: Piece) -> None:
    piece.piece_materials.update(origin="Recycled, refined in Gondomar")
    text = page(piece)
    assert "<dt>Metal</dt><dd>White gold<small>Recycled, refined in Gondomar</small></dd>" in text
    assert "<dd>4.2\xa0g in size 54</dd>" in text
    assert "Porto assay office, 750" in text


def test_the_photographs_are_links_to_the_large_files(piece: Piece) -> None:
    text = page(piece)
    assert 'data-pswp-width="1200" data-pswp-height="1500"' in text
    assert "-full-1200.webp" in text
    assert text.count('fetchpriority="high"') == 2  # the picture and its preload
    assert "imagesrcset" in text


def test_a_piece_without_photographs_has_a_page_too() -> None:
    piece = one(stock=1)
    assert piece.title in page(piece)


def test_photographs_that_are_not_ready_are_not_shown(piece: Piece) -> None:
    make_photo(piece.designer, piece=piece, alt="Still in the bath", state="waiting")
    assert "Still in the bath" not in page(piece)


def test_search_engines_get_the_offer(piece: Piece) -> None:
    text = page(piece)
    assert '"availability": "https://schema.org/InStock"' in text
    assert '"price": "1100.00", "priceCurrency": "EUR"' in text


def test_a_title_cannot_end_the_data_for_search_engines() -> None:
    text = page(one(title="</script><b>ring"))
    assert "</script><b>ring" not in text


def test_an_edition_says_how_many() -> None:
    assert "An edition of 8" in page(one(making="limited", stock=3))


def test_more_from_the_collection(piece: Piece) -> None:
    for _ in range(3):
        make_piece(collection=piece.collection)
    text = page(piece)
    assert "All four pieces" in text
    assert text.count("piece-card__title") == 3
