"""What stands in each column of a table of pieces; docs/import.md explains them to makers."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from import_export.fields import Field

from catalog.models import Piece, Variant
from catalog.prices import UNPRICED
from catalog.sheets.reading import tidy
from shop.money import exponent, to_decimal
from shop.money_field import GramsField, MillimetresField

type Show = Callable[[Any], object]


class Column(Field):  # type: ignore[misc]
    """A column by its name; ``field`` is the field of the piece's form that it fills."""

    def __init__(self, name: str, show: str | Show, told: Any, *, field: str = "") -> None:
        super().__init__(column_name=name)
        self.field, self.told = field, told
        self.show = show

    def export(self, instance: Any, **_kwargs: Any) -> str:
        """The cell for a piece, as ``reading`` gives it back."""
        value = self.show(instance) if callable(self.show) else getattr(instance, self.show)
        return tidy("" if value is None else str(value))


def _of(field: str, name: str, told: Any = "", show: str | Show | None = None) -> Column:
    return Column(name, show or field, told, field=field)


def _label(field: str) -> Show:
    return lambda piece: _labels(field, get_language()).get(getattr(piece, field), "")


@cache
def _labels(field: str, _language: str | None) -> dict[str, str]:
    """The words of a choice in one language: two thousand rows have many."""
    choices = Piece._meta.get_field(field).choices  # type: ignore[union-attr]
    return {value: str(label) for value, label in choices or [] if value}


def _millimetres(field: str) -> Show:
    return lambda piece: _shown(MillimetresField(), getattr(piece, field))


def _shown(kind: MillimetresField | GramsField, value: int | None) -> str:
    return kind.show(value) if value is not None else ""


def _price(piece: Any) -> str:
    """With a point and without groups of three: read alike wherever it is opened."""
    if piece.price in {None, UNPRICED}:
        return ""
    currency = settings.SHOP_CURRENCY
    return f"{to_decimal(piece.price, currency):.{exponent(currency)}f}"


def variants_of(piece: Piece) -> list[Variant]:
    """Its sizes in their order, without a query when they are prefetched."""
    if not piece.pk:
        return []
    return sorted(piece.variants.all(), key=lambda size: (size.position, size.pk or 0))


def _number(piece: Any) -> str:
    if (wanted := _wanted(piece)) and wanted.number is not None:
        return str(wanted.number)
    sizes = variants_of(piece)
    return sizes[0].sku if sizes else ""


def _sizes(piece: Any) -> str:
    added = [label for label, _size in wanted.sizes] if (wanted := _wanted(piece)) else []
    return joined([*(size.label for size in variants_of(piece)), *added])


def _ready(piece: Any) -> str:
    wanted = _wanted(piece)
    counts = {size.label: size.stock for size in variants_of(piece)}
    if wanted:
        counts |= {label: 0 for label, _size in wanted.sizes}
        counts |= wanted.counts
    if set(counts) <= {""} or len(counts) == 1:
        return str(next(iter(counts.values()), ""))
    return joined(f"{label}: {count}" for label, count in counts.items())


def _ready_then(piece: Any) -> str:
    counts = {size.label: size.stock for size in variants_of(piece)}
    if len(counts) == 1:
        return str(next(iter(counts.values())))
    return joined(f"{label}: {count}" for label, count in counts.items())


def _materials(piece: Any) -> str:
    if (wanted := _wanted(piece)) and wanted.materials is not None:
        return joined(f"{role}: {material.name}" for role, material in wanted.materials)
    if piece.pk is None:
        return ""
    rows = sorted(piece.piece_materials.all(), key=lambda row: (row.position, row.pk))
    return joined(f"{row.role}: {row.material.name}" for row in rows)


def joined(words: Iterable[str]) -> str:
    """Several things in one cell."""
    return "; ".join(word for word in words if word)


def _wanted(piece: Any) -> Any:
    return getattr(piece, "wanted", None)


def _collection(piece: Piece) -> str:
    return piece.collection.title if piece.collection_id else ""


def _certificate(piece: Piece) -> str:
    return _("yes") if piece.has_certificate else _("no")


_FINE = gettext_lazy("9.5, for example")

# In the order in which they are written. Their names are part of no translation: a file that
# was written in one language is read in another.
COLUMNS = [
    Column(
        "address",
        "slug",
        gettext_lazy("which piece it is; empty makes a new one"),
    ),
    Column(
        "number",
        _number,
        gettext_lazy("your own number (SKU); without an address it finds the piece too"),
    ),
    Column("collection", _collection, gettext_lazy("its title, one of yours")),
    _of("title", "title", gettext_lazy("up to 80 letters")),
    _of("kind", "kind", gettext_lazy("ring, necklace, earrings …"), _label("kind")),
    _of(
        "making",
        "how many there are",
        gettext_lazy("one of a kind, limited edition, kept ready, made to order"),
        _label("making"),
    ),
    _of("edition_size", "size of the edition", gettext_lazy("for a limited edition")),
    _of("price", "price", gettext_lazy("1200.50 or 1200,50, in the shop’s currency"), _price),
    Column(
        "sizes",
        _sizes,
        gettext_lazy("52; 54; 56 · US 5 to 8 in halves · 42 cm; 45 cm; those not named stay"),
    ),
    Column("ready", _ready, gettext_lazy("3, or by size 52: 1; 54: 0")),
    Column(
        "ready when exported",
        _ready_then,
        gettext_lazy("leave it as it is: what was sold since then stays sold"),
    ),
    _of("lead_days", "days to make one", gettext_lazy("21, for example")),
    Column(
        "materials",
        _materials,
        gettext_lazy("metal: Sterling silver; stone: Turquoise, from the shop’s list"),
    ),
    _of("material_line", "made of", gettext_lazy("in a line, as shoppers read it")),
    _of("summary", "opening sentence", gettext_lazy("the first that shoppers read")),
    _of("text", "about", gettext_lazy("what there is to tell, in Markdown")),
    _of("colour", "colour", gettext_lazy("white, grey, gold, blue …"), _label("colour")),
    _of("length", "length mm", _FINE, _millimetres("length")),
    _of("width", "width mm", _FINE, _millimetres("width")),
    _of("height", "height mm", _FINE, _millimetres("height")),
    _of("weight", "weight g", _FINE, lambda piece: _shown(GramsField(), piece.weight)),
    _of("measures", "measures", gettext_lazy("in words")),
    _of("hallmark", "hallmark", gettext_lazy("in words")),
    _of("care", "care", gettext_lazy("in words")),
    _of("care_note", "care, also", gettext_lazy("what else to mind")),
    _of("engraving_letters", "letters to engrave", gettext_lazy("how many at most")),
    _of("has_certificate", "certificate", gettext_lazy("yes or no"), _certificate),
    _of(
        "tax_category",
        "taxed as",
        gettext_lazy("jewelry, bullion and coins, gift set"),
        _label("tax_category"),
    ),
    Column(
        "status",
        _label("status"),
        gettext_lazy("for reading: a piece is shown or retired on its page"),
    ),
]
BY_NAME = {column.column_name: column for column in COLUMNS}
# What finds a row, is only read, or follows from another column: no change by itself.
UNCHANGED = {"address", "status", "ready when exported"}
# Of a new piece: what it has by itself, and nobody misses in a look.
QUIET = {"letters to engrave", "certificate", "taxed as"}
