"""What is no photograph is refused in one sentence that names the file."""

from io import BytesIO

import pytest
from django.utils import translation
from PIL import Image

from shop.images import MAX_BYTES, ImageRefused, Limits, inspect, render, shown_name
from tests.shop.image_files import FORMATS_IN, declaring, picture, saved


def test_the_sentence_names_the_file() -> None:
    cut = BytesIO(saved(picture()).getvalue()[:2000])

    with pytest.raises(ImageRefused) as refused:
        inspect(cut, "DSC_4118.jpg")

    assert refused.value.code == "truncated"
    assert str(refused.value) == (
        "DSC_4118.jpg is not a picture we can read: it ends in the middle. "
        "Export it again and drop it once more."
    )


@pytest.mark.parametrize("format_", FORMATS_IN)
@pytest.mark.parametrize("part", [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97])
def test_a_file_that_ends_in_the_middle_is_refused(format_: str, part: float) -> None:
    whole = saved(picture(), format_).getvalue()
    cut = whole[: max(13, int(len(whole) * part))]

    assert _code(cut) in ({"truncated"} if part > 0.05 else {"truncated", "corrupt"})


@pytest.mark.parametrize("part", [0.2, 0.6, 0.9])
def test_a_progressive_jpeg_that_ends_in_the_middle_is_refused(part: float) -> None:
    whole = saved(picture(), "JPEG", progressive=True).getvalue()

    assert _code(whole[: int(len(whole) * part)]) == "truncated"


def test_nothing_at_all() -> None:
    assert _code(b"") == "empty"


def test_words_are_no_picture() -> None:
    assert _code(b"Dear Alice, here is the ring." * 50) == "not_an_image"


def test_a_web_page_is_no_picture() -> None:
    assert _code(b"<!doctype html><script>alert(1)</script>") == "not_an_image"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG"),
        (b"<?xml version='1.0'?><!-- x --><SVG onload='alert(1)'/>", "SVG"),
        (b"%PDF-1.7 and so on", "PDF"),
        (b"8BPS\0\1", "PSD"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "RAW"),
        (b"\0\0\0\x18ftypqt  \0\0\0\1qt  ", "MP4"),
    ],
)
def test_other_kinds_of_file_are_called_by_their_name(content: bytes, kind: str) -> None:
    with pytest.raises(ImageRefused, match=f"ring.jpg is {kind}, which we do not take") as refused:
        inspect(BytesIO(content), "ring.jpg")

    assert refused.value.code == "unsupported"


@pytest.mark.parametrize("format_", ["BMP", "PPM", "ICO", "JPEG2000", "TGA"])
def test_other_pictures_are_not_taken(format_: str) -> None:
    assert _code(saved(picture(), format_).getvalue()) in {"unsupported", "not_an_image"}


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG", "AVIF"])
def test_a_picture_that_moves_is_refused(format_: str) -> None:
    frames = [Image.new("RGB", (400, 400), colour) for colour in ("red", "green", "blue")]
    moving = saved(frames[0], format_, save_all=True, append_images=frames[1:], duration=100)

    assert _code(moving.getvalue()) == "animated"


def test_a_still_gif_is_not_taken() -> None:
    assert _code(saved(picture(), "GIF").getvalue()) == "unsupported"


def test_a_tiff_of_several_pages_is_refused() -> None:
    pages = saved(picture(), "TIFF", save_all=True, append_images=[picture(), picture()])

    with pytest.raises(ImageRefused, match="has several pages"):
        inspect(pages, "ring.tif")


@pytest.mark.parametrize("size", [(50_000, 50_000), (10_000, 8_001), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    assert _code(declaring(*size).getvalue()) == "too_many_pixels"


def test_webp_may_have_half_as_many_pixels_for_it_needs_twice_the_memory() -> None:
    half = Limits(max_pixels=500 * 625 * 2 - 1)

    assert inspect(saved(picture(), "PNG"), "ring.png", limits=half).width == 500
    with pytest.raises(ImageRefused) as refused:
        inspect(saved(picture(), "WEBP"), "ring.webp", limits=half)
    assert refused.value.code == "too_many_pixels"


def test_a_picture_of_one_pixel_is_too_small() -> None:
    assert _code(saved(Image.new("RGB", (1, 1)), "PNG").getvalue()) == "too_small"


@pytest.mark.parametrize(("size", "code"), [((399, 800), "too_small"), ((400, 400), "")])
def test_the_shorter_side_needs_400_pixels(size: tuple[int, int], code: str) -> None:
    assert _code(saved(picture(*size)).getvalue()) == code


def test_a_strip_is_refused() -> None:
    assert _code(saved(picture(400, 3300)).getvalue()) == "unsupported"


def test_floating_point_pixels_are_refused() -> None:
    assert _code(saved(Image.new("F", (400, 400)), "TIFF").getvalue()) == "unsupported"


def test_a_file_over_sixty_megabytes_is_refused_unread() -> None:
    class Huge(BytesIO):
        def seek(self, offset: int, whence: int = 0) -> int:
            return MAX_BYTES + 1 if whence == 2 else super().seek(offset, whence)

        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError("read although too large")

    with pytest.raises(ImageRefused, match="larger than 60 MB"):
        inspect(Huge(), "ring.jpg")


def test_limits_can_be_set() -> None:
    file = saved(picture())

    with pytest.raises(ImageRefused, match="shorter side needs 600 pixels"):
        inspect(file, "ring.jpg", limits=Limits(min_side=600))
    with pytest.raises(ImageRefused, match="more than 0 million"):
        inspect(file, "ring.jpg", limits=Limits(max_pixels=1000))


def test_a_jpeg_of_hundreds_of_passes_is_refused() -> None:
    whole = saved(picture()).getvalue()

    assert _code(whole + b"\xff\xda\0\x08" * 101) == "corrupt"


def test_rendering_refuses_too() -> None:
    with pytest.raises(ImageRefused, match="This file is empty"):
        render(BytesIO())


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("C:\\Users\\alice\\ring.jpg", "ring.jpg"),
        ("../../etc/passwd", "passwd"),
        ("ring\r\n\x1b[31m.jpg", "ring[31m.jpg"),
        ("ring\u202egpj.exe", "ringgpj.exe"),
        ("x" * 200 + ".jpg", "x" * 79 + "…"),
        ("anéis ✨.jpg", "anéis ✨.jpg"),
        ("\0", ""),
        ("100%.jpg", "100%.jpg"),
    ],
)
def test_only_the_visible_part_of_a_name_is_shown(sent: str, shown: str) -> None:
    assert shown_name(sent) == shown
    assert str(ImageRefused("empty", sent)).startswith(f"{shown or 'This file'} is empty")


def test_the_sentence_is_in_the_readers_language_and_not_in_the_workers() -> None:
    refused = ImageRefused("empty", "ring.jpg")

    with translation.override("en"):
        assert "ring.jpg" in str(refused)


def _code(content: bytes) -> str:
    try:
        inspect(BytesIO(content), "ring.jpg")
    except ImageRefused as refused:
        return refused.code if "ring.jpg" in str(refused) else "the file is not named"
    return ""
