"""Sizes as people write them in a cell: ``52; 54`` · ``US 5 to 8 in halves`` · ``42 cm; 45 cm``."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import Piece
from shop.money_field import MillimetresField, read_decimal

MOST = 60
_FRACTIONS = {"¼": ".25", "½": ".5", "¾": ".75"}
# 0.01 mm in one of each unit.
_UNITS = {"mm": Decimal(100), "cm": Decimal(1000), "in": Decimal(2540), '"': Decimal(2540)}
_NUMBER = r"\d{1,4}(?:[.,]\d{1,2})?(?: ?[¼½¾])?"
_ONE = re.compile(rf"(?i)(?P<us>us )?(?P<number>{_NUMBER}) ?(?P<unit>mm|cm|in|\")?")
_RUN = re.compile(
    rf"(?i)(?P<us>us )?(?P<from>{_NUMBER}) ?(?:to|-|–) ?(?P<to>{_NUMBER}) ?(?P<unit>mm|cm)?"
    r"(?: in (?P<step>halves|quarters|ones|twos|fives))?"
)
_STEPS = {
    "quarters": Decimal("0.25"),
    "halves": Decimal("0.5"),
    "ones": Decimal(1),
    "twos": Decimal(2),
    "fives": Decimal(5),
}
# The inner circumference of US size 0 and of a step, 0.01 mm (catalog/ring_sizes.py).
_US_ZERO, _US_STEP = 3650, 255

type Size = tuple[str, int | None]


class NotSizes(ValueError):
    """The message says which words are not understood."""


def split(cell: str) -> list[str]:
    """The things in a cell: between semicolons, or where there are none between commas."""
    parts = cell.split(";" if ";" in cell else ",")
    return [part.strip() for part in parts if part.strip()]


def read(cell: str, kind: str) -> list[Size]:
    """Each size with its name and its 0.01 mm (None: only a name). Raises NotSizes."""
    sizes: dict[str, int | None] = {}
    for words in split(cell):
        run = _RUN.fullmatch(words)
        found = _of_run(run, words, kind) if run else [_one(words, kind)]
        sizes |= {label: size for label, size in found if label not in sizes}
    if len(sizes) > MOST:
        raise NotSizes(_("More than %s sizes.") % MOST)
    return list(sizes.items())


def _one(words: str, kind: str) -> Size:
    told = _ONE.fullmatch(words)
    if told is None or not (told["unit"] or told["us"] or kind == Piece.Kind.RING):
        if len(words) > 40:
            raise NotSizes(_("“%s…” is too long for a size.") % words[:40])
        return words, None
    return _measured(_decimal(told["number"]), (told["unit"] or "").lower(), is_us=bool(told["us"]))


def _of_run(run: re.Match[str], words: str, kind: str) -> list[Size]:
    first, last = _decimal(run["from"]), _decimal(run["to"])
    unit = (run["unit"] or "").lower()
    if not (unit or run["us"] or kind == Piece.Kind.RING):
        raise NotSizes(_("“%s” needs its unit: 42-48 cm.") % words)
    step = _STEPS[(run["step"] or "ones").lower()]
    if last <= first or (last - first) / step > MOST:
        raise NotSizes(_("“%s” is no run of sizes.") % words)
    count = int((last - first) / step) + 1
    return [_measured(first + step * n, unit, is_us=bool(run["us"])) for n in range(count)]


def _measured(number: Decimal, unit: str, *, is_us: bool) -> Size:
    if is_us:
        size = int(_US_ZERO + number * _US_STEP + Decimal("0.5"))
        return MillimetresField().show(size), size
    size = round(number * _UNITS[unit or "mm"])
    if unit in {"cm", "in", '"'}:
        return f"{number.normalize():f} {'in' if unit != 'cm' else 'cm'}", size
    return MillimetresField().show(size), size


def _decimal(text: str) -> Decimal:
    for sign, tail in _FRACTIONS.items():
        if sign in text:
            return Decimal(text.replace(sign, "").strip() + tail)
    return read_decimal(text, grouped=False)
