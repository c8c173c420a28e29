"""What somebody tells who was invited, or who forgot their password."""

import hashlib
from collections.abc import Iterable

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from designers.account_forms import GOOD
from designers.models import Invitation, Member
from designers.owned_form import OwnedForm


class JoinForm(forms.Form):
    """A name to be called by, and a password of one's own."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    username = forms.CharField(
        label=_("Log in as"),
        max_length=150,
        validators=[User.username_validator],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=GOOD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: object, *, invitation: Invitation) -> None:
        super().__init__(data, initial={"username": invitation.email})  # type: ignore[arg-type]
        self.invitation = invitation

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("Somebody logs in with this already: choose another."))
        return username

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        if password := cleaned.get("password"):
            user = self._user(cleaned)
            try:
                password_validation.validate_password(password, user)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def _user(self, cleaned: dict[str, object]) -> User:
        first, _space, last = str(cleaned.get("name", "")).partition(" ")
        return User(
            username=str(cleaned.get("username", "")),
            email=self.invitation.email,
            first_name=first[:150],
            last_name=last[:150],
            is_staff=True,
        )

    def user(self) -> User:
        """The new person, not yet kept."""
        user = self._user(self.cleaned_data)
        user.set_password(self.cleaned_data["password"])
        return user


class InvitationForm(OwnedForm):
    """Somebody who is not here yet, and to whom no letter is under way."""

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        email, designer = cleaned.get("email"), cleaned.get("designer")
        here = Member.objects.filter(designer=designer, user__email__iexact=email, is_active=True)
        waiting = Invitation.objects.filter(
            designer=designer, email__iexact=email, accepted_at=None
        )
        if email and designer and here.exists():
            self.add_error("email", _("They work here already."))
        elif email and designer and waiting.exists():
            self.add_error("email", _("A letter to them was written before: send it again."))
        return cleaned


class ForgottenForm(PasswordResetForm):
    """Asks for a letter with a link to a new password; says nothing of who has an account."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    SECONDS = 300  # between two letters to the same address

    def get_users(self, email: str) -> Iterable[User]:
        digest = hashlib.blake2b(email.lower().encode(), digest_size=16).hexdigest()
        if not cache.add(f"password-letter:{digest}", 1, self.SECONDS):
            return []
        return super().get_users(email)
