"""Form fields for what people write as decimals and the shop keeps as whole small units."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from shop.money import SYMBOLS, NotMoney, exponent, from_decimal, to_decimal

# 1480 · 1480.50 · 1480,50 · 1,480 · 1,480.50 · 1 480,50: a point or a comma before at most
# two digits is a decimal sign, before three a grouping one.
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:[,. \u00a0\u202f’']\d{3})+(?:[.,]\d{1,2})?\Z")
_THREE = 3
_PLAIN = re.compile(r"-?\d{1,9}(?:[.,]\d{1,6})?\Z")


def read_decimal(text: str, *, grouped: bool = True) -> Decimal:
    """The number a person means; ``grouped``: 1,480 is a thousand and more, not 1.48.

    Raises ValueError when it cannot be told.
    """
    text = text.strip()
    if grouped and _GROUPED.match(text):
        whole, tail = (text[:-3], text[-2:]) if text[-3] in ".," else (text, "")
        if not tail and text[-2] in ".,":
            whole, tail = text[:-2], text[-1]
        return Decimal(re.sub(r"[^\d-]", "", whole) + (f".{tail}" if tail else ""))
    if _PLAIN.match(text):
        return Decimal(text.replace(",", "."))
    raise ValueError(text)


class SmallUnitsField(forms.CharField):
    """A decimal shown, a whole number of ``10 ** -digits`` kept: 12.5 mm is 1250."""

    digits = 0
    unit = ""
    grouped = False
    default_error_messages = {
        "number": _("This is not a number: write 12.5, for example."),
        "fine": _("That is finer than the shop can keep."),
        "minimum": _("That is too little."),
        "maximum": _("That is too much."),
    }

    def __init__(
        self, *, minimum: int | None = 0, maximum: int = 99_999_999, **kwargs: Any
    ) -> None:
        self.minimum, self.maximum = minimum, maximum
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """What is shown for what is kept; what was typed stays as it was typed."""
        return self.show(value) if isinstance(value, int) else value

    def show(self, value: int) -> str:
        return f"{Decimal(value).scaleb(-self.digits).normalize():f}"

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        try:
            number = read_decimal(str(value), grouped=self.grouped)
        except ValueError as error:
            raise ValidationError(self.error_messages["number"], code="number") from error
        units = self.units(number)
        if self.minimum is not None and units < self.minimum:
            raise ValidationError(self.error_messages["minimum"], code="minimum")
        if units > self.maximum:
            raise ValidationError(self.error_messages["maximum"], code="maximum")
        return units

    def units(self, number: Decimal) -> int:
        units = number.scaleb(self.digits)
        if units != units.to_integral_value():
            raise ValidationError(self.error_messages["fine"], code="fine")
        return int(units)

    def run_validators(self, value: Any) -> None:
        """Bounds were checked with the units."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


class MillimetresField(SmallUnitsField):
    """Millimetres shown, 0.01 mm kept."""

    digits = 2
    unit = "mm"


class PercentField(SmallUnitsField):
    """Per cent shown, basis points kept: 18 is 1800."""

    digits = 2
    unit = "%"


class GramsField(SmallUnitsField):
    """Grams shown, milligrams kept."""

    digits = 3
    unit = "g"


class MoneyField(SmallUnitsField):
    """An amount of the shop's currency shown, its minor units kept."""

    default_error_messages = {"number": _("This is not an amount: write 640 or 640.50.")}

    def __init__(self, **kwargs: Any) -> None:
        self.currency = settings.SHOP_CURRENCY
        self.unit = SYMBOLS.get(self.currency, self.currency.upper())
        # Where money has three digits, 1.480 is not a thousand and more.
        self.grouped = exponent(self.currency) < _THREE
        super().__init__(**kwargs)

    def show(self, value: int) -> str:
        decimal = to_decimal(value, self.currency)
        whole = decimal == decimal.to_integral_value()
        places = 0 if whole else exponent(self.currency)
        if not self.grouped:
            return f"{decimal:.{places}f}"
        return number_format(decimal, decimal_pos=places, use_l10n=True, force_grouping=True)

    def units(self, number: Decimal) -> int:
        try:
            return from_decimal(number, self.currency)
        except NotMoney as error:
            raise ValidationError(str(error), code="fine") from error
