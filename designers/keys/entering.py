"""Coming in: the password, then the second key of whoever has one; or a passkey alone."""

from typing import Any, cast

from allauth.account.internal.flows import login as steps
from allauth.account.models import Login
from allauth.account.stages import LoginStage, LoginStageController
from allauth.mfa.internal.flows.trust import trust_browser
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal import flows as passkeys
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import views as auth
from django.contrib.auth.models import User
from django.contrib.messages import error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from designers.account_forms import ComeInForm, NewPasswordForm
from designers.keys.forms import CodeForm, PasskeyForm, PasskeyLoginForm
from shop.throttle import throttled


class LoginView(auth.LoginView):
    """Django's, so that wrong passwords are counted; who has a second key is asked for it next."""

    authentication_form = ComeInForm
    template_name = "admin/login.html"

    def form_valid(self, form: Any) -> HttpResponse:
        return come_in(self.request, form.get_user(), to=self.get_success_url())

    def get_default_redirect_url(self) -> str:
        return reverse("admin:index")


def page(
    request: HttpRequest, site: AdminSite, extra_context: dict[str, Any] | None = None
) -> HttpResponse:
    """The door of the workshop; who is in already goes on to where they wanted."""
    wanted = _wanted(request)
    if request.method == "GET" and site.has_permission(request):
        return redirect(wanted)
    context = site.each_context(request) | {
        "title": _("Log in"),
        "subtitle": None,
        "app_path": request.get_full_path(),
        "username": request.user.get_username(),
        "next": wanted,
    }
    view = LoginView.as_view(extra_context=context | (extra_context or {}))
    return cast(HttpResponse, view(request))


def come_in(request: HttpRequest, user: User, *, to: str) -> HttpResponse:
    """Log in somebody whose password was right: at once, or by way of their second key."""
    login = Login(user=user, redirect_url=to)
    name = {"username": user.get_username()}
    return cast(HttpResponse, steps.perform_password_login(request, name, login))


class NewPasswordView(auth.PasswordResetConfirmView):
    """The link in the letter: it stands for the password only, never for the second key."""

    form_class = NewPasswordForm
    template_name = "designers/password_new.html"

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.save()
        del self.request.session[auth.INTERNAL_RESET_SESSION_TOKEN]
        return come_in(self.request, user, to=reverse("admin:index"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_key(request: HttpRequest) -> HttpResponse:
    """After the password: a passkey, six figures of the app, or one of the paper codes."""
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    if stage is None or request.user.is_authenticated:
        return redirect("admin:index")
    user = stage.login.user
    form = CodeForm(request.POST or None, user=user, on_paper="paper" in request.GET)
    if "credential" in request.POST:
        form = PasskeyForm(request.POST, user=user)
    if request.method == "POST" and form.is_valid():
        return _go_in(request, stage, form)
    if isinstance(form, PasskeyForm):
        refused = form.errors["credential"][0]
        form = CodeForm(None, user=user)
        form.refused = refused
    context = {"form": form, "person": user, "title": _("The second key")} | _ways(user)
    status = 422 if request.method == "POST" else 200
    return render(request, "designers/keys/enter.html", context, status=status)


def _go_in(request: HttpRequest, stage: LoginStage, form: CodeForm | PasskeyForm) -> HttpResponse:
    form.save()
    user = stage.login.user
    response = cast(HttpResponse, stage.exit())
    if request.POST.get("trust"):
        trust_browser(request, user, response)
    return response


def _ways(user: User) -> dict[str, Any]:
    types = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return {
        "has_passkey": Authenticator.Type.WEBAUTHN in types,
        "has_app": Authenticator.Type.TOTP in types,
        "trust_days": settings.MFA_TRUST_COOKIE_AGE // 86_400,
    }


@never_cache
@require_http_methods(["POST"])
@throttled("passkey-asked", times=30, seconds=60)
def asked_of_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser is to have signed, for a login with or after the password."""
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    return JsonResponse(webauthn.begin_authentication(stage.login.user if stage else None))


@never_cache
@require_http_methods(["POST"])
@throttled("passkey", times=20, seconds=60)
def passkey_login(request: HttpRequest) -> HttpResponse:
    """In with a passkey alone, which is a key and a finger or a number in one."""
    form = PasskeyLoginForm(request.POST)
    if not form.is_valid():
        error(request, _("That passkey is not known here. Try the password."))
        return redirect("admin:login")
    key = form.cleaned_data["credential"]
    login = Login(user=key.user, redirect_url=_wanted(request))
    return cast(HttpResponse, passkeys.perform_passwordless_login(request, key, login))


def _wanted(request: HttpRequest) -> str:
    return auth.LoginView().get_redirect_url(request) or reverse("admin:index")


def to_login(request: HttpRequest) -> HttpResponse:
    """Where allauth sends somebody who has waited too long."""
    return redirect("admin:login")
