"""The public files of photographs: their names, and those that newer ones have replaced.

A page somebody has open still asks for the files it was made with; they are removed a day after.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils.timezone import now

from catalog.models import Photo

SUFFIXES = {"avif": "avif", "webp": "webp", "jpeg": "jpg"}
# Raised when the encoders' settings change: the names must change with the bytes.
_VERSION = "2"
_STILL_ASKED_FOR = timedelta(days=1)
_DIGITS = 20  # of the content's SHA-256 are in a name


def base(photo: Photo, shape: str) -> str:
    """A name that follows from the content, so that it may be kept by browsers for ever."""
    focus = f"-{photo.focus_x}-{photo.focus_y}" if shape == "card" else ""
    digits = photo.sha256[:_DIGITS]
    return f"photos/{digits[:2]}/{digits[2:]}-{_VERSION}{focus}"


def names(photo: Photo) -> list[str]:
    """The names of a photograph's renditions."""
    return list(_names(photo.renditions))


def _names(renditions: dict[str, Any]) -> Iterator[str]:
    for shape in renditions.values():
        if isinstance(shape, dict):
            for width, _height in shape["sizes"]:
                yield from (f"{shape['base']}-{width}.{suffix}" for suffix in SUFFIXES.values())


def replaced_by(photo: Photo, renditions: dict[str, Any]) -> dict[str, Any]:
    """The columns that remember which files new renditions put out of use."""
    old = {*photo.outdated, *names(photo)} - set(_names(renditions))
    return {"outdated": sorted(old), "outdated_at": now() if old else None}


def sweep(limit: int = 200) -> int:
    """Remove what nobody can have open any more; returns of how many photographs."""
    due = Photo.objects.filter(outdated_at__lt=now() - _STILL_ASKED_FOR).order_by("outdated_at")
    rows = list(due[:limit])
    for photo in rows:
        remove(photo.outdated)
        seen = Photo.objects.filter(pk=photo.pk, outdated_at=photo.outdated_at)
        seen.update(outdated=[], outdated_at=None)
    return len(rows)


def remove(files: Iterable[str]) -> None:
    """Delete public files, but for those that some photograph shows or is about to."""
    for stem in {_stem(name) for name in files}:
        needed = _needed(stem)
        for name in files:
            if _stem(name) == stem and _base_of(name) not in needed:
                default_storage.delete(name)


def _needed(stem: str) -> set[str]:
    """The bases that photographs of the same content have, made or still to be made."""
    named = Q(renditions__full__base__startswith=stem) | Q(renditions__card__base__startswith=stem)
    digits = "".join(stem.split("/")[1:])
    needed = set()
    for photo in Photo.objects.filter(Q(sha256__startswith=digits) | named):
        needed |= {base(photo, "natural"), base(photo, "card")}
        needed |= {_base_of(name) for name in names(photo)}
    return needed


def _stem(name: str) -> str:
    return _base_of(name).split("-")[0]


def _base_of(name: str) -> str:
    return name.rpartition("-")[0]
