"""The password once more, a quarter of an hour after coming in, before a key is touched."""

import time
from collections.abc import Callable
from functools import wraps
from typing import cast

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from django.contrib import admin
from django.contrib.auth import authenticate
from django.contrib.auth import views as auth
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from designers.keys.forms import SureForm

SECONDS = 900


def is_sure(request: HttpRequest) -> bool:
    """Whether this browser has shown password or key within the last quarter of an hour."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < SECONDS


def once_sure[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Asks for the password first where it was shown too long ago."""

    @wraps(view)
    def asked(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request = cast(HttpRequest, args[0])
        if is_sure(request):
            return view(*args, **kwargs)
        back = request.path if request.method == "GET" else reverse("admin:second_key")
        return redirect(f"{reverse('admin:sure')}?{urlencode({'next': back})}")

    return asked


def page(request: HttpRequest) -> HttpResponse:
    """Ask for the password and go on to where one was; wrong ones are counted as at the door."""
    form = SureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = cast(User, request.user)
        known = authenticate(
            request, username=person.get_username(), password=form.cleaned_data["password"]
        )
        if known == person:
            record_authentication(request, person, method="password", reauthenticated=True)
            return redirect(_onward(request))
        form.add_error("password", _("That is not your password."))
    context = admin.site.each_context(request) | {"form": form, "title": _("Is it you?")}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "designers/keys/sure.html", context, status=status)


def _onward(request: HttpRequest) -> str:
    return auth.LoginView().get_redirect_url(request) or reverse("admin:second_key")
