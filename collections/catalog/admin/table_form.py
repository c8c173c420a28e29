"""The form by which a table is sent in; it refuses what is no table of pieces."""

from difflib import get_close_matches
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Collection, Piece
from catalog.sheets import foreign, reading
from catalog.sheets.columns import BY_NAME
from designers.models import Designer

_SIMILAR = 0.75


class TableForm(forms.Form):
    """A table, whose it is, and what a row means that names no collection and no kind."""

    maker = forms.ModelChoiceField(
        Designer.objects.none(), label=gettext_lazy("Maker"), empty_label=None
    )
    table = forms.FileField(
        label=gettext_lazy("Table"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
        help_text=gettext_lazy("CSV or XLSX, also as Etsy or Shopify write it."),
        error_messages={
            "required": gettext_lazy("Choose the file first."),
            "empty": gettext_lazy("The file is empty."),
        },
    )
    collection = forms.ModelChoiceField(
        Collection.objects.none(),
        label=gettext_lazy("New pieces without a collection go into"),
        required=False,
        empty_label=gettext_lazy("none: each row says it"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("and are, where neither row nor title says it"),
        required=False,
        choices=[("", gettext_lazy("asked for")), *Piece.Kind.choices],
    )

    def __init__(self, makers: Any, collections: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["maker"].queryset = makers  # type: ignore[attr-defined]
        self.fields["collection"].queryset = collections  # type: ignore[attr-defined]
        if len(makers) == 1:
            self.fields["maker"].initial = makers[0].pk
            self.fields["maker"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        collection, maker = cleaned.get("collection"), cleaned.get("maker")
        if collection and maker and collection.designer_id != maker.pk:
            self.add_error("collection", _("“%s” belongs to another maker.") % collection)
        return cleaned

    def clean_table(self) -> bytes:
        file = self.cleaned_data["table"]
        if file.size > reading.MAX_BYTES:
            most = reading.MAX_BYTES // 1024**2
            raise forms.ValidationError(_("The file is larger than %s MB.") % most)
        content: bytes = file.read()
        read_table(content)
        return content


def read_table(content: bytes) -> reading.Table:
    """A file as a table with our columns. Raises ValidationError with what is wrong with it."""
    try:
        table = foreign.as_ours(reading.read(content))
        return _with_known_columns(table)
    except reading.Unreadable as error:
        raise forms.ValidationError(str(error)) from error


def _with_known_columns(table: reading.Table) -> reading.Table:
    """Columns by our names; a misspelt or doubled one is said, a strange one left alone."""
    ours = {name: _known(name) for name in table.columns if name}
    strange = [name for name, known in ours.items() if not known]
    for name in strange:
        if near := get_close_matches(name.lower(), list(BY_NAME), n=1, cutoff=_SIMILAR):
            told = {"name": name, "near": near[0]}
            raise reading.Unreadable(_("Column “%(name)s”: is it “%(near)s”?") % told)
    named = [known for known in ours.values() if known]
    twice = {name for name in named if named.count(name) > 1}
    twice |= {name for name in table.columns if name and table.columns.count(name) > 1}
    if twice:
        raise reading.Unreadable(_("Column “%s” stands twice.") % min(twice))
    if not {"address", "number", "title"} & set(named):
        raise reading.Unreadable(
            _("No row says which piece it is: there is no column address, number or title.")
        )
    rows = [
        reading.Row(row.line, {ours[name]: c for name, c in row.cells.items() if ours[name]})
        for row in table.rows
    ]
    notes = table.notes
    if strange:
        notes = [*notes, _("Left alone, being no columns of ours: %s.") % ", ".join(strange)]
    return reading.Table(named, rows, notes)


def _known(name: str) -> str:
    plain = " ".join(name.lower().replace("_", " ").split())
    return plain if plain in BY_NAME else ""
