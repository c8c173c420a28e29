"""Rows of a form that are read once: Django asks for each again when the form comes back."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    _FormSet = forms.BaseInlineFormSet[Any, Any, Any]
    _Choice = forms.ModelChoiceField[Any]
else:
    _FormSet, _Choice = object, forms.ModelChoiceField


class ChoiceAtHand(_Choice):
    """A choice among things that were read already."""

    def to_python(self, value: Any) -> Any:
        for choice, _label in getattr(self, "_choices", ()):
            if value and str(choice) == str(value) and hasattr(choice, "instance"):
                return choice.instance
        return super().to_python(value)


class RowField(_Choice):
    """The hidden number that tells which row of the set a form is of."""

    known: dict[str, Any]

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if str(value) not in self.known:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return self.known[str(value)]


class RowsAtHand(_FormSet):
    """A set of rows below something, which asks for them in one query."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.is_row = True
        name = form._meta.model._meta.pk.name
        told = form.fields.get(name)
        if isinstance(told, forms.ModelChoiceField):
            field = RowField(
                told.queryset, required=False, initial=told.initial, widget=told.widget
            )
            field.known = self._known() if self.is_bound else {}
            form.fields[name] = field

    def _known(self) -> dict[str, Any]:
        if not hasattr(self, "_rows_at_hand"):
            self._rows_at_hand = {str(row.pk): row for row in self.get_queryset()}
        return self._rows_at_hand
