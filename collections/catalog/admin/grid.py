"""A row of the grid of pieces: its fields, each labelled with the piece it belongs to."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.admin.slugged import SluggedForm
from catalog.models import Piece, Variant
from catalog.stock import Reserved, recount


class LabelledInput(forms.TextInput):
    """A field of the grid with its label: unseen in a table, above the field on a card."""

    def __init__(self, piece: Piece, label: str, widget: forms.Widget) -> None:
        numeric = isinstance(widget, forms.NumberInput) or "inputmode" in widget.attrs
        mode = {"inputmode": widget.attrs.get("inputmode", "numeric")} if numeric else {}
        super().__init__({**mode, "maxlength": widget.attrs.get("maxlength")})
        self.piece, self.label, self.is_words = piece, label, not numeric

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        return format_html(
            '<label for="{}"{}><span class="visually-hidden">{}: </span>{}</label>{}{}',
            (attrs or {}).get("id", ""),
            SafeString(' class="visually-hidden"' if self.is_words else ""),
            self.piece,
            capfirst(self.label),
            super().render(name, value, attrs, renderer),
            self._below(),
        )

    def _below(self) -> SafeString:
        if self.is_words and self.piece.material_line:
            return format_html("<small>{}</small>", self.piece.material_line)
        return SafeString("")


class GridForm(SluggedForm):
    """A piece's row. What is ready is a field only where there is one size to count."""

    ready = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=9_999,
        show_hidden_initial=True,
        label=gettext_lazy("ready"),
    )
    stock_was_refused = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.only_size = self._only_size()
        if self.only_size is None:
            del self.fields["ready"]
        else:
            self.initial["ready"] = self.only_size.stock
        for name, field in self.fields.items():
            if name != "id":
                field.widget = LabelledInput(self.instance, str(field.label), field.widget)

    def _only_size(self) -> Variant | None:
        sizes = list(self.instance.variants.all()) if self.instance.pk else []
        return sizes[0] if len(sizes) == 1 else None

    def clean_ready(self) -> int:
        ready: int = self.cleaned_data["ready"] or 0
        reserved = self.only_size.reserved if self.only_size else 0
        if ready < reserved:
            raise forms.ValidationError(
                _("%s of these are in baskets or being paid for: it cannot be fewer.") % reserved
            )
        return ready

    def save_ready(self) -> None:
        """Correct the stock by the difference to what the person saw."""
        if self.only_size is None or "ready" not in self.changed_data:
            return
        seen = str(self.data.get(self.add_initial_prefix("ready"), ""))
        was = int(seen) if seen.isdecimal() else self.only_size.stock
        try:
            recount(self.only_size, was=was, now=self.cleaned_data["ready"])
        except Reserved:
            self.stock_was_refused = True
