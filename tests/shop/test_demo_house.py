"""The demo house loads, loads again without losing what was bought, and never over real orders."""

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from PIL import Image
from pytest_django.fixtures import Settings

from catalog import musts
from catalog.models import Collection, Photo, Piece, Variant
from designers.models import Designer
from shop.management.demo import writing
from shop.management.demo.reading import House
from tests.factories import make_order, make_piece

pytestmark = pytest.mark.django_db

DEMO = Path(__file__).resolve().parents[2] / "demo"


@pytest.fixture
def small_pictures(tmp_path: Path) -> Path:
    """The demo's own texts with a small grey picture for each of its photographs."""
    for name in ("house.toml", "designers", "collections", "pieces", "marks"):
        (tmp_path / name).symlink_to(DEMO / name)
    (tmp_path / "photographs").mkdir()
    for number, path in enumerate(sorted((DEMO / "photographs").glob("*.jpg"))):
        Image.new("RGB", (400, 500), (number, 100, 100)).save(tmp_path / "photographs" / path.name)
    return tmp_path


@pytest.fixture
def demo(settings: Settings) -> None:
    settings.DEMO = True


def load(folder: Path) -> None:
    call_command("load_demo", folder=folder, stdout=StringIO())


def test_the_house_has_what_the_shop_promises(demo: None, small_pictures: Path) -> None:
    load(small_pictures)
    assert Designer.objects.published().count() >= 6
    assert Collection.objects.published().count() >= 8
    assert Piece.objects.published().count() >= 36
    assert set(Piece.objects.values_list("kind", flat=True)) == set(Piece.Kind.values)
    assert set(Piece.objects.values_list("making", flat=True)) == set(Piece.Making.values)
    for piece in Piece.objects.published():
        assert piece.photos.ready().count() >= 2, piece
        assert piece.summary, piece
        assert piece.materials.exists(), piece
    for collection in Collection.objects.published():
        words = sum(len(text.split()) for text in collection.blocks.values_list("text", flat=True))
        assert words >= 250, collection
        assert musts.gaps(collection) == [], collection
    assert not Photo.objects.exclude(state=Photo.State.READY).exists()
    assert not Photo.objects.filter(alt="").exists()


def test_loading_again_changes_no_row_and_gives_back_nothing_that_was_bought(
    demo: None, small_pictures: Path
) -> None:
    load(small_pictures)
    counts = [model.objects.count() for model in (Designer, Piece, Photo, Variant, User)]
    bought = Variant.objects.filter(stock=1, reserved=0).first()
    assert bought
    Variant.objects.filter(pk=bought.pk).update(stock=0)
    load(small_pictures)
    bought.refresh_from_db()
    assert bought.stock == 0
    assert [m.objects.count() for m in (Designer, Piece, Photo, Variant, User)] == counts


def test_it_refuses_on_a_shop_with_real_orders() -> None:
    make_order(make_piece())
    with pytest.raises(CommandError, match="orders of real people"):
        load(DEMO)
    assert not User.objects.filter(username="owner").exists()


def test_every_picture_that_the_texts_name_is_there() -> None:
    house = House(DEMO)
    named = {table["bench_photo"] for table in house.designers}
    for table in house.collections:
        named.add(table["seen_photo"])
        for block in table["blocks"]:
            named |= {block[key] for key in ("photo", "second_photo") if block.get(key)}
        for piece in house.pieces_of(table["slug"]):
            named |= {photo["file"] for photo in piece["photos"]}
    assert [name for name in sorted(named) if not house.photograph(name).exists()] == []


def test_the_touchmarks_are_drawn() -> None:
    house = House(DEMO)
    assert all(house.mark_path(table["mark"]) for table in house.designers)
    assert house.mark_path("nobody") == ""


def test_a_day_without_a_date_is_a_draft() -> None:
    assert writing.moment(None) is None
    assert writing.moment("") is None
    assert writing.moment("2026-10-03").isoformat() == "2026-10-03T08:00:00+00:00"  # type: ignore[union-attr]
