"""One act on many pieces: what it does to each is shown first, then done to all or to none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog import copies, prices, size_runs, sizes, standing
from catalog.admin.grid import in_words
from catalog.models import Collection, Piece
from catalog.size_runs import NotARun
from shop.money import exponent, format_money, step
from shop.money_field import MoneyField, PercentField

Rows = list[Piece]
_DEAREST = 99_999_998


@dataclass(slots=True)
class Change:
    """What an act does to one piece: shown as ``was`` and ``becomes``; ``trouble`` stops it."""

    piece: Piece
    was: str
    seen: str
    becomes: str = ""
    new: Any = None
    trouble: str = ""
    # What writing it gave: true, or the piece that was made.
    made: Any = None

    @property
    def is_nothing(self) -> bool:
        return self.was == self.becomes


class ActForm(forms.Form):
    """What the act needs to know. ``pieces`` are those ticked."""

    def __init__(self, data: Any, *, pieces: Rows) -> None:
        super().__init__(data)
        self.pieces = pieces


@dataclass(frozen=True, slots=True)
class Act:
    """``now`` is what stands, as it is compared; ``show`` its words; ``new`` may refuse."""

    title: Any
    form: type[ActForm]
    now: Callable[[Piece], Any]
    show: Callable[[Any], str]
    new: Callable[[Piece, dict[str, Any]], Any]
    # Writes it if what was seen still stands; whether it did, or the piece that it made.
    write: Callable[[Piece, Any, Any], "bool | Piece"]
    # Which fields of the piece it changes.
    fields: tuple[str, ...]
    heading: Any = field(default="")


def changes(act: Act, form: ActForm) -> list[Change]:
    """What the act does to each piece; only what stands, while the form is not filled in."""
    return [_change(act, form, piece) for piece in form.pieces]


def _change(act: Act, form: ActForm, piece: Piece) -> Change:
    standing = act.now(piece)
    change = Change(piece, act.show(standing), seen=str(getattr(standing, "pk", standing)))
    if not form.is_bound or not form.is_valid():
        return change
    try:
        change.new = act.new(piece, form.cleaned_data)
        change.becomes = act.show(change.new)
    except ValidationError as refusal:
        change.trouble = " ".join(refusal.messages)
    return change


# --- price -------------------------------------------------------------------------------------


def _roundings() -> list[tuple[int, str]]:
    currency = settings.SHOP_CURRENCY
    whole = 10 ** exponent(currency)
    steps = dict.fromkeys([step(currency), whole, 5 * whole, 10 * whole, 50 * whole])
    return [(one, _("to the nearest %s") % format_money(one, currency)) for one in steps]


class PriceForm(ActForm):
    by = forms.ChoiceField(
        label=gettext_lazy("by"),
        choices=[("percent", gettext_lazy("per cent")), ("amount", gettext_lazy("an amount"))],
    )
    change = forms.CharField(
        label=gettext_lazy("how much"),
        max_length=20,
        help_text=gettext_lazy("8 makes it dearer, -8 cheaper."),
        widget=forms.TextInput(attrs={"inputmode": "text"}),
    )
    rounding = forms.TypedChoiceField(label=gettext_lazy("rounded"), coerce=int, choices=_roundings)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        words = str(cleaned.get("change", "")).replace("−", "-").lstrip("+ ").rstrip("% ")
        most = 99_999_999
        kind = PercentField if cleaned.get("by") == "percent" else MoneyField
        try:
            cleaned["units"] = kind(minimum=-most, maximum=most).clean(words)
        except ValidationError as wrong:
            if "change" not in self.errors:
                self.add_error("change", wrong)
        return cleaned


def _new_price(piece: Piece, said: dict[str, Any]) -> int:
    if piece.price == prices.UNPRICED:
        raise ValidationError(_("It has no price yet: set it first."))
    price = Decimal(piece.price)
    price += price * said["units"] / 10_000 if said["by"] == "percent" else said["units"]
    nearest = Decimal(said["rounding"])
    rounded = int((price / nearest).to_integral_value(ROUND_HALF_UP) * nearest)
    cheapest = min((size.price_difference for size in piece.variants.all()), default=0)
    if rounded <= 0 or rounded + cheapest <= 0:
        raise ValidationError(_("Then it would cost nothing, or less."))
    if rounded > _DEAREST:
        raise ValidationError(_("That is too much."))
    return rounded


def _money(amount: Any) -> str:
    return prices.in_words(amount)


# --- lead time, status, collection -------------------------------------------------------------


class LeadForm(ActForm):
    lead_days = forms.IntegerField(
        label=gettext_lazy("days to make one"), min_value=0, max_value=365
    )


def _days(days: Any) -> str:
    return str(ngettext("%s day", "%s days", days) % days)


class StatusForm(ActForm):
    """Whether what is to be shown waits for a review is the house's word, no choice."""

    status = forms.ChoiceField(
        label=gettext_lazy("status"),
        choices=[pair for pair in Piece.Status.choices if pair[0] != Piece.Status.WAITING],
    )


