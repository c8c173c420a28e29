"""A collection's page: all seven kinds of parts, pins in tenths, the pieces, the next story."""

from typing import Any

import pytest
from django.test import Client

from catalog.models import StoryBlock
from tests.catalog.pages import Shop, furnish
from tests.factories import make_collection, make_photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return furnish(pieces=3, note="Rope and light.", bench_note="Four more are on the bench.")


def page(shop: Shop) -> str:
    answer: Any = Client().get(shop.collection.get_absolute_url())
    assert answer.status_code == 200
    return str(answer.text)


def test_every_kind_of_part_is_told(shop: Shop) -> None:
    text = page(shop)
    for kind in StoryBlock.Kind.values:
        assert f"Words of {kind}." in text
    for part in ("pull-quote", "pair--uneven", "pinned-photo", "story__beside", "piece-line"):
        assert f'class="{part}' in text or f" {part}" in text
    assert "“Words of quote.”" in text
    assert "Inês, in October" in text


def test_pins_stand_in_tenths_and_have_a_twin_in_the_list(shop: Shop) -> None:
    text = page(shop)
    assert 'data-x="5" data-y="9"' in text  # 48 and 97 per cent, kept on the picture
    pin = StoryBlock.objects.get(collection=shop.collection, kind="hotspot").pk
    assert f'href="#pin-{pin}-1"' in text
    assert f'<li id="pin-{pin}-1">' in text


def test_designers_cannot_write_html(shop: Shop) -> None:
    shop.collection.blocks.filter(kind="text").update(
        text="<script>alert(1)</script> [x](javascript:alert(1)) <b onclick=x>bold</b> *so*"
    )
    text = page(shop)
    assert "<script>alert" not in text
    assert 'href="javascript' not in text
    assert "<b onclick" not in text
    assert "<em>so</em>" in text


def test_the_pieces_follow_the_story(shop: Shop) -> None:
    text = page(shop)
    assert 'id="pieces"' in text
    assert "Four more are on the bench." in text
    pieces = text[text.index('id="pieces"') :]
    assert [pieces.index(piece.title) for piece in shop.pieces] == sorted(
        pieces.index(piece.title) for piece in shop.pieces
    )


def test_a_story_without_pieces_or_parts_has_a_page() -> None:
    collection = make_collection()
    collection.blocks.all().delete()
    answer: Any = Client().get(collection.get_absolute_url())
    assert answer.status_code == 200
    assert 'id="pieces"' not in answer.text


def test_parts_whose_photograph_or_piece_is_gone_are_left_out_quietly(shop: Shop) -> None:
    shop.collection.blocks.update(photo=None, second_photo=None, piece=None)
    assert "Words of text." in page(shop)


def test_the_next_story_is_the_next_in_the_house_and_then_the_first(shop: Shop) -> None:
    make_collection(title="Noon", position=2, seen=make_photo(shop.designer))
    make_collection(title="After Field", position=1)
    assert '<h2 id="next">After Field</h2>' in page(shop)
    last: Any = Client().get("/collections/").text
    assert last.index("Low Water") < last.index("After Field") < last.index("Noon")


def test_the_only_story_has_no_next_one(shop: Shop) -> None:
    assert 'id="next"' not in page(shop)
