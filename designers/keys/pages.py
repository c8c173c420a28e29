"""Your second key: see what one has, add another, take one off; paper codes shown once."""

import base64
import time
from typing import Any, cast

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import delete_and_cleanup
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import flows as paper
from allauth.mfa.totp.internal import flows as app
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal import flows as passkeys
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from designers.keys import letters, rules
from designers.keys.forms import NewAppForm, NewPasskeyForm
from designers.keys.sure import once_sure
from designers.models import KeyLetter

PAPER_UNTIL = "paper_codes_until"
PAPER_SECONDS = 600


def overview(request: HttpRequest) -> HttpResponse:
    """What second keys one has, and what may be done."""
    user = _person(request)
    mine = list(Authenticator.objects.filter(user=user).order_by("pk"))
    codes = next((k for k in mine if k.type == Authenticator.Type.RECOVERY_CODES), None)
    context = {
        "title": _("Your second key"),
        "keys": [(key, letters.called(key)) for key in mine if key != codes],
        "has_app": any(key.type == Authenticator.Type.TOTP for key in mine),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "standing": rules.standing(request),
    }
    return _page(request, "overview", context)


@once_sure
def add_app(request: HttpRequest) -> HttpResponse:
    """An app that shows six figures: its secret as a picture and in letters, its first code."""
    user = _person(request)
    if Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        return redirect("admin:second_key")
    form = NewAppForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            key, new_paper = app.activate_totp(request, form)
            _told(user, KeyLetter.Kind.ADDED, key)
        return _onward(request, bool(new_paper))
    url = get_adapter().build_totp_url(user, form.secret)
    groups = [form.secret[at : at + 4] for at in range(0, len(form.secret), 4)]
    context = {"title": _("An app with six figures"), "form": form, "groups": groups}
    return _page(request, "app", context | {"picture": _picture(url), "url": url})


@once_sure
def add_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey of this or another device; the browser makes it."""
    if request.method == "POST" and "asked" in request.GET:
        options = webauthn.begin_registration(request.user, passwordless=True)
        return JsonResponse(options)
    form = NewPasskeyForm(request.POST or None, user=request.user, initial={"name": ""})
    if request.method == "POST" and form.is_valid():
        name, credential = form.cleaned_data["name"], form.cleaned_data["credential"]
        with transaction.atomic():
            key, new_paper = passkeys.add_authenticator(request, name, credential)
            _told(_person(request), KeyLetter.Kind.ADDED, key)
        return _onward(request, bool(new_paper))
    return _page(request, "passkey", {"title": _("A passkey"), "form": form})


@require_POST
@once_sure
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take off one of one's own keys; with the last go the paper codes."""
    mine = Authenticator.objects.filter(user=_person(request), type__in=rules.KEYS)
    key = get_object_or_404(mine, pk=pk)
    with transaction.atomic():
        _told(_person(request), KeyLetter.Kind.REMOVED, key)
        delete_and_cleanup(request, key)
    messages.success(request, _("It opens nothing any more."))
    return redirect("admin:second_key")


@require_POST
@once_sure
def new_paper(request: HttpRequest) -> HttpResponse:
    """Ten new paper codes; the old ones end."""
    user = _person(request)
    if not rules.keys_of(user):
        return redirect("admin:second_key")
    with transaction.atomic():
        codes = paper.generate_recovery_codes(request)
        _told(user, KeyLetter.Kind.CODES, codes)
    return _onward(request, True)


def paper_codes(request: HttpRequest) -> HttpResponse:
    """The paper codes, for ten minutes after they were made and in that browser only."""
    mine = Authenticator.objects.filter(user=_person(request))
    key = mine.filter(type=Authenticator.Type.RECOVERY_CODES).first()
    if key is None or request.session.get(PAPER_UNTIL, 0) < time.time():
        return redirect("admin:second_key")
    codes = [f"{code[:4]} {code[4:]}" for code in key.wrap().get_unused_codes()]
    if "download" in request.GET:
        text = "\n".join([f"{settings.SHOP_NAME}: {_person(request).get_username()}", "", *codes])
        headers = {"Content-Disposition": 'attachment; filename="paper-codes.txt"'}
        return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", headers=headers)
    return _page(request, "paper", {"title": _("Ten paper codes"), "codes": codes})


def _onward(request: HttpRequest, new_paper: bool) -> HttpResponse:
    if not new_paper:
        messages.success(request, _("From now on it opens the workshop."))
        return redirect("admin:second_key")
    request.session[PAPER_UNTIL] = time.time() + PAPER_SECONDS
    return redirect("admin:second_key_paper")


def _told(user: User, kind: KeyLetter.Kind, key: Authenticator) -> None:
    """In the history of the person, and to them by mail."""
    name = letters.called(key)
    said = f"{kind.label}: {name}"
    LogEntry.objects.log_actions(user.pk, [user], CHANGE, said, single_object=True)
    letters.write(user, kind, name)


def _picture(url: str) -> str:
    """The secret as a QR code, as the address of a picture."""
    svg = get_adapter().build_totp_svg(url).encode()
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    form = context.get("form")
    status = 422 if form is not None and form.errors else 200
    context = admin.site.each_context(request) | context
    return TemplateResponse(request, f"designers/keys/{name}.html", context, status=status)
