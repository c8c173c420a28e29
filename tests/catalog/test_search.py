"""Words find pieces: as prefixes, without accents, through small typos, on both databases."""

import pytest

from catalog import search
from catalog.models import Piece
from tests.factories import make_collection, make_designer, make_inspiration, make_piece

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamp() -> Piece:
    sea = make_inspiration(name="Sea", slug="sea")
    designer = make_designer(name="Élodie Marchand", short_name="Élodie")
    collection = make_collection(title="Low Water", designer=designer, inspiration=sea)
    piece = make_piece(
        title="Harbour Lamp ring", collection=collection, material_line="18 ct white gold, sapphire"
    )
    search.reindex([piece])
    return piece


def found(query: str) -> list[int]:
    ids, _ = search.find_ids(query, set(Piece.objects.published().values_list("pk", flat=True)))
    return ids


@pytest.mark.parametrize(
    "query",
    [
        *("harbour", "HARBOUR", "harb", "lamp harbour", "rings", "elodie", "Élodie"),
        *("marchand low", "sapph", "sea", "harbour-lamp!", "18 ct"),
    ],
)
def test_a_word_of_the_piece_its_maker_or_its_story_finds_it(lamp: Piece, query: str) -> None:
    assert found(query) == [lamp.pk]


@pytest.mark.parametrize(
    "query", ["emerald", "harbour emerald", "", "  ", "%_*", '"', "' OR 1=1", "&"]
)
def test_other_words_find_nothing(lamp: Piece, query: str) -> None:
    assert found(query) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("harbuor", "harbour"), ("saphire", "sapphire"), ("marchant ring", "marchand ring")],
)
def test_a_small_typo_is_understood_and_said(lamp: Piece, typed: str, meant: str) -> None:
    ids, understood = search.find_ids(typed, {lamp.pk})
    assert (ids, understood) == ([lamp.pk], meant)


def test_words_after_the_sixth_are_not_looked_for(lamp: Piece) -> None:
    assert found("harbour lamp ring gold low water emerald") == [lamp.pk]


def test_a_draft_is_not_found(lamp: Piece) -> None:
    Piece.objects.filter(pk=lamp.pk).update(status=Piece.Status.DRAFT)
    assert found("harbour") == []


def test_a_renamed_piece_is_found_by_its_new_name_alone(lamp: Piece) -> None:
    lamp.title = "Pier Light"
    lamp.save(update_fields=["title"])
    search.reindex([lamp])
    assert found("pier") == [lamp.pk]
    assert found("harbour lamp") == []


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Élodie’s Crête", "elodie s crete"), ("Søren Straße", "soren strasse"), ("日本", "")],
)
def test_folding_takes_accents_and_signs_away(text: str, folded: str) -> None:
    assert search.fold(text) == folded
