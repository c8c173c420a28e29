"""A run of sizes as a maker says it, ``US 5 to 8 in halves``: read, said back, and made at once.

``static/js/workshop/size-run.js`` reads the same words while they are typed; both are held to
``tests/catalog/size_runs.json``. How countries count is ``ring_sizes``' business: here are the
inverses. Values are hundredths of a scale's unit until they become sizes in 0.01 mm.
"""

import re
from dataclasses import dataclass
from math import floor, pi

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

MOST = 60
_NAMED = 12
# What a finger can wear, and what can be worn at all, in 0.01 mm.
_RING, _LENGTH = (3_600, 8_000), (100, 500_000)
_WHOLE = 100
_FINEST = {"us": 25, "uk": 50, "jp": _WHOLE}
_STEPS = {"half": 50, "halves": 50, "quarter": 25, "quarters": 25, "whole": 100, "wholes": 100}

REFUSALS: dict[str, str | Promise] = {
    "unread": gettext_lazy("Not understood yet. Try: 50-58 mm."),
    "backwards": gettext_lazy("A run goes from the smaller size to the larger."),
    "many": gettext_lazy("More than sixty sizes: make the run shorter, or its steps larger."),
    "fine": gettext_lazy("There are no such steps between those sizes."),
    "beyond": gettext_lazy("No hand, neck or wrist has such a size: is it the right unit?"),
    "scale": gettext_lazy("Only a ring has a US, UK, EU or JP size: say it in cm or mm."),
}


class NotARun(Exception):
    """Words that mean no run; ``code`` is a key of REFUSALS, the text a sentence of it."""

    def __init__(self, code: str) -> None:
        super().__init__(str(REFUSALS[code]))
        self.code = code


@dataclass(frozen=True, slots=True)
class Run:
    """What was understood: sizes in 0.01 mm from small to large, and what each is called."""

    scale: str
    sizes: tuple[int, ...]
    labels: tuple[str, ...]
    # As written: ``US 5, 5 ½, 6``.
    names: str
    is_ring: bool

    @property
    def said(self) -> str:
        """The run said back in a sentence or two."""
        count = len(self.sizes)
        said = ngettext("One size: %(names)s.", "%(count)s sizes: %(names)s.", count)
        said %= {"count": count, "names": self.names}
        if self.scale in {"mm", "cm"}:
            return said
        ends = {"first": show(self.sizes[0]), "last": show(self.sizes[-1])}
        return f"{said} {_('Around the inside that is %(first)s to %(last)s mm.') % ends}"


def read(text: str, *, ring: bool) -> Run:
    """The run that these words mean for a ring, or for anything else. Raises NotARun."""
    scale, words, step = _taken_apart(_plain(text), ring=ring)
    values = sorted({value for part in words for value in _values(part, scale, step)})
    if not values:
        raise NotARun("unread")
    if len(values) > MOST:
        raise NotARun("many")
    sizes = tuple(_size(value, scale) for value in values)
    least, most = _RING if ring else _LENGTH
    if sizes[0] < least or sizes[-1] > most:
        raise NotARun("beyond")
    labels = tuple(_label(size, scale) if ring else _length(size, scale) for size in sizes)
    return Run(scale, sizes, labels, _names(values, scale), ring)


def show(size: int) -> str:
    """0.01 mm in millimetres: ``54``, ``49.25``."""
    return _number(size)


