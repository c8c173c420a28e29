"""What can be known of an upload before its metadata is thrown away."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import IO, Any

from PIL import Image, ImageFile

from shop.images import colours
from shop.images.metadata import captured_at, orientation, read_tags, turned, turned_size
from shop.images.opening import LIMITS, MAX_SCANS, Limits, check_size, load, open_picture, refusing
from shop.images.profiles import to_srgb
from shop.images.refusals import ImageRefused

_HASH_BITS = 64
# Decoding a JPEG at an eighth reads the whole file, which is what proves it whole.
_DRAFT = (64, 64)
# For its colours; the shape does not matter.
_SAMPLE = (96, 96)


@dataclass(frozen=True, kw_only=True)
class ImageFacts:
    """An accepted upload. Width and height as people see it, after turning it upright.

    ``captured_at`` is UTC when the camera wrote its offset, else its wall clock called UTC: good
    for gaps between photographs, not for telling the time. ``perceptual_hash`` is a signed 64-bit
    integer, as databases keep them; compare with `distance`. ``size`` is in bytes.
    """

    format: str
    width: int
    height: int
    orientation: int
    has_alpha: bool
    captured_at: datetime | None
    sha256: str
    perceptual_hash: int
    palette: tuple[str, ...]
    tone: str
    size: int


def inspect(file: IO[bytes], name: str, *, limits: Limits = LIMITS) -> ImageFacts:
    """Decode an upload to see that it is a whole photograph, and say what it is.

    Leaves the file at its beginning. Raises `ImageRefused`.
    """
    size = check_size(file, name, limits)
    with refusing(file, name):
        image = open_picture(file, name, limits)
        sha256, scans = _read_through(file)
        if scans > MAX_SCANS and image.format in {"JPEG", "MPO"}:
            raise ImageRefused("corrupt", name)
        facts = _look(image, name, limits)
    file.seek(0)
    return ImageFacts(sha256=sha256, size=size, **facts)


def distance(a: int, b: int) -> int:
    """Count the bits, 0 to 64, in which two perceptual hashes differ. Under 10 is the same view."""
    return ((a ^ b) & (1 << _HASH_BITS) - 1).bit_count()


def _read_through(file: IO[bytes]) -> tuple[str, int]:
    digest, scans = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(1 << 20):
        digest.update(chunk)
        scans += chunk.count(b"\xff\xda")
    return digest.hexdigest(), scans


def _look(image: ImageFile.ImageFile, name: str, limits: Limits) -> dict[str, Any]:
    tags, stored_as = read_tags(image), image.format
    held = orientation(image, tags)
    width, height = turned_size(image.size, held, stored_as=stored_as)
    icc = image.info.get("icc_profile")
    image.draft(None, _DRAFT)
    pixels = load(image, name, limits)
    sample = to_srgb(pixels.resize(_SAMPLE, Image.Resampling.BOX), icc)
    return {
        "format": "jpeg" if stored_as == "MPO" else str(stored_as).lower(),
        "width": width,
        "height": height,
        "orientation": held,
        "has_alpha": pixels.has_transparency_data,
        "captured_at": captured_at(tags),
        "palette": colours.palette(sample),
        "tone": colours.tone(sample),
        "perceptual_hash": _perceptual_hash(turned(pixels, held, stored_as=stored_as)),
    }


def _perceptual_hash(image: Image.Image) -> int:
    """Return the dHash: for 8 x 8 places, whether it gets brighter to the right."""
    grey = image.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(0, len(grey), 9):
        for left, right in pairwise(grey[row : row + 9]):
            bits = bits << 1 | (right > left)
    return bits - (1 << _HASH_BITS) if bits >> _HASH_BITS - 1 else bits
