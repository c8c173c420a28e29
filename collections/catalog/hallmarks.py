"""When the United Kingdom asks for a hallmark, and what the law calls each metal.

The facts are those of the Hallmarking Act 1973 (https://www.legislation.gov.uk/ukpga/1973/43),
as amended. Section 1: who sells in the course of trade may not describe an article as gold,
silver, palladium or platinum unless it is hallmarked. Schedule 1, Part II, paragraphs 12 to 12C
exempt what weighs less than a limit: of one precious metal, 7.78 g of silver, 1 g of gold or
palladium, 0.5 g of platinum; of several metals, the weight of *all* the metal counts, against
the limit of the strictest of them. Stones are not weighed, plating is not counted: gilded silver
is silver. Nothing is exempt that is less fine than Schedule 2 allows. Weights are mg.

``static/js/workshop/hallmark-helper.js`` says the same while the form is filled in; both are
held to ``tests/catalog/hallmarks.json``. This is help, no legal advice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models import Material, Piece, PieceMaterial

Metal = Material.Metal
# From so many mg on a mark must be struck; the strictest first.
LIMITS: dict[str, int] = {
    Metal.PLATINUM: 500,
    Metal.GOLD: 1_000,
    Metal.PALLADIUM: 1_000,
    Metal.SILVER: 7_780,
}
# The standards of fineness, parts per thousand; the first is the least that has the name.
FINENESSES: dict[str, tuple[int, ...]] = {
    Metal.SILVER: (800, 925, 958, 999),
    Metal.GOLD: (375, 585, 750, 916, 990, 999),
    Metal.PALLADIUM: (500, 950, 999),
    Metal.PLATINUM: (850, 900, 950, 999),
}

TITLES: dict[str, str | Promise] = {
    "none": _("No precious metal is named among the materials."),
    "unknown": _("Its weight decides whether it needs a hallmark."),
    "free": _("No hallmark is asked for."),
    "must": _("Sold to the United Kingdom, it needs a hallmark."),
    "marked": _("It bears the hallmark that the United Kingdom asks for."),
    "low": _("By law it may not be called by the name of its metal."),
}
SENTENCES: dict[str, str | Promise] = {
    "none": _("Silver, gold, palladium and platinum are marked; plating does not count."),
    "unknown": _("Say what it weighs: %(metal)s must be marked from %(limit)s g."),
    "free": _(
        "It weighs %(weight)s g; %(metal)s is free below %(limit)s g."
        " A mark is welcome all the same."
    ),
    "must": _("It weighs %(weight)s g; %(metal)s from %(limit)s g must be marked."),
    "marked": _("The law asks it of %(metal)s from %(limit)s g on."),
    "low": _("What is called %(metal)s has at least %(least)s parts in a thousand of it."),
}
WITH_STONES = _("Stones are not weighed: if it is near the limit, weigh the metal alone.")
MIXED = _("Of several metals all their weight counts, against the strictest of them.")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the law asks of a piece: ``state`` is a key of TITLES; weights in mg."""

    state: str
    metals: tuple[str, ...] = ()
    weight: int | None = None
    limit: int | None = None
    low: str = ""

    @property
    def title(self) -> str:
        return str(TITLES[self.state])

    @property
    def sentence(self) -> str:
        metal = self.low or next(iter(self.metals), "")
        return str(SENTENCES[self.state]) % {
            "metal": Metal(metal).label if metal else "",
            "weight": grams(self.weight or 0),
            "limit": grams(self.limit or 0),
            "least": FINENESSES[metal][0] if metal else "",
        }


def read(fineness: Mapping[str, int | None], weight: int | None, *, marked: bool) -> Reading:
    """What is asked of so much metal: the fineness of each precious metal in it, if known."""
    metals = tuple(metal for metal in LIMITS if metal in fineness)
    if not metals:
        return Reading("none")
    for metal in metals:
        if (fineness[metal] or FINENESSES[metal][0]) < FINENESSES[metal][0]:
            return Reading("low", metals, weight, LIMITS[metal], low=metal)
    limit = LIMITS[metals[0]]
    if not weight:
        return Reading("marked" if marked else "unknown", metals, None, limit)
    if weight < limit:
        return Reading("free", metals, weight, limit)
    return Reading("marked" if marked else "must", metals, weight, limit)


def of_piece(piece: Piece, made_of: Iterable[PieceMaterial]) -> Reading:
    """The reading of a piece; ``made_of`` are its materials, each with its material."""
    fineness: dict[str, int | None] = {}
    for row in made_of:
        if row.role == PieceMaterial.Role.METAL and row.material.metal:
            fineness.setdefault(row.material.metal, row.material.fineness)
    weight = piece.metal_weight or piece.weight
    return read(fineness, weight, marked=bool(piece.hallmark))


def table(reading: Reading) -> list[tuple[str, str, bool]]:
    """Each metal with its limit in grams, and whether it is in the piece."""
    order = (Metal.SILVER, Metal.GOLD, Metal.PALLADIUM, Metal.PLATINUM)
    return [(metal.value, grams(LIMITS[metal]), metal in reading.metals) for metal in order]


def notice() -> list[tuple[str, str, str]]:
    """Each metal's name, its standards of fineness, and from how many grams it is marked."""
    order = (Metal.GOLD, Metal.SILVER, Metal.PLATINUM, Metal.PALLADIUM)
    return [
        (str(metal.label), " · ".join(map(str, FINENESSES[metal])), grams(LIMITS[metal]))
        for metal in order
    ]


def grams(weight: int) -> str:
    """Milligrams as grams: ``7.78``."""
    whole, rest = divmod(weight, 1_000)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)
