"""Make the files the shop shows of one photograph, decoding it once.

Each shape is cut and scaled to its largest width, brought to sRGB there, and then scaled down from
width to width: 15 files cost little more than the largest three. Encoders work without Python's
lock, so that a few threads use every core of a small server.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from PIL import Image, ImageFile

from shop.images import colours
from shop.images.cropping import Box, Focal, crop_box, is_ratio
from shop.images.metadata import orientation, read_tags, turned, turned_size
from shop.images.opening import LIMITS, Limits, load, open_picture, refusing
from shop.images.profiles import to_srgb

WIDTHS = (160, 400, 800, 1200, 1600)
FORMATS = ("avif", "webp", "jpeg")
CARD = (4, 5)

# On the demo's photographs AVIF and WebP come out alike in size, a third to a half of the JPEG.
# AVIF at speed 9 is as close to the original as at 8 (PSNR 42 to 46 dB), up to a twentieth larger
# and made in a half to a third of the time.
_ENCODERS: dict[str, dict[str, Any]] = {
    "avif": {"quality": 60, "speed": 9, "subsampling": "4:2:0", "max_threads": 1},
    "webp": {"quality": 78, "method": 4},
    "jpeg": {"quality": 80, "optimize": True, "progressive": True, "subsampling": "4:2:0"},
}
_REDUCING_GAP = 3.0
# More would need more memory than the time is worth.
_THREADS = min(4, os.cpu_count() or 1)
# For its colours; the shape does not matter.
_SAMPLE = (96, 96)


@dataclass(frozen=True, kw_only=True)
class Rendition:
    """One file to publish. ``digest`` is 16 hex digits of its content, for its name."""

    shape: str
    width: int
    height: int
    format: str
    content: bytes
    digest: str


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The upright picture's size, its colours, and its files.

    Without renditions of shape ``card`` the picture is 4:5 already: use ``natural``.
    """

    width: int
    height: int
    palette: tuple[str, ...]
    colour: str
    tone: str
    renditions: tuple[Rendition, ...]


@dataclass(frozen=True, kw_only=True)
class _Shape:
    name: str
    box: Box
    ratio: tuple[int, int]
    widths: list[int]


def render(
    file: IO[bytes],
    *,
    name: str = "",
    focal: Focal = (50, 50),
    widths: Sequence[int] = WIDTHS,
    formats: Sequence[str] = FORMATS,
    limits: Limits = LIMITS,
) -> Rendered:
    """Return every rendition of an original; focal point in percent from the left and the top.

    Nothing is enlarged: widths above the original's are left out. Needs, for a moment, some 8 bytes
    a pixel of the original, a quarter of it or less for large JPEGs. Raises `ImageRefused`.
    """
    with refusing(file, name):
        image = open_picture(file, name, limits)
        tags, stored_as = read_tags(image), image.format
        held = orientation(image, tags)
        size = turned_size(image.size, held, stored_as=stored_as)
        spare = _spare(_shapes(size, focal, widths))
        _draft(image, spare)
        icc = image.info.get("icc_profile")
        pixels = _without_excess(load(image, name, limits), size, spare)
        picture = turned(pixels, held, stored_as=stored_as)
    tops = [_top(picture, icc, shape) for shape in _shapes(picture.size, focal, widths)]
    sample = to_srgb(picture.resize(_SAMPLE, Image.Resampling.BOX), icc)
    return _rendered(size, sample, tops, formats)


def _shapes(size: tuple[int, int], focal: Focal, widths: Sequence[int]) -> list[_Shape]:
    shapes = [_shape("natural", (0, 0, *size), size, widths)]
    if not is_ratio(*size, *CARD):
        shapes.append(_shape("card", crop_box(*size, *CARD, focal), CARD, widths))
    return [shape for shape in shapes if shape.widths]


def _shape(name: str, box: Box, ratio: tuple[int, int], widths: Sequence[int]) -> _Shape:
    fitting = sorted((w for w in widths if w <= box[2] - box[0]), reverse=True)
    return _Shape(name=name, box=box, ratio=ratio, widths=fitting)


def _spare(shapes: list[_Shape]) -> int:
    """Say how many times finer the original is than the largest file made of it."""
    return max(1, min(((s.box[2] - s.box[0]) // s.widths[0] for s in shapes), default=1))


def _draft(image: ImageFile.ImageFile, spare: int) -> None:
    """Let a JPEG decode at a half, quarter or eighth when no file needs more."""
    if spare > 1:
        image.draft(None, (-(-image.width // spare), -(-image.height // spare)))


def _without_excess(pixels: Image.Image, size: tuple[int, int], spare: int) -> Image.Image:
    """Shrink what could not be decoded small, keeping twice what is needed: memory is dear."""
    decoded_whole = max(pixels.size) == max(size)
    return pixels.reduce(spare // 2) if decoded_whole and spare >= 4 else pixels


def _top(picture: Image.Image, icc: bytes | None, shape: _Shape) -> tuple[_Shape, Image.Image]:
    size = _size(shape, shape.widths[0])
    return shape, to_srgb(_scaled(picture, size, shape.box), icc)


def _size(shape: _Shape, width: int) -> tuple[int, int]:
    ratio_w, ratio_h = shape.ratio
    return width, max(1, (2 * width * ratio_h + ratio_w) // (2 * ratio_w))


def _scaled(image: Image.Image, size: tuple[int, int], box: Box | None = None) -> Image.Image:
    return image.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=_REDUCING_GAP)


def _rendered(
    size: tuple[int, int],
    sample: Image.Image,
    tops: list[tuple[_Shape, Image.Image]],
    formats: Sequence[str],
) -> Rendered:
    found = colours.palette(sample)
    jobs = [job for shape, top in tops for job in _ladder(shape, top, formats)]
    with ThreadPoolExecutor(_THREADS) as threads:
        renditions = tuple(threads.map(_encoded, *zip(*jobs, strict=True))) if jobs else ()
    return Rendered(
        width=size[0],
        height=size[1],
        palette=found,
        colour=colours.suggest_colour(found),
        tone=colours.tone(sample),
        renditions=renditions,
    )


def _ladder(
    shape: _Shape, image: Image.Image, formats: Sequence[str]
) -> Iterator[tuple[Image.Image, str, str]]:
    for width in shape.widths:
        size = _size(shape, width)
        image = image if image.size == size else _scaled(image, size)
        yield from ((image, shape.name, format_) for format_ in formats)


def _encoded(image: Image.Image, shape: str, format_: str) -> Rendition:
    # Pillow notes on the picture how it is being written: each thread writes a copy of its own.
    image = image.copy()
    # It writes comments and profiles found here into the file, even after re-encoding.
    image.info.clear()
    target = BytesIO()
    image.save(target, format_, **_ENCODERS[format_])
    content = target.getvalue()
    return Rendition(
        shape=shape,
        width=image.width,
        height=image.height,
        format=format_,
        content=content,
        digest=hashlib.sha256(content).hexdigest()[:16],
    )
