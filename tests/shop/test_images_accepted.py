"""Every kind of photograph a maker may have is taken, and shown in the right colours."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from PIL import Image, ImageCms

from shop.images import inspect, render
from tests.shop.image_files import FORMATS_IN, deep_png, picture, saved

type Colour = tuple[int, int, int]


@pytest.mark.parametrize("format_", FORMATS_IN)
def test_format_is_told_from_the_bytes_and_not_from_the_name(format_: str) -> None:
    facts = inspect(saved(picture(), format_), "ring.txt")

    assert (facts.format, facts.width, facts.height) == (format_.lower(), 500, 625)
    assert not facts.has_alpha


@pytest.mark.parametrize("format_", FORMATS_IN)
def test_every_format_is_shown_in_its_own_colours(format_: str) -> None:
    shown = _shown(saved(picture(), format_))

    assert _near(shown.getpixel((100, 450)), picture(400, 500).getpixel((100, 450)))
    assert _near(shown.getpixel((300, 450)), picture(400, 500).getpixel((300, 450)))


def test_what_is_known_of_a_file_does_not_depend_on_its_name_and_the_file_is_rewound() -> None:
    file = saved(picture())
    content = file.getvalue()

    assert inspect(file, "a.jpg") == inspect(file, "b.png")
    assert file.read() == content
    assert inspect(file, "a.jpg").size == len(content)


@pytest.mark.parametrize("format_", FORMATS_IN)
def test_djangos_uploads_and_stored_files_are_read_like_any_other(format_: str) -> None:
    options = {"compression": "tiff_lzw"} if format_ == "TIFF" else {}
    content = saved(picture(), format_, **options).getvalue()
    stored = TemporaryUploadedFile("ring", "text/plain", len(content), None)
    stored.write(content)

    for upload in (SimpleUploadedFile("ring", content), stored):
        assert inspect(upload, "ring").size == len(content)
        assert render(upload).renditions
        assert not upload.closed


def test_cmyk_is_shown_in_rgb() -> None:
    assert _near(_shown(saved(_flat("CMYK", (0, 255, 255, 0)))).getpixel((9, 9)), (255, 0, 0), 12)


def test_grey_is_shown() -> None:
    assert _near(_shown(saved(_flat("L", 120))).getpixel((9, 9)), (120, 120, 120))


def test_black_and_white_is_shown() -> None:
    assert _near(_shown(saved(_flat("1", 1), "PNG")).getpixel((9, 9)), (255, 255, 255))


@pytest.mark.parametrize("colours", [1, 3])
def test_sixteen_bits_a_channel_are_brought_to_eight(colours: int) -> None:
    assert _near(_shown(deep_png(0x8080, colours=colours)).getpixel((9, 9)), (128, 128, 128))


def test_sixteen_bit_tiff_is_brought_to_eight() -> None:
    deep = Image.new("I;16", (400, 400), 0x4040)

    assert _near(_shown(saved(deep, "TIFF")).getpixel((9, 9)), (64, 64, 64))


def test_transparency_is_laid_on_the_paper_of_the_house() -> None:
    clear = saved(_flat("RGBA", (255, 0, 0, 0)), "PNG")

    assert inspect(clear, "clear.png").has_alpha
    assert _near(_shown(clear).getpixel((9, 9)), (245, 247, 244))


def test_transparent_colour_of_a_palette_is_laid_on_paper() -> None:
    indexed = _flat("RGB", (0, 120, 0)).convert("P", palette=Image.Palette.ADAPTIVE)
    clear = saved(indexed, "PNG", transparency=bytes([0]))

    assert inspect(clear, "clear.png").has_alpha
    assert _near(_shown(clear).getpixel((9, 9)), (245, 247, 244))


def test_palette_without_transparency_keeps_its_colours() -> None:
    indexed = _flat("RGB", (0, 120, 0)).convert("P", palette=Image.Palette.ADAPTIVE)

    assert _near(_shown(saved(indexed, "PNG")).getpixel((9, 9)), (0, 120, 0))


def test_a_colour_profile_is_applied_and_not_published() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    # Same bytes with and without: a profile of another kind of picture is as good as none.
    odd = saved(_flat("RGB", (200, 40, 40)), "JPEG", icc_profile=lab.tobytes())

    assert _near(_shown(odd).getpixel((9, 9)), (200, 40, 40))
    assert "icc_profile" not in _shown(odd).info


def test_wide_gamut_colours_are_converted_to_srgb() -> None:
    flat = _flat("RGB", (200, 100, 100))
    wide = saved(flat, "PNG", icc_profile=_swapped_primaries())

    red, green, _ = _rgb(_shown(wide).getpixel((9, 9)))
    assert green > red


def test_a_broken_profile_loses_the_profile_and_not_the_picture() -> None:
    broken = saved(_flat("RGB", (200, 40, 40)), "JPEG", icc_profile=b"not a profile")

    assert _near(_shown(broken).getpixel((9, 9)), (200, 40, 40))


def test_a_phones_jpeg_with_a_second_picture_behind_it_is_its_first_picture() -> None:
    two = saved(
        _flat("RGB", (200, 40, 40)), "MPO", append_images=[_flat("RGB", (0, 0, 0))], save_all=True
    )

    assert inspect(two, "IMG_0001.jpg").format == "jpeg"
    assert _near(_shown(two).getpixel((9, 9)), (200, 40, 40))


def test_what_follows_a_whole_picture_is_never_published() -> None:
    polyglot = BytesIO(saved(picture()).getvalue() + b"<html><script>alert(1)</script>PK\x03\x04")

    assert inspect(polyglot, "ring.jpg").format == "jpeg"
    assert not any(b"script" in each.content for each in render(polyglot).renditions)


def _flat(mode: str, colour: int | tuple[int, ...]) -> Image.Image:
    return Image.new(mode, (400, 400), colour)


def _shown(file: BytesIO) -> Image.Image:
    only = render(file, widths=(400,), formats=("jpeg",)).renditions[0]
    return Image.open(BytesIO(only.content))


def _rgb(pixel: object) -> tuple[int, int, int]:
    assert isinstance(pixel, tuple)
    return int(pixel[0]), int(pixel[1]), int(pixel[2])


def _near(a: object, b: object, by: int = 6) -> bool:
    return all(abs(x - y) <= by for x, y in zip(_rgb(a), _rgb(b), strict=True))


def _swapped_primaries() -> bytes:
    """Return sRGB's profile with red and green exchanged: applying it is unmistakable."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Renamed too: a profile called sRGB is taken at its word.
    return (
        profile.replace(b"rXYZ", b"?XYZ")
        .replace(b"gXYZ", b"rXYZ")
        .replace(b"?XYZ", b"gXYZ")
        .replace(b"sRGB", b"Othr")
        .replace("sRGB".encode("utf-16-be"), "Othr".encode("utf-16-be"))
    )
