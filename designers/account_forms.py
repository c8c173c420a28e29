"""Passwords and people who log in, asked for in the house's words instead of Django's."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    PasswordChangeForm,
    SetPasswordForm,
    UserChangeForm,
    UserCreationForm,
)
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    _SetPasswordForm = SetPasswordForm[User]
    _AdminPasswordChangeForm = AdminPasswordChangeForm[User]
    _UserCreationForm = UserCreationForm[User]
    _UserChangeForm = UserChangeForm[User]
else:
    _SetPasswordForm, _AdminPasswordChangeForm = SetPasswordForm, AdminPasswordChangeForm
    _UserCreationForm, _UserChangeForm = UserCreationForm, UserChangeForm

GOOD = _("At least eight letters or figures, nothing that others would guess.")
_AGAIN = _("The same once more")


def _ask_twice(form: forms.BaseForm, first: str, again: str, *, label: Any) -> None:
    form.fields[first].label = label
    form.fields[first].help_text = GOOD
    form.fields[again].label = _AGAIN
    form.fields[again].help_text = ""


class ComeInForm(AdminAuthenticationForm):
    """The door of the workshop; it does not say which of the two was wrong."""

    error_messages = AdminAuthenticationForm.error_messages | {
        "invalid_login": _("These two do not belong together. Mind capital letters in both."),
    }


class OwnPasswordForm(PasswordChangeForm):
    """Another password for oneself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("The password until now")
        _ask_twice(self, "new_password1", "new_password2", label=_("The new one"))


class NewPasswordForm(_SetPasswordForm):
    """The same for who has forgotten it and has a link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_twice(self, "new_password1", "new_password2", label=_("The new password"))


class TheirPasswordForm(_AdminPasswordChangeForm):
    """Another password for somebody, by the shop's owner."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_twice(self, "password1", "password2", label=_("The new password"))
        # Django offers here to take the password away; who may not log in has no tick instead.
        self.fields.pop("usable_password", None)
        for name in ("password1", "password2"):
            self.fields[name].required = True


class NewPersonForm(_UserCreationForm):
    """Somebody who may log in; makers' people come by invitation instead."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_it(self)
        _ask_twice(self, "password1", "password2", label=_("Password"))


class PersonForm(_UserChangeForm):
    """Who somebody is, and whether they may log in."""

    class Meta(UserChangeForm.Meta):
        model = User
        labels = {
            "is_active": _("May log in"),
            "is_staff": _("Reaches the workshop"),
            "is_superuser": _("Owns the shop"),
        }
        help_texts = {
            "is_active": _("Take the tick away instead of taking somebody out for good."),
            "is_staff": _("What they find there, their roles say."),
            "is_superuser": _("Sees and may do everything."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_it(self)
        if "email" in self.fields:
            self.fields["email"].label = _("E-mail")


def _name_it(form: forms.BaseForm) -> None:
    if "username" in form.fields:
        form.fields["username"].label = _("Log in as")
        form.fields["username"].help_text = _("Letters, digits and @ . + - _ without a space.")
