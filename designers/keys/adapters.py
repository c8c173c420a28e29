"""How allauth behaves in this house: no sign-up, no messages of its own, secrets encrypted."""

import base64
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from shop import network

BACKEND = "django.contrib.auth.backends.ModelBackend"


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """The workshop's people; nobody signs up, they are invited."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _("Too many tries. Wait five minutes, then take a new code."),
        "rate_limited": _("Too many tries. Wait five minutes, then take a new code."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        """After the password only the second key; whether to trust the browser it asks itself."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def login(self, request: HttpRequest, user: User) -> None:
        user.backend = BACKEND
        super().login(request, user)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return redirect("admin:login")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/admin/"

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The pages say themselves what was done."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return network.address(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """``designers.keys.sure`` asks for the password, on one page for all acts."""
        return False


class Keys(DefaultMFAAdapter):  # type: ignore[misc]
    """Second keys, under the shop's name."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That is not the code. The app shows new figures every 30 seconds."),
    }

    def get_totp_issuer(self) -> str:
        return str(settings.SHOP_NAME)

    def _get_site_name(self) -> str:
        return str(settings.SHOP_NAME)

    def encrypt(self, text: str) -> str:
        return _safe().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was encrypted; when the shop's key is another now, what no code will ever fit."""
        try:
            return _safe().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()


def _safe() -> MultiFernet:
    """Encrypts with the shop's key; decrypts with older ones too while one is being changed."""
    return MultiFernet(
        [Fernet(_derived(key)) for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]]
    )


def _derived(key: str) -> bytes:
    digest = salted_hmac("designers.keys", "fernet", secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest)
