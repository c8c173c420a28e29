"""A photograph is shown the way it was seen, however the camera was held."""

from io import BytesIO

import pytest
from PIL import Image, ImageOps

from shop.images import distance, inspect, render
from shop.images.metadata import orientation, read_tags, turned, turned_size
from tests.shop.image_files import picture, saved, telltale

# How the rows of an upright picture are stored when the camera was held so.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def _stored(held: int, width: int = 500, height: int = 700) -> Image.Image:
    transposed = STORED[held]
    upright = picture(width, height)
    return upright.transpose(transposed) if transposed is not None else upright


@pytest.mark.parametrize("held", STORED)
@pytest.mark.parametrize("format_", ["PNG", "TIFF"])
def test_every_pixel_is_where_it_was_seen(format_: str, held: int) -> None:
    with Image.open(saved(_stored(held), format_, exif=telltale(held))) as image:
        found = orientation(image, read_tags(image))
        size = turned_size(image.size, found, stored_as=format_)
        image.load()
        upright = turned(image, found, stored_as=format_)

    assert found == held
    assert size == upright.size == (500, 700)
    assert upright.convert("RGB").tobytes() == picture(500, 700).tobytes()


@pytest.mark.parametrize("held", STORED)
@pytest.mark.parametrize("format_", ["JPEG", "WEBP", "AVIF", "HEIF"])
def test_lossy_pictures_are_upright_too(format_: str, held: int) -> None:
    file = saved(_stored(held), format_, exif=telltale(held).tobytes(), quality=95)
    facts = inspect(file, "ring")
    straight = inspect(saved(picture(500, 700), format_, quality=95), "ring")

    assert (facts.width, facts.height, facts.orientation) == (500, 700, held)
    assert distance(facts.perceptual_hash, straight.perceptual_hash) < 6
    assert _looks_like(file, picture(500, 700))


def test_pillow_agrees() -> None:
    for held in STORED:
        with Image.open(saved(_stored(held), "PNG", exif=telltale(held))) as image:
            assert ImageOps.exif_transpose(image).tobytes() == picture(500, 700).tobytes()


@pytest.mark.parametrize("nonsense", [0, 9, 255, 65535])
def test_nonsense_is_left_as_it_lies(nonsense: int) -> None:
    facts = inspect(saved(picture(), exif=telltale(nonsense)), "ring.jpg")

    assert (facts.width, facts.height, facts.orientation) == (500, 625, 1)


def test_a_large_jpeg_on_its_side_is_decoded_small_and_still_upright() -> None:
    file = saved(_stored(6, 3600, 4800), exif=telltale(6))

    assert _looks_like(file, picture(3600, 4800))


def _looks_like(file: BytesIO, upright: Image.Image) -> bool:
    made = render(file, widths=(400,), formats=("webp",)).renditions[0]
    with Image.open(BytesIO(made.content)) as image:
        shown = image.convert("RGB").resize((4, 4), Image.Resampling.BOX).tobytes()
    wanted = upright.resize((4, 4), Image.Resampling.BOX).tobytes()
    return max(abs(a - b) for a, b in zip(shown, wanted, strict=True)) < 16
