"""Open an upload that nobody vouches for. What comes out is one still picture of bearable size.

Neither the name nor the content type is believed, only the bytes. Pillow's and libheif's parsers
may raise anything on hostile bytes, hence one guard, `refusing`, around every call into them.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from PIL import Image, ImageFile, UnidentifiedImageError
from pillow_heif import register_heif_opener

from shop.images.refusals import ImageRefused
from shop.images.sniffing import ends_early, kind_of, looks_like_ours

logger = logging.getLogger(__name__)

MAX_BYTES = 60 * 1024 * 1024
MAX_PIXELS = 80_000_000
MIN_SIDE = 400
# A longer strip would not fit WebP (16,383 pixels a side) at 1,600 wide, nor any page.
MAX_STRETCH = 8
# A progressive JPEG may ask for hundreds of passes over every pixel; cameras write about ten.
MAX_SCANS = 100

# Pillow's names. GIF is opened only to say whether it moves. MPO is a phone's JPEG with a depth map
# or a second lens behind it; Pillow makes it of JPEG by itself.
ACCEPTED = ("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "HEIF")
_OPENED = (*ACCEPTED, "GIF")
_MODES = {"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr"}
_DEEP_GREY = {"I;16", "I;16L", "I;16B", "I;16N"}

# An embedded thumbnail may show something else than the picture: never decode it instead.
register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is taken: bytes, pixels in all, pixels of the shorter side, longer by shorter side."""

    max_bytes: int = MAX_BYTES
    max_pixels: int = MAX_PIXELS
    min_side: int = MIN_SIDE
    max_stretch: int = MAX_STRETCH


LIMITS = Limits()


@contextmanager
def refusing(file: IO[bytes], name: str) -> Iterator[None]:
    """Turn whatever a decoder raises into `ImageRefused`."""
    try:
        yield
    except ImageRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(name, MAX_PIXELS) from error
    except Exception as error:
        logger.info("Could not decode an upload: %r", error)
        raise ImageRefused(_what_broke(file, error), name) from error


def open_picture(file: IO[bytes], name: str, limits: Limits = LIMITS) -> ImageFile.ImageFile:
    """Open, from its header alone, a picture we take. Call inside `refusing`; nothing is decoded.

    Raises `ImageRefused`.
    """
    check_size(file, name, limits)
    try:
        image = Image.open(file, formats=_OPENED)
    except UnidentifiedImageError as error:
        raise _unidentified(file, name) from error
    _check_shape(image, name, limits)
    _check_single(image, name)
    if image.mode not in _MODES | _DEEP_GREY:
        raise ImageRefused("unsupported.colours", name)
    return image


def check_size(file: IO[bytes], name: str, limits: Limits = LIMITS) -> int:
    """Return the file's size in bytes. Raises `ImageRefused` when empty or too large."""
    size = file.seek(0, 2)
    file.seek(0)
    if size == 0:
        raise ImageRefused("empty", name)
    if size > limits.max_bytes:
        raise ImageRefused("too_large", name, limit=limits.max_bytes // (1024 * 1024))
    return size


def load(image: ImageFile.ImageFile, name: str, limits: Limits = LIMITS) -> Image.Image:
    """Decode the pixels to 8 bits a channel, with transparency as a channel."""
    image.load()
    # HEIF may turn out larger than its header said.
    _check_pixels(image, name, limits)
    if image.mode in _DEEP_GREY:
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.mode != "RGBA" and image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in {"L", "RGB", "RGBA", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _check_shape(image: Image.Image, name: str, limits: Limits) -> None:
    _check_pixels(image, name, limits)
    short, long = sorted(image.size)
    if short < limits.min_side:
        raise ImageRefused("too_small", name, limit=limits.min_side)
    if long > short * limits.max_stretch:
        raise ImageRefused("unsupported.strip", name, limit=limits.max_stretch)


def _check_pixels(image: Image.Image, name: str, limits: Limits) -> None:
    # WebP's decoder keeps two canvases and a copy, 16 bytes a pixel; the others need 3 to 9.
    most = limits.max_pixels // 2 if image.format == "WEBP" else limits.max_pixels
    if image.width * image.height > most:
        raise _too_many_pixels(name, most)


def _too_many_pixels(name: str, most: int) -> ImageRefused:
    return ImageRefused("too_many_pixels", name, limit=most // 1_000_000)


def _check_single(image: ImageFile.ImageFile, name: str) -> None:
    if image.format not in {"MPO", "HEIF"} and getattr(image, "is_animated", False):
        raise ImageRefused("unsupported.pages" if image.format == "TIFF" else "animated", name)
    if image.format == "GIF":
        raise ImageRefused("unsupported.kind", name, kind="GIF")


def _unidentified(file: IO[bytes], name: str) -> ImageRefused:
    if kind := kind_of(file):
        return ImageRefused("unsupported.kind", name, kind=kind)
    if not looks_like_ours(file):
        return ImageRefused("not_an_image", name)
    return ImageRefused("truncated" if ends_early(file) else "corrupt", name)


def _what_broke(file: IO[bytes], error: Exception) -> str:
    if "truncated" in str(error).lower() or ends_early(file):
        return "truncated"
    return "corrupt"
