"""Who must have a second key, and what is closed to somebody who has none yet."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from designers.models import AnyUser, HouseRules

# Paper codes alone are no key: they only stand in for a lost one.
KEYS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
OPEN_WITHOUT = (
    "admin:second_key",
    "admin:second_key_app",
    "admin:second_key_passkey",
    "admin:sure",
    "admin:logout",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to the second key, and whom they work for: designer to role."""

    has_key: bool
    asked_by: str
    roles: dict[int, str]

    @property
    def must_set_up(self) -> bool:
        return bool(self.asked_by) and not self.has_key


def keys_of(user: AnyUser) -> "list[Authenticator]":
    """A person's second keys, the oldest first, without the paper codes."""
    return list(Authenticator.objects.filter(user_id=user.pk, type__in=KEYS).order_by("pk"))


def standing(request: HttpRequest) -> Standing:
    """One query a request, which also tells the roles."""
    known: Standing | None = getattr(request, "workshop_standing", None)
    if known is None:
        known = _read(request.user)
        request.workshop_standing = known  # type: ignore[attr-defined]
    return known


def _read(user: AnyUser) -> Standing:
    work = FilteredRelation("memberships", condition=Q(memberships__is_active=True))
    keys = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=KEYS)
    rows = User.objects.filter(pk=user.pk or 0).annotate(
        work=work,
        has_key=Exists(keys),
        house_asks=Exists(HouseRules.objects.filter(asks_second_key=True)),
        designer_asks=F("work__designer__asks_second_key"),
        name=F("work__designer__name"),
    )
    has_key, asked_by, roles = False, "", dict[int, str]()
    columns = ["has_key", "house_asks", "designer_asks", "name", "work__designer_id", "work__role"]
    for has, house, asks, name, designer, role in rows.values_list(*columns):
        has_key = has
        asked_by = _("The house") if house else asked_by or (name if asks else "")
        if designer:
            roles[designer] = role
    return Standing(has_key=has_key, asked_by=asked_by, roles=roles)


def after_the_second_key[**P](
    view: Callable[P, HttpResponseBase],
) -> Callable[P, HttpResponseBase]:
    """Wraps every page of the workshop: who must set up a second key reaches nothing else."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request = args[0]
        assert isinstance(request, HttpRequest)  # noqa: S101 - for the type checker
        if not standing(request).must_set_up or _is_open(request.path):
            return view(*args, **kwargs)
        if request.method == "POST":  # what was typed is still in the page one comes back to
            context = {"title": _("First a second key")}
            return render(request, "designers/keys/first.html", context, status=403)
        return redirect("admin:second_key")

    return guarded


def _is_open(path: str) -> bool:
    return path in [reverse(name) for name in OPEN_WITHOUT]
