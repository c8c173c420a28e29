"""One row of a table, judged as the piece's own page would judge it."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from catalog import prices
from catalog.admin.sizes import check_edition
from catalog.admin.slugged import SluggedForm
from catalog.models import Piece
from catalog.prices import PriceField
from catalog.sheets.reading import Cell
from designers.owned_form import ProseField
from shop.money import SYMBOLS, format_money
from shop.money_field import GramsField, MillimetresField

_EITHER_WAY = re.compile(r"-?\d{1,3}[.,]\d{3}\Z")


class WordField(forms.Field):
    """A choice by its word, in the reader's language or in English, or by its value."""

    def __init__(self, choices: Iterable[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = tuple((value, label) for value, label in choices if value != "")

    def to_python(self, value: Any) -> Any:
        word = str(value or "").strip().lower().replace("_", " ")
        if not word:
            return ""
        for kept in _known(self.choices, get_language()):
            if word in kept[1:]:
                return kept[0]
        told = {"word": value, "words": ", ".join(str(label) for _value, label in self.choices)}
        raise ValidationError(_("“%(word)s” is none of: %(words)s.") % told)


@cache
def _known(choices: tuple[tuple[Any, Any], ...], _language: str | None) -> list[tuple[Any, ...]]:
    """Each value with the words by which it is known; looked up once a language."""
    with override("en"):
        english = [str(label).lower() for _value, label in choices]
    return [
        (value, str(value).lower().replace("_", " "), str(label).lower(), name)
        for (value, label), name in zip(choices, english, strict=True)
    ]


class PriceCell(PriceField):
    """An amount, with the shop's currency beside it or without."""

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        text = str(value or "").strip()
        for sign in (SYMBOLS.get(self.currency, ""), self.currency.upper(), self.currency):
            text = text.removeprefix(sign).removesuffix(sign).strip() if sign else text
        return super().to_python(text)

    def note(self, cell: Cell, price: int | None) -> str:
        """How an amount was read that could be read in two ways; else nothing."""
        if price is None or not isinstance(cell, str) or not self.grouped:
            return ""
        if not _EITHER_WAY.search(cell.strip(f"{SYMBOLS.get(self.currency, '')} ")):
            return ""
        told = {"cell": cell, "price": format_money(price, self.currency)}
        return _("“%(cell)s” was read as %(price)s.") % told


class RowForm(SluggedForm):
    """The fields of a piece that a table fills; of a piece that is there only those changed."""

    kind = WordField(Piece.Kind.choices, label=gettext_lazy("kind"))
    making = WordField(Piece.Making.choices, required=False)
    colour = WordField(Piece.Colour.choices, required=False)
    tax_category = WordField(Piece.TaxCategory.choices, required=False)
    has_certificate = WordField(
        [(True, gettext_lazy("yes")), (False, gettext_lazy("no"))], required=False
    )
    price = PriceCell()
    length = MillimetresField(required=False)
    width = MillimetresField(required=False)
    height = MillimetresField(required=False)
    weight = GramsField(required=False)
    text = ProseField(required=False)

    class Meta:
        model = Piece
        fields = [
            *("title", "kind", "making", "edition_size", "price", "lead_days", "text"),
            *("summary", "material_line", "colour", "length", "width", "height", "weight"),
            *("measures", "hallmark", "care", "care_note", "engraving_letters"),
            *("has_certificate", "tax_category"),
        ]

    def __init__(self, cells: dict[str, Cell], *, piece: Piece) -> None:
        data = {name: _as_typed(cell) for name, cell in cells.items()}
        super().__init__(data, instance=piece)
        self.fields["price"].required = not piece.pk
        for name in list(self.fields):
            if name not in cells and (piece.pk or name not in {"title", "kind", "price"}):
                del self.fields[name]
            elif name in _DEFAULTS and data.get(name) == "":
                self.data = {**self.data, name: _DEFAULTS[name]}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "price" in cleaned:
            prices.check(cleaned["price"], self.instance.status)
        both = {"making": self.instance.making, "edition_size": self.instance.edition_size}
        try:
            check_edition(both | cleaned)
        except ValidationError as error:
            if "edition_size" in self.fields:
                raise
            raise ValidationError(error.messages) from error
        return cleaned

    def validate_constraints(self) -> None:
        """Seen to above, without asking the database once a row for each."""


# What an emptied cell means where a piece must have something.
_DEFAULTS = {
    name: str(Piece._meta.get_field(name).default)  # type: ignore[union-attr]
    for name in ("making", "lead_days", "engraving_letters", "tax_category", "has_certificate")
}


def _as_typed(cell: Cell) -> str:
    """A number of a spreadsheet has no groups and a point, whatever its country."""
    if isinstance(cell, str):
        return cell
    text = f"{cell:f}"
    _whole, point, rest = text.partition(".")
    # Three digits behind a point would read as thousands.
    return f"{text}0" if point and len(rest) == len("000") else text
