"""Sizes as people write them in a cell: ``52; 54`` · ``US 5 to 8 in halves`` · ``S; M; L``."""

import re

from django.utils.translation import gettext as _

from catalog import size_runs
from catalog.models import Piece

MOST = 2 * size_runs.MOST
# What is meant as a measure: then it must be one, and is no mere name.
_MEASURE = re.compile(r"(?i)(?:(?:us|uk|eu|iso|jp) |.*\d)")
_NAME = 40

type Size = tuple[str, int | None]


class NotSizes(ValueError):
    """The message says what is not understood."""


def split(cell: str) -> list[str]:
    """The things in a cell: between semicolons, or where there are none between commas."""
    parts = cell.split(";" if ";" in cell else ",")
    return [part.strip() for part in parts if part.strip()]


def read(cell: str, kind: str) -> list[Size]:
    """Each size with its name and its 0.01 mm (None: only a name). Raises NotSizes."""
    ring = kind == Piece.Kind.RING
    try:
        return _run(cell, ring=ring) if cell.strip() else []
    except size_runs.NotARun:
        sizes: dict[str, int | None] = {}
        for words in split(cell):
            sizes |= {name: size for name, size in _one(words, ring=ring) if name not in sizes}
    if len(sizes) > MOST:
        raise NotSizes(_("More than %s sizes.") % MOST)
    return list(sizes.items())


def _run(words: str, *, ring: bool) -> list[Size]:
    run = size_runs.read(words, ring=ring)
    return list(zip(run.labels, run.sizes, strict=True))


def _one(words: str, *, ring: bool) -> list[Size]:
    try:
        return _run(words, ring=ring)
    except size_runs.NotARun as error:
        if _MEASURE.match(words) and error.code != "unread":
            raise NotSizes(f"“{words}”: {error}") from error
    if len(words) > _NAME:
        raise NotSizes(_("“%s…” is too long for a size.") % words[:_NAME])
    return [(words, None)]
