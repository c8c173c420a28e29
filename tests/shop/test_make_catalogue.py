"""The large catalogue is believable, quick to make and the same for the same seed."""

from io import StringIO

import pytest
from django.core.management import call_command

from catalog.models import Collection, Photo, Piece
from designers.models import Designer
from tests.factories import make_designer, make_inspiration, make_material, make_photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared() -> None:
    make_inspiration()
    make_material()
    for _ in range(3):
        make_photo(make_designer())


def make(pieces: int) -> None:
    call_command("make_catalogue", pieces=pieces, seed=1, stdout=StringIO())


def test_it_makes_what_was_asked_for(shared: None) -> None:
    make(320)
    assert Piece.objects.published().count() == 320
    assert Collection.objects.published().count() == 160
    assert Designer.objects.published().count() >= 40
    assert Photo.objects.ready().count() >= 640


def test_a_piece_has_all_that_a_card_shows(shared: None) -> None:
    make(40)
    piece = Piece.objects.published().for_cards().first()
    assert piece
    assert piece.hero
    assert piece.price % 1000 == 0
    assert piece.search_text
    assert piece.variants.exists()


def test_the_same_seed_makes_the_same_catalogue(shared: None) -> None:
    make(40)
    first = list(Piece.objects.order_by("pk").values_list("title", "price"))
    Piece.objects.all().delete()
    Collection.objects.all().delete()
    Designer.objects.filter(slug__startswith="maker-").delete()
    make(40)
    assert list(Piece.objects.order_by("pk").values_list("title", "price")) == first
