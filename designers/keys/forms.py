"""What is asked of somebody who shows, adds or takes off a second key."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

FIGURES = 6
_BOX = {
    "inputmode": "numeric",
    "autocomplete": "one-time-code",
    "maxlength": "7",
    "autofocus": True,
}
_PAPER = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "12", "autofocus": True}


def six_figures(code: str) -> str:
    """The figures of a code of the app, or a sentence that says how many were typed."""
    figures = "".join(code.split())
    if figures.isdecimal() and len(figures) < FIGURES:
        told = ngettext(
            "That was one figure; the app shows six, and new ones every 30 seconds.",
            "Those were %(n)s figures; the app shows six, and new ones every 30 seconds.",
            len(figures),
        )
        raise ValidationError(told % {"n": len(figures)})
    return figures


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """Six figures of the app, or eight of the paper."""

    refused = ""

    def __init__(self, *args: Any, on_paper: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on_paper = on_paper
        code = self.fields["code"]
        code.label = _("A code of the paper") if on_paper else _("Code")
        code.widget = forms.TextInput(attrs=_PAPER if on_paper else _BOX)

    def clean_code(self) -> str:
        if not self.on_paper:
            self.cleaned_data["code"] = six_figures(self.cleaned_data["code"])
        return str(super().clean_code())


@contextmanager
def _only_what_a_browser_sends() -> Iterator[None]:
    """Whatever else is sent makes the parsers stumble in many ways; here it is just wrong."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, struct.error) as reason:
        raise ValidationError(_("That passkey is not known here.")) from reason


class PasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """What the browser signed, after the password."""

    def clean_credential(self) -> Authenticator:
        with _only_what_a_browser_sends():
            return super().clean_credential()


class PasskeyLoginForm(LoginWebAuthnForm):  # type: ignore[misc]
    """What the browser signed, instead of the password."""

    def clean_credential(self) -> Authenticator:
        with _only_what_a_browser_sends():
            return super().clean_credential()


class NewAppForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app, which shows that it has taken the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Its six figures")
        self.fields["code"].widget = forms.TextInput(attrs=_BOX | {"autofocus": False})

    def clean_code(self) -> str:
        self.cleaned_data["code"] = six_figures(self.cleaned_data["code"])
        return str(super().clean_code())


class NewPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey that the browser has made, and what it is called."""

    name = forms.CharField(
        label=_("What it lies on"),
        max_length=60,
        required=False,
        help_text=_("“My phone”, “the laptop at the bench”."),
    )

    def clean(self) -> dict[str, Any]:
        with _only_what_a_browser_sends():
            cleaned: dict[str, Any] = super().clean()
        return cleaned


class SureForm(forms.Form):
    """The password once more, before something that a thief at an open laptop would do."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
