"""What a file says beside its pixels is read for the maker and never published."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from shop.images import inspect, render
from tests.shop.image_files import COMMENT, FORMATS_IN, PLACE, picture, saved, talkative, telltale

TELLING = (
    PLACE,
    COMMENT,
    b"Phonemaker",
    b"2026:05:04",
    b"Exif",
    b"xmpmeta",
    b"ICC_PROFILE",
    b"Photoshop",
)


@pytest.mark.parametrize("format_", FORMATS_IN)
def test_nothing_said_by_the_original_is_in_any_file(format_: str) -> None:
    original = talkative(format_)
    assert PLACE in original.getvalue(), "the original must say it, else nothing is tested"

    for made in render(original).renditions:
        assert not [each for each in TELLING if each in made.content]
        with Image.open(BytesIO(made.content)) as image:
            image.load()
            assert dict(image.getexif()) == {}
            assert not {"exif", "xmp", "comment", "icc_profile", "photoshop"} & set(image.info)


@pytest.mark.parametrize("format_", FORMATS_IN)
def test_the_moment_is_read_before(format_: str) -> None:
    assert inspect(talkative(format_), "ring").captured_at == datetime(
        2026, 5, 4, 12, 32, 10, tzinfo=UTC
    )


def test_without_an_offset_the_cameras_clock_is_taken_as_it_is() -> None:
    exif = telltale()
    del exif.get_ifd(0x8769)[0x9011]

    assert inspect(saved(picture(), exif=exif), "ring").captured_at == datetime(
        2026, 5, 4, 14, 32, 10, tzinfo=UTC
    )


@pytest.mark.parametrize("moment", ["0000:00:00 00:00:00", "yesterday", "", "2026:13:45 99:00:00"])
def test_an_impossible_moment_is_none(moment: str) -> None:
    exif = telltale()
    exif.get_ifd(0x8769)[0x9003] = moment

    assert inspect(saved(picture(), exif=exif), "ring").captured_at is None


def test_no_metadata_is_no_moment() -> None:
    assert inspect(saved(picture()), "ring").captured_at is None


@pytest.mark.filterwarnings("ignore")
def test_broken_metadata_does_not_lose_the_photograph() -> None:
    broken = saved(picture(), exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xff" * 50)

    assert inspect(broken, "ring.jpg").captured_at is None
    assert render(broken).renditions