def words_for(sizes: list[int], *, ring: bool) -> str:
    """The shortest words that ``read`` as these sizes (0.01 mm): ``50–58``, ``42, 45 cm``."""
    sizes = sorted(set(sizes))
    is_cm = not ring and all(not size % 1_000 for size in sizes)
    values = [size // 10 if is_cm else size for size in sizes]
    unit = "" if ring else " cm" if is_cm else " mm"
    parts: list[list[int]] = []
    for value in values:
        if parts and value == parts[-1][-1] + _WHOLE:
            parts[-1].append(value)
        else:
            parts.append([value])
    return ", ".join(map(_part, parts)) + unit if values else ""


def _part(values: list[int]) -> str:
    """Two are said as two, more as a range."""
    if len(values) <= 2:
        return ", ".join(map(_number, values))
    return f"{_number(values[0])}–{_number(values[-1])}"


def _plain(text: str) -> str:
    """In small letters, with one kind of dash, and fractions as decimals."""
    text = re.sub(r"[–—−]", "-", re.sub(r"\s+", " ", text.lower())).strip(" .")
    for sign, decimal in (("½", ".5"), ("1/2", ".5"), ("¼", ".25"), ("1/4", ".25")):
        text = re.sub(rf"(?<=[\da-z]) ?{sign}", decimal, text)
    text = re.sub(r"(?<=[\d]) ?(?:¾|3/4)", ".75", text)
    return re.sub(r"(\d),5(?!\d)", r"\1.5", text)


_SCALE = re.compile(r"(us|uk|eu|iso|jp)(?![a-z]) ?")
_STEP = re.compile(
    r" ?,? (?:in|by|every) (?:steps of )?"
    r"(half|halves|quarters?|wholes?|\d{1,3}(?:\.\d{1,2})?)(?: sizes| steps)?(?: (?:mm|cm))?$",
    re.ASCII,
)
_UNIT = re.compile(r"(?<=[\d ])(mm|cm)(?![a-z])")


def _taken_apart(text: str, *, ring: bool) -> tuple[str, list[str], int]:
    """The scale, the sizes and ranges in it, and the step in hundredths of its unit."""
    step = _WHOLE
    if found := _STEP.search(text):
        step = _STEPS.get(found[1]) or _hundredths(found[1])
        text = text[: found.start()]
    units = set(_UNIT.findall(text))
    text = " ".join(_UNIT.sub(" ", text).split())
    if found := _SCALE.match(text):
        if not ring:
            raise NotARun("scale")
        units.add({"iso": "mm", "eu": "mm"}.get(found[1], found[1]))
        text = text[found.end() :]
    if len(units) > 1 or step <= 0:
        raise NotARun("unread")
    text = re.sub(r" ?(?:-| to ) ?", "-", text).replace(" and ", " ")
    scale = units.pop() if units else "mm" if ring else "cm"
    return scale, [word for word in re.split(r"[\s,;]+", text) if word], step


_NUMBER = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,2})?$")
_LETTER = re.compile(r"([a-z])(?:\+([1-6]))?(\.5)?$")
_Z = 25


def _values(word: str, scale: str, step: int) -> range:
    first, dash, last = word.partition("-")
    start = _value(first, scale)
    end = _value(last, scale) if dash else start
    if end < start:
        raise NotARun("backwards")
    finest = _FINEST.get(scale, 1)
    if start % finest or (end != start and step % finest):
        raise NotARun("fine")
    if (end - start) // step >= MOST:
        raise NotARun("many")
    return range(start, end + 1, step)


def _value(word: str, scale: str) -> int:
    if scale != "uk":
        if not _NUMBER.match(word):
            raise NotARun("unread")
        return _hundredths(word)
    found = _LETTER.match(word)
    if not found or (found[2] and found[1] != "z"):
        raise NotARun("unread")
    return (ord(found[1]) - ord("a") + int(found[2] or 0)) * _WHOLE + (50 if found[3] else 0)


def _hundredths(number: str) -> int:
    whole, _point, rest = number.partition(".")
    return int(whole) * _WHOLE + int(rest.ljust(2, "0"))


def _size(value: int, scale: str) -> int:
    """0.01 mm of what a value is called in its scale; see ``ring_sizes``."""
    if scale == "us":
        return (365_000 + 255 * value + 50) // _WHOLE
    if scale == "uk":
        return (375_000 + 125 * value + 50) // _WHOLE
    if scale == "jp":
        return floor(pi * (1_300 + (value - 100) / 3) + 0.5)
    return value * 10 if scale == "cm" else value


def _names(values: list[int], scale: str) -> str:
    names = [_letter(value) if scale == "uk" else _fraction(value, scale) for value in values]
    if len(names) > _NAMED:
        names = [names[0], f"{names[1]} … {names[-1]}"]
    said = ", ".join(names)
    return f"{said} {scale}" if scale in {"mm", "cm"} else f"{scale.upper()} {said}"


def _letter(value: int) -> str:
    place, half = divmod(value, _WHOLE)
    letter = chr(ord("A") + place) if place <= _Z else f"Z+{place - _Z}"
    return f"{letter} ½" if half else letter


_FRACTIONS = {25: " ¼", 50: " ½", 75: " ¾"}


def _fraction(value: int, scale: str) -> str:
    whole, rest = divmod(value, _WHOLE)
    if scale == "us":
        return f"{whole}{_FRACTIONS.get(rest, '')}"
    return _number(value)


def _label(size: int, scale: str) -> str:
    """Millimetres; those of another scale to a tenth, which no finger feels."""
    return _number(size if scale == "mm" else (size + 5) // 10 * 10)


def _length(size: int, scale: str) -> str:
    return f"{_number(size // 10 if scale == 'cm' else size)} {scale}"


def _number(hundredths: int) -> str:
    whole, rest = divmod(hundredths, _WHOLE)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)
