"""Several rows chosen at once; a number that no database can count to is not one of them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from shop.sent_numbers import is_too_large

if TYPE_CHECKING:
    _Field = forms.ModelMultipleChoiceField[Any]
else:
    _Field = forms.ModelMultipleChoiceField


class ManyField(_Field):
    """Django's would hand any number on, and the database answers it with an error of its own."""

    def clean(self, value: Any) -> Any:
        for key in value if isinstance(value, list | tuple) else ():
            if is_too_large(str(key)):
                raise ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": str(key)[:40]},
                )
        return super().clean(value)
