"""A field for an e-mail address, whose mistakes are told in words one can act on."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class AddressField(forms.EmailField):
    """An e-mail address; ``required_words`` say what for when it is left empty."""

    def __init__(self, *, required_words: Any, **kwargs: Any) -> None:
        super().__init__(
            max_length=254,
            error_messages={
                "required": required_words,
                "max_length": gettext_lazy("This address is too long to be one."),
            },
            **kwargs,
        )
        self.validators = [v for v in self.validators if not isinstance(v, EmailValidator)]
        self.validators.append(check_address)
        self.widget.attrs.update(autocomplete="email", inputmode="email")


def check_address(value: str) -> None:
    if "@" not in value:
        raise ValidationError(_("This address needs an @, as in jonas@example.eu."))
    EmailValidator(message=_("This is not quite an address. They look like jonas@example.eu."))(
        value
    )
