"""A piece's price as its maker sees and writes it: a draft may have none yet."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Piece
from shop.money import format_money
from shop.money_field import MoneyField

# A piece needs a price above nothing. Until its maker sets one, a draft has one at which nobody
# buys it by mistake.
UNPRICED = 99_999_999


class PriceField(MoneyField):
    """An amount above nothing; left empty, the piece has no price yet."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"minimum": 1, "required": False} | kwargs)
        self.widget.attrs["placeholder"] = gettext_lazy("no price yet")

    def show(self, value: int) -> str:
        return "" if value == UNPRICED else super().show(value)

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        price = super().to_python(value)
        return UNPRICED if price is None and not self.required else price


def check(price: int | None, status: str) -> None:
    """What shoppers see, or will once it is reviewed, has a price. Raises ValidationError."""
    if price == UNPRICED and status in {Piece.Status.LIVE, Piece.Status.WAITING}:
        raise ValidationError({"price": _("Set its price first.")})


def check_form(form: forms.BaseForm, status: str) -> None:
    """The same of a form that is being cleaned: what is missing stands at its price."""
    try:
        check(form.cleaned_data.get("price"), status)
    except ValidationError as missing:
        form.add_error(None, missing)


def in_words(price: int) -> str:
    """``640 €``, or that there is none yet; ``price`` in minor units of the shop's currency."""
    if price >= UNPRICED:  # a size may add to it
        return _("no price yet")
    return format_money(price, settings.SHOP_CURRENCY)
