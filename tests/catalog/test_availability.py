"""The four wordings, and times as makers say them."""

from datetime import UTC, datetime

import pytest
from django.utils.timezone import override

from catalog import availability
from catalog.models import Piece, Variant
from designers.models import Designer
from tests.factories import make_piece


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1, "1 day"),
        (3, "3 days"),
        (7, "1 week"),
        (10, "10 days"),
        (14, "2 weeks"),
        (15, "3 weeks"),
        (21, "3 weeks"),
        (35, "5 weeks"),
    ],
)
def test_time_is_counted_in_days_and_then_in_whole_weeks(days: int, words: str) -> None:
    assert availability.duration(days) == words


def test_held_names_the_shops_time_of_day() -> None:
    with override("Europe/Dublin"):
        found = availability.held(datetime(2026, 7, 1, 13, 32, tzinfo=UTC))
    assert found.word == "in a basket until 14:32"


def test_held_by_somebody_who_pays_names_no_time() -> None:
    assert availability.held(None).word == "in a basket"


def test_made_names_the_maker() -> None:
    found = availability.made(Designer(short_name="Inês"), 21)
    assert (found.word, found.button) == ("made by Inês for you in 3 weeks", "Have it made")


def test_sold_offers_a_sister_in_lists() -> None:
    assert availability.sold().in_lists == "sold – ask for a sister piece"
    assert availability.available().in_lists == "available"


@pytest.mark.django_db
def test_what_is_one_of_a_kind_is_never_made_again() -> None:
    piece = make_piece(stock=0)
    Variant.objects.filter(piece=piece).update(can_be_made=True)
    shown = Piece.objects.with_availability().get(pk=piece.pk)
    assert availability.of_piece(shown).state == "sold"
    assert availability.of_variant(piece.variants.get(), piece).state == "sold"