def _new_status(piece: Piece, said: dict[str, Any]) -> str:
    prices.check(piece.price, said["status"])
    becomes_live = said["status"] == Piece.Status.LIVE != piece.status
    if becomes_live and (refused := standing.show_refusal(piece)):
        raise ValidationError(refused)
    return str(said["status"])


class CollectionForm(ActForm):
    """Only collections of the pieces' own maker are a choice."""

    collection = forms.ModelChoiceField(
        label=gettext_lazy("collection"), queryset=Collection.objects.none()
    )

    def __init__(self, data: Any, *, pieces: Rows) -> None:
        super().__init__(data, pieces=pieces)
        makers = {piece.designer_id for piece in pieces}
        if len(makers) == 1:
            choices = Collection.objects.filter(designer__in=makers).order_by("position", "pk")
            self.fields["collection"].queryset = choices  # type: ignore[attr-defined]


# --- sizes, copies -----------------------------------------------------------------------------


class SizesForm(ActForm):
    run = forms.CharField(
        label=gettext_lazy("make a run"),
        max_length=200,
        help_text=gettext_lazy("US 5 to 8 in halves, 42-58 cm, or 50, 52, 54 mm."),
    )


def _new_sizes(piece: Piece, said: dict[str, Any]) -> Any:
    try:
        run = size_runs.read(said["run"], ring=piece.kind == Piece.Kind.RING)
        sizes.check_run(piece, run)
    except (NotARun, sizes.Unmakeable) as refusal:
        raise ValidationError(str(refusal)) from refusal
    return run


def _write_column(column: str) -> Callable[[Piece, Any, Any], bool]:
    def write(piece: Piece, seen: Any, new: Any) -> bool:
        rows = Piece.objects.filter(pk=piece.pk, **{column: seen})
        return bool(rows.update(**{column: new}, updated_at=now()))

    return write


def _write_sizes(piece: Piece, _seen: Any, run: Any) -> bool:
    sizes.make_run(piece, run)
    return True


def _write_copy(piece: Piece, _seen: Any, _new: Any) -> Piece:
    return copies.copy_of(piece)


def _column(column: str) -> Callable[[Piece, dict[str, Any]], Any]:
    return lambda piece, said: said[column]


ACTS: dict[str, Act] = {
    "price": Act(
        gettext_lazy("change the price"),
        PriceForm,
        now=lambda piece: piece.price,
        show=_money,
        new=_new_price,
        write=_write_column("price"),
        fields=("price",),
        heading=gettext_lazy("Change the price"),
    ),
    "lead": Act(
        gettext_lazy("set the lead time"),
        LeadForm,
        now=lambda piece: piece.lead_days,
        show=_days,
        new=_column("lead_days"),
        write=_write_column("lead_days"),
        fields=("lead_days",),
        heading=gettext_lazy("Set the lead time"),
    ),
    "sizes": Act(
        gettext_lazy("make a size run"),
        SizesForm,
        now=lambda piece: in_words(piece, list(piece.variants.all())),
        show=lambda said: str(getattr(said, "said", said)),
        new=_new_sizes,
        write=_write_sizes,
        fields=("sizes",),
        heading=gettext_lazy("Make a size run"),
    ),
    "status": Act(
        gettext_lazy("set where they stand"),
        StatusForm,
        now=lambda piece: piece.status,
        show=lambda status: str(Piece.Status(status).label),
        new=_new_status,
        write=standing.write_status,
        fields=("status",),
        heading=gettext_lazy("Set where they stand"),
    ),
    "collection": Act(
        gettext_lazy("move to a collection"),
        CollectionForm,
        now=lambda piece: piece.collection,
        show=str,
        new=_column("collection"),
        write=_write_column("collection"),
        fields=("collection",),
        heading=gettext_lazy("Move to a collection"),
    ),
    "copy": Act(
        gettext_lazy("duplicate"),
        ActForm,
        now=lambda piece: piece.title,
        show=str,
        new=lambda piece, _said: copies.title_of(piece),
        write=_write_copy,
        fields=(),
        heading=gettext_lazy("Duplicate"),
    ),
}
