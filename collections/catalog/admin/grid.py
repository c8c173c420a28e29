"""A row of the grid of pieces: its fields, what the person saw in them, and how it is kept.

A row writes only what was changed against what was *seen*, which the page sends back beside each
field. Each write names it again (one conditional UPDATE): what somebody else changed meanwhile
is told, beside the field, and never overwritten unasked. Stock changes by the difference.
"""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import prices, size_runs, sizes, standing
from catalog.admin.slugged import SluggedForm
from catalog.models import Piece, Variant
from catalog.size_runs import NotARun, Run
from catalog.stock import Reserved, recount

COLUMNS = ("title", "price", "lead_days")
# What a field of the grid is of a piece.
_FIELDS = {"ready": "stock"}
LABELS = {"lead_days": gettext_lazy("days")}
# What a run of sizes may look like, where pieces of a kind mostly have one.
EXAMPLES: dict[str, str] = {
    Piece.Kind.RING: "50-58",
    Piece.Kind.NECKLACE: "42, 45 cm",
    Piece.Kind.PENDANT: "42, 45 cm",
    Piece.Kind.BRACELET: "17, 19 cm",
    Piece.Kind.CUFF: "16, 18 cm",
}


class ChangedSince(Exception):
    """Between checking a row and keeping it, somebody else changed it."""


class LabelledInput(forms.TextInput):
    """A field of the grid with its label: unseen in a table, above the field on a card."""

    def __init__(self, piece: Piece, label: str, widget: forms.Widget, *, name: str) -> None:
        numeric = isinstance(widget, forms.NumberInput) or "inputmode" in widget.attrs
        mode = {"inputmode": widget.attrs.get("inputmode", "numeric")} if numeric else {}
        names = {"maxlength", "placeholder"}.intersection(widget.attrs)
        kept: dict[str, Any] = {name: widget.attrs[name] for name in names}
        super().__init__({**mode, **kept})
        self.piece, self.label, self.is_title = piece, label, name == "title"

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        return format_html(
            '<label for="{}"{}><span class="visually-hidden">{}: </span>{}</label>{}{}',
            (attrs or {}).get("id", ""),
            SafeString(' class="visually-hidden"' if self.is_title else ""),
            self.piece,
            capfirst(self.label),
            super().render(name, value, attrs, renderer),
            self._below(),
        )

    def _below(self) -> SafeString:
        if self.is_title and self.piece.material_line:
            return format_html("<small>{}</small>", self.piece.material_line)
        return SafeString("")


class Seen(forms.HiddenInput):
    """What stood in a field; without an id, which nothing asks for fifty rows long."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, {})


class GridForm(SluggedForm):
    """A piece's row. What is ready is a field only where there is one size to count."""

    ready = forms.IntegerField(
        required=False, min_value=0, max_value=9_999, label=gettext_lazy("ready")
    )
    sizes = forms.CharField(required=False, max_length=200, label=gettext_lazy("sizes"))

    # Who sends it; the page says so.
    asked_by: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        variants = list(self.instance.variants.all()) if self.instance.pk else []
        self.only_size = variants[0] if len(variants) == 1 else None
        self.is_ring = self.instance.kind == Piece.Kind.RING
        self.initial["sizes"] = in_words(self.instance, variants)
        self.fields["sizes"].widget.attrs["placeholder"] = EXAMPLES.get(self.instance.kind, "")
        if self.only_size is None:
            del self.fields["ready"]
        else:
            self.initial["ready"] = self.only_size.stock
        for name, field in self.fields.items():
            if name != "id":
                field.show_hidden_initial, field.hidden_widget = True, Seen
                label = str(LABELS.get(name, field.label))
                field.widget = LabelledInput(self.instance, label, field.widget, name=name)

    def clean_ready(self) -> int:
        ready: int = self.cleaned_data["ready"] or 0
        reserved = self.only_size.reserved if self.only_size else 0
        if ready < reserved and "ready" in self.changed_data:
            raise forms.ValidationError(
                _("%s of these are in baskets or being paid for: it cannot be fewer.") % reserved
            )
        return ready

    def clean_sizes(self) -> Run | None:
        words = self.cleaned_data["sizes"]
        if not words or "sizes" not in self.changed_data:
            return None
        try:
            run = size_runs.read(words, ring=self.is_ring)
            sizes.check_run(self.instance, run)
        except (NotARun, sizes.Unmakeable) as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return run

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.instance.pk:  # a row that is not one's own: it is refused as a whole
            return cleaned
        self._hold_to_review()
        prices.check_form(self, self.instance.status)
        for name in COLUMNS:
            if name in self.changed_data and name in cleaned:
                self._tell_changed_since(name, cleaned[name])
        return cleaned

    def _hold_to_review(self) -> None:
        """Words, price and sizes of what a maker under review has in the shop: on its page."""
        for name in self.changed_data:
            if refused := standing.refusal(self.instance, self.asked_by, [_FIELDS.get(name, name)]):
                self.add_error(name, refused)

    def _tell_changed_since(self, name: str, wanted: Any) -> None:
        current = self.initial[name]
        if self.seen(name) in (current, wanted) or wanted == current:
            return
        shown = self.fields[name].prepare_value(current)
        self.add_error(
            name,
            _("Somebody has made it “%s” since you looked. Keep again, and it is as you say.")
            % shown,
        )
        # So that keeping again is meant against what is there now.
        data = cast("QueryDict", self.data).copy()
        data[self.add_initial_prefix(name)] = str(shown)
        self.data = data

    def seen(self, name: str) -> Any:
        """What stood in the field when the page was shown; what is there now, if it says not."""
        text = self.data.get(self.add_initial_prefix(name))
        if text is None:
            return self.initial[name]
        try:
            return self.fields[name].to_python(text)
        except ValidationError:
            return self.initial[name]

    def keep(self) -> list[str]:
        """Write what was changed; the names of new sizes. Raises ChangedSince."""
        changed = [name for name in COLUMNS if name in self.changed_data]
        rows = Piece.objects.filter(pk=self.instance.pk, **{n: self.seen(n) for n in changed})
        new = {name: self.cleaned_data[name] for name in changed}
        if changed and not rows.update(**new, updated_at=now()):
            raise ChangedSince
        if self.only_size and "ready" in self.changed_data:
            self._recount(self.only_size)
        run = self.cleaned_data.get("sizes")
        return sizes.make_run(self.instance, run) if run else []

    def _recount(self, size: Variant) -> None:
        """Correct the stock by the difference to what the person saw."""
        try:
            recount(size, was=self.seen("ready") or 0, now=self.cleaned_data["ready"])
        except Reserved as reserved:
            raise ChangedSince from reserved


def in_words(piece: Piece, variants: list[Variant]) -> str:
    """The sizes of a piece as a run: ``50–58``; empty when it has none with a measure."""
    measured = [variant.size for variant in variants if variant.size]
    return size_runs.words_for(measured, ring=piece.kind == Piece.Kind.RING)
