"""The first page: one story in front, the others in an index, what is new, who makes it."""

from typing import Any

import pytest
from django.test import Client

from designers.models import Designer
from tests.catalog.pages import furnish
from tests.factories import make_collection, make_inspiration, make_photo, make_piece

pytestmark = pytest.mark.django_db


def home() -> str:
    answer: Any = Client().get("/")
    assert answer.status_code == 200
    return str(answer.text)


def test_an_empty_shop_has_a_first_page() -> None:
    text = home()
    assert "How a piece is made" in text
    assert "story-lead" not in text


def test_the_story_in_front_is_the_first_of_the_house() -> None:
    shop = furnish(pieces=5, title="Low Water", teaser="who walks out")
    make_collection(title="Noon", position=1, seen=make_photo(shop.designer))
    text = home()
    assert f'id="lead"><a href="{shop.collection.get_absolute_url()}">Low Water</a>' in text
    assert f"Five pieces by {shop.designer}, who walks out." in text
    lead = text[text.index("story-lead") : text.index("What we do")]
    assert shop.pieces[0].title in lead  # what it became
    assert "All five pieces" in text


def test_what_it_became_is_not_woven_in_again() -> None:
    shop = furnish(pieces=5)
    text = home()
    woven = text[text.index("wrap woven") : text.index("by-inspiration")]
    assert shop.pieces[0].title not in woven
    assert woven.count("piece-card__title") == 3


def test_the_index_names_what_each_story_was_made_from() -> None:
    shop = furnish(pieces=2)
    desert = make_inspiration(name="Desert")
    seen = make_photo(shop.designer)
    make_collection(title="Noon", position=1, inspiration=desert, seen=seen)
    text = home()
    assert "Two collections, by the thing that set each one off." in text
    assert "<b>Desert</b><span>Noon," in text


def test_new_pieces_can_be_had_and_are_of_other_stories() -> None:
    furnish(pieces=2)
    other = make_collection(title="Noon", position=1)
    make_piece(collection=other, title="Noon hoops")
    make_piece(collection=other, title="Gone cuff", stock=0)
    text = home()
    new = text[text.index('id="new"') : text.index('id="making"')]
    assert "Noon hoops" in new
    assert "Gone cuff" not in new


def test_makers_are_counted_in_words() -> None:
    furnish(pieces=1)
    assert "One maker, one mark" in home()
    furnish(pieces=1, position=1)
    assert Designer.objects.count() == 2
    assert "Two makers, two marks" in home()
