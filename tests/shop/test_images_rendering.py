"""The files made of one photograph."""

import hashlib
from io import BytesIO

import pytest
from PIL import Image

from shop.images import FORMATS, WIDTHS, Rendered, render, rendering
from shop.images.opening import load
from tests.shop.image_files import picture, saved


@pytest.fixture(scope="module")
def landscape() -> Rendered:
    return render(saved(picture(2400, 1600)))


def test_every_width_and_format_of_both_shapes(landscape: Rendered) -> None:
    made = {(each.shape, each.format, each.width) for each in landscape.renditions}

    card_widths = [width for width in WIDTHS if width <= 1280]
    assert made == {("natural", f, w) for f in FORMATS for w in WIDTHS} | {
        ("card", f, w) for f in FORMATS for w in card_widths
    }
    assert (landscape.width, landscape.height) == (2400, 1600)


def test_each_file_is_what_it_says(landscape: Rendered) -> None:
    for each in landscape.renditions:
        with Image.open(BytesIO(each.content)) as image:
            image.load()
            assert (image.format or "").lower() == each.format
            assert image.size == (each.width, each.height)
            assert image.mode == "RGB"
        assert each.digest == hashlib.sha256(each.content).hexdigest()[:16]


def test_shapes(landscape: Rendered) -> None:
    for each in landscape.renditions:
        ratio = (3, 2) if each.shape == "natural" else (4, 5)
        assert abs(each.width * ratio[1] - each.height * ratio[0]) <= ratio[0]


def test_a_picture_of_the_cards_shape_needs_no_card() -> None:
    made = render(saved(picture(800, 1000)), formats=("webp",))

    assert [(each.shape, each.width, each.height) for each in made.renditions] == [
        ("natural", 800, 1000),
        ("natural", 400, 500),
        ("natural", 160, 200),
    ]


def test_nothing_is_enlarged() -> None:
    made = render(saved(picture(799, 401)), formats=("jpeg",))

    assert {(each.shape, each.width) for each in made.renditions} == {
        ("natural", 400),
        ("natural", 160),
        ("card", 160),
    }


@pytest.mark.parametrize(("focal", "colour"), [((0, 50), "left"), ((100, 50), "right")])
def test_the_card_is_cut_around_the_focal_point(focal: tuple[int, int], colour: str) -> None:
    halves = Image.new("RGB", (1200, 600), "red")
    halves.paste((0, 0, 255), (600, 0, 1200, 600))
    made = render(saved(halves, "PNG"), focal=focal, formats=("webp",), widths=(400,))

    card = next(each for each in made.renditions if each.shape == "card")
    with Image.open(BytesIO(card.content)) as image:
        red, _, blue = image.resize((1, 1), Image.Resampling.BOX).tobytes()
    assert (red > blue) == (colour == "left")


def test_the_jpeg_is_progressive(landscape: Rendered) -> None:
    for each in landscape.renditions:
        if each.format == "jpeg":
            with Image.open(BytesIO(each.content)) as image:
                assert image.info["progressive"]


def test_the_same_photograph_gives_the_same_names() -> None:
    file = saved(picture())

    assert [each.digest for each in render(file).renditions] == [
        each.digest for each in render(file).renditions
    ]


def test_a_large_jpeg_is_not_decoded_whole() -> None:
    file = saved(picture(8000, 6000), quality=60)
    with Image.open(file) as image:
        # 144 MB whole, 36 MB at half size.
        rendering._draft(image, rendering._spare(rendering._shapes(image.size, (50, 50), WIDTHS)))
        assert load(image, "large.jpg").size == (4000, 3000)
