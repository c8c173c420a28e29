"""What the shop's owner does about second keys: asks for them, and takes off a lost one."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from designers.keys import letters
from designers.keys.rules import keys_of
from designers.models import HouseRules, KeyLetter, is_owner
from designers.ownership import HouseAdmin


@admin.register(HouseRules)
class HouseRulesAdmin(HouseAdmin):
    """One page; the row behind it is made when the owner first looks."""

    fields = ["asks_second_key"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row, _new = HouseRules.objects.get_or_create(pk=1)
        return self.change_view(request, str(row.pk))


def take_off_page(request: HttpRequest, keeper: HouseAdmin, pk: int) -> HttpResponse:
    """All second keys of somebody who has lost them: what they are, then the deed."""
    person: User | None = keeper.get_object(request, str(pk))
    if person is None:
        raise Http404
    if not is_owner(request.user):
        raise PermissionDenied
    if request.method == "POST":
        take_off(person)
        keeper.log_change(request, person, _("Took the second keys off"))
        messages.success(request, _("%s comes in with the password alone now.") % person)
        return redirect("admin:auth_user_change", person.pk)
    context = admin.site.each_context(request) | {
        "title": _("The second keys of %s") % (person.get_full_name() or person.get_username()),
        "person": person,
        "keys": [(key, letters.called(key)) for key in keys_of(person)],
    }
    return TemplateResponse(request, "designers/keys/take_off.html", context)


@transaction.atomic
def take_off(person: User) -> int:
    """Take every second key off somebody and tell them by mail; tells how many there were."""
    gone: int = Authenticator.objects.filter(user=person).delete()[0]
    if gone:
        letters.write(person, KeyLetter.Kind.TAKEN_OFF)
    return gone
