"""What the camera wrote beside the pixels, read before it is thrown away."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from PIL import ExifTags, Image

type Tags = Mapping[int, Any]

# CIPA DC-008 (Exif), tag 0x0112: what to do to the stored rows so that people see them upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Their plugins turn the pixels while decoding and report the upright size.
_TURNED_BY_DECODER = {"TIFF", "HEIF"}


def read_tags(image: Image.Image) -> Tags:
    """Return the Exif tags, before decoding. A broken block gives none, the picture is kept."""
    try:
        exif = image.getexif()
        return {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}
    except Exception:  # a hostile block makes Pillow raise anything at all
        return {}


def orientation(image: Image.Image, tags: Tags) -> int:
    """Return how the camera was held, 1 to 8; 1 when nothing or nonsense is said."""
    said = image.info.get("original_orientation") if image.format == "HEIF" else None
    value = said or tags.get(ExifTags.Base.Orientation)
    return value if value in _TURNS else 1


def turned(image: Image.Image, by: int, *, stored_as: str | None) -> Image.Image:
    """Return the decoded picture as people see it."""
    if stored_as in _TURNED_BY_DECODER or by not in _TURNS:
        return image
    return image.transpose(_TURNS[by])


def turned_size(size: tuple[int, int], by: int, *, stored_as: str | None) -> tuple[int, int]:
    """Return the size that `turned` will have."""
    if stored_as in _TURNED_BY_DECODER or by < 5:
        return size
    return size[1], size[0]


def captured_at(tags: Tags) -> datetime | None:
    """Return when the shutter opened: UTC if the camera wrote its offset, else its wall clock."""
    stamp = _text(tags, ExifTags.Base.DateTimeOriginal)
    for offset in (_text(tags, ExifTags.Base.OffsetTimeOriginal), "+00:00"):
        with suppress(ValueError, OverflowError):
            return datetime.strptime(stamp + offset, "%Y:%m:%d %H:%M:%S%z").astimezone(UTC)
    return None


def _text(tags: Tags, tag: int) -> str:
    value = tags.get(tag)
    return value.strip("\0 ") if isinstance(value, str) else ""
