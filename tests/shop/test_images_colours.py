"""Colours suggested to the maker, and views that look alike."""

import pytest
from PIL import Image, ImageEnhance

from shop.images import COLOUR_NAMES, colour_name, distance, inspect, palette, suggest_colour, tone
from tests.shop.image_files import picture, saved


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#ffffff", "white"),
        ("#c0c0c0", "grey"),
        ("#d4af37", "gold"),
        ("#b76e79", "rose"),
        ("#e0115f", "red"),
        ("#9966cc", "violet"),
        ("#0f52ba", "blue"),
        ("#40e0d0", "turquoise"),
        ("#50c878", "green"),
        ("#6b4423", "brown"),
        ("#000000", "black"),
    ],
)
def test_what_jewellers_call_it(colour: str, name: str) -> None:
    assert colour_name(colour) == name
    assert name in COLOUR_NAMES


def test_a_small_stone_counts_beside_its_ground() -> None:
    ring = Image.new("RGB", (800, 1000), "#cfcac2")
    ring.paste("#8d8f90", (300, 300, 520, 640))
    ring.paste("#0f52ba", (370, 280, 450, 360))

    found = palette(ring)

    assert len(found) <= 5
    assert colour_name(found[0]) in {"white", "grey"}
    assert suggest_colour(found) == "blue"


def test_without_colour_what_lies_on_the_ground_is_named() -> None:
    ring = Image.new("RGB", (800, 1000), "#f4f4f2")
    ring.paste("#8e9092", (200, 300, 600, 700))

    assert suggest_colour(palette(ring)) == "grey"


def test_one_colour_is_one_colour() -> None:
    assert palette(Image.new("RGB", (400, 500), "#336699")) == ("#336699",)
    assert suggest_colour(()) == ""


@pytest.mark.parametrize(
    ("colour", "ground"), [("#d8d2c8", "stone"), ("#3a2a20", "dark"), ("#252b45", "dusk")]
)
def test_ground_while_loading(colour: str, ground: str) -> None:
    assert tone(Image.new("RGB", (40, 50), colour)) == ground


def test_the_same_view_exported_again_is_near_and_another_view_is_far() -> None:
    view = picture(1200, 1500)
    first = inspect(saved(view), "a").perceptual_hash
    again = inspect(
        saved(ImageEnhance.Brightness(view.resize((600, 750))).enhance(0.9), "WEBP"), "b"
    )
    other = inspect(saved(view.transpose(Image.Transpose.FLIP_LEFT_RIGHT)), "c")

    assert distance(first, again.perceptual_hash) < 10
    assert distance(first, other.perceptual_hash) > 10


@pytest.mark.parametrize(
    ("a", "b", "bits"), [(0, 0, 0), (-1, -1, 0), (0, -1, 64), (-1, 1, 63), (5, 6, 2)]
)
def test_distance_counts_bits_of_signed_numbers(a: int, b: int, bits: int) -> None:
    assert distance(a, b) == distance(b, a) == bits


def test_the_hash_fits_a_signed_database_column() -> None:
    for turned in (picture(), picture().transpose(Image.Transpose.FLIP_LEFT_RIGHT)):
        assert -(2**63) <= inspect(saved(turned), "a").perceptual_hash < 2**63
