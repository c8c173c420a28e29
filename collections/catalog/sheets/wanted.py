"""What a row asks for beside the piece's own columns: its sizes, what is ready, its materials."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.models import Material, Piece, PieceMaterial
from catalog.sheets import size_words
from catalog.sheets.columns import variants_of

MOST_READY = 9_999
_ROLES = {
    Material.Family.METAL: PieceMaterial.Role.METAL,
    Material.Family.STONE: PieceMaterial.Role.STONE,
}


@dataclass(slots=True)
class Wanted:
    """``sizes`` are those to add, ``counts`` what is to be ready by a size's name."""

    number: str | None = None
    sizes: list[size_words.Size] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    materials: list[tuple[str, Material]] | None = None
    notes: list[str] = field(default_factory=list)


def sizes_of(wanted: Wanted, piece: Piece, cell: str) -> None:
    """Reads the cell of sizes. Raises ValidationError."""
    there = {size.label for size in variants_of(piece)}
    try:
        named = _named(cell, there, piece.kind)
    except size_words.NotSizes as error:
        raise ValidationError({"sizes": str(error)}) from error
    wanted.sizes = [(label, size) for label, size in named if label not in there]
    kept = sorted(there - {label for label, _size in named} - {""})
    if kept:
        wanted.notes.append(
            _("Sizes are only added: %s stay. Take them out on the piece’s page.") % ", ".join(kept)
        )
    if len(there) + len(wanted.sizes) > size_words.MOST:
        raise ValidationError({"sizes": _("More than %s sizes.") % size_words.MOST})
    if wanted.sizes and there == {""}:
        raise ValidationError({"sizes": _("It has one size now: give that a name on its page.")})


def _named(cell: str, there: set[str], kind: str) -> list[size_words.Size]:
    """Names that it has already stay as they are, whatever they look like."""
    words = size_words.split(cell)
    known: list[size_words.Size] = [(word, None) for word in words if word in there]
    return known + size_words.read("; ".join(w for w in words if w not in there), kind)


def counts_of(wanted: Wanted, piece: Piece, cell: str, then: str) -> None:
    """Reads what is ready now, and what was when the file was written. Raises ValidationError."""
    stock = {size.label: size.stock for size in variants_of(piece)}
    labels = [*stock, *(label for label, _size in wanted.sizes)] or [""]
    said = _by_size(cell, labels)
    before = _by_size(then, labels) if then else {}
    for label, count in said.items():
        # The difference to what they saw: one sold in between stays sold.
        now = stock.get(label, 0) + count - before.get(label, stock.get(label, 0))
        wanted.counts[label] = max(0, now)
    for size in variants_of(piece):
        if wanted.counts.get(size.label, size.stock) < size.reserved:
            raise ValidationError(
                {
                    "ready": _("%s are in baskets or being paid for: it cannot be fewer.")
                    % size.reserved
                }
            )
    unchanged = [label for label, count in wanted.counts.items() if stock.get(label) == count]
    for label in unchanged:
        del wanted.counts[label]


def _by_size(cell: str, labels: list[str]) -> dict[str, int]:
    if len(labels) == 1 and ":" not in cell:
        return {labels[0]: _count(cell)}
    found = {}
    for part in size_words.split(cell):
        label, colon, count = part.rpartition(":")
        if not colon:
            told = "; ".join(f"{label}: 1" for label in labels[:2])
            raise ValidationError({"ready": _("Say for which size: %s.") % told})
        if label.strip() not in labels:
            raise ValidationError({"ready": _("It has no size “%s”.") % label.strip()})
        found[label.strip()] = _count(count)
    return found


def _count(words: str) -> int:
    text = words.strip().removesuffix(".0").removesuffix(",0")
    if not text.isascii() or not text.isdecimal() or int(text[:9]) > MOST_READY:
        raise ValidationError(
            {"ready": _("“%s” is no number from 0 to 9,999.") % words.strip()[:20]}
        )
    return int(text)


def materials_of(wanted: Wanted, cell: str, known: Mapping[str, Material]) -> None:
    """Reads ``metal: Sterling silver; stone: Turquoise``; ``known`` by lower-case name."""
    found: dict[tuple[str, int], tuple[str, Material]] = {}
    for words in (part.strip() for part in cell.split(";") if part.strip()):
        role, colon, name = words.partition(":")
        role, name = (role.strip().lower(), name.strip()) if colon else ("", words)
        material = known.get(name.lower())
        if material is None:
            raise ValidationError({"materials": _unknown(name, known)})
        role = role or _ROLES.get(material.family, PieceMaterial.Role.OTHER)  # type: ignore[call-overload]
        if role not in PieceMaterial.Role.values:
            told = {"role": role, "roles": ", ".join(PieceMaterial.Role.values)}
            raise ValidationError({"materials": _("“%(role)s” is none of %(roles)s.") % told})
        found[role, material.pk] = (role, material)
    wanted.materials = list(found.values())


def _unknown(name: str, known: Mapping[str, Material]) -> str:
    near = get_close_matches(name.lower(), list(known), n=1)
    if near:
        told = {"name": name, "near": known[near[0]].name}
        return _("“%(name)s” is not in the list of materials: is it %(near)s?") % told
    return _("“%s” is not in the list of materials.") % name
