"""The people of one maker: roles, letters that wait, and what happened; for its owners."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from designers import invitations, people, workshop_history
from designers.forms import InvitationForm
from designers.keys.rules import KEYS
from designers.models import Designer, Invitation, Member
from designers.ownership import OWNERS

if TYPE_CHECKING:
    from designers.admin import DesignerAdmin

MAY = [
    (Member.Role.OWNER, gettext_lazy("everything, also money and people")),
    (Member.Role.EDITOR, gettext_lazy("pieces, photographs and stories; no money, no people")),
    (Member.Role.BENCH, gettext_lazy("parcels, their stages and slips; the rest only to read")),
]


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Member.Role.choices, label=gettext_lazy("Role"))


def urls(keeper: "DesignerAdmin") -> list[URLPattern]:
    """Addresses below a maker's."""

    def view(act: Any) -> Any:
        def shown(request: HttpRequest, pk: int, **names: int) -> HttpResponse:
            designer = _designer(request, keeper, pk)
            return act(request, keeper, designer, **names)  # type: ignore[no-any-return]

        return keeper.admin_site.admin_view(shown)

    at, name = "<int:pk>/people/", "designers_designer"
    letter = f"{at}letter/<int:invitation>/"
    return [
        path(at, view(page), name=f"{name}_people"),
        path(f"{at}<int:member>/", view(require_POST(change)), name=f"{name}_person"),
        path(f"{letter}again/", view(require_POST(again)), name=f"{name}_letter_again"),
        path(f"{letter}back/", view(require_POST(back)), name=f"{name}_letter_back"),
        path("<int:pk>/happened/", view(happened), name=f"{name}_happened"),
    ]


def _designer(request: HttpRequest, keeper: "DesignerAdmin", pk: int) -> Designer:
    designer: Designer | None = keeper.get_object(request, str(pk))
    if designer is None:
        raise Http404
    return designer


def _for_owners(request: HttpRequest, keeper: "DesignerAdmin", designer: Designer) -> None:
    if not keeper.may(request, OWNERS, designer.pk):
        raise PermissionDenied


def happened(request: HttpRequest, keeper: "DesignerAdmin", designer: Designer) -> HttpResponse:
    """What happened in this workshop, as far as one may see its things."""
    return workshop_history.page(request, designer)


def page(request: HttpRequest, keeper: "DesignerAdmin", designer: Designer) -> HttpResponse:
    """Everybody who works here and every letter that waits; a POST writes another letter."""
    _for_owners(request, keeper, designer)
    form = _invite_form(request, designer)
    if request.method == "POST" and form.is_valid():
        invitation = form.save()
        invitations.send_later(invitation)
        said = _("The letter is on its way to %s.") % invitation.email
        keeper.log_addition(request, invitation, said)
        return _said(request, designer, said)
    context = admin.site.each_context(request) | {
        "title": _("People of %s") % designer,
        "designer": designer,
        "opts": keeper.opts,
        "members": _members(designer),
        "letters": designer.invitations.filter(accepted_at=None),
        "now": now(),
        "form": form,
        "may": [(role.label, words) for role, words in MAY],
        "roles": Member.Role.choices,
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "designers/people.html", context, status=status)


def _invite_form(request: HttpRequest, designer: Designer) -> Any:
    keeper = admin.site.get_model_admin(Invitation)
    kind = forms.modelform_factory(Invitation, InvitationForm, fields=["designer", "email", "role"])
    kind.keeper = keeper  # type: ignore[attr-defined]
    data = None
    if request.method == "POST":
        data = {key: request.POST.get(key, "") for key in ("email", "role")}
        data["designer"] = str(designer.pk)
    return kind(data, initial={"role": Member.Role.EDITOR})


def _members(designer: Designer) -> "QuerySet[Member]":
    keys = Authenticator.objects.filter(user=OuterRef("user"), type__in=KEYS)
    rows = designer.members.select_related("user").annotate(has_key=Exists(keys))
    return rows.order_by("-is_active", "created_at", "pk")


def change(
    request: HttpRequest, keeper: "DesignerAdmin", designer: Designer, member: int
) -> HttpResponse:
    """Another role, out, or in again."""
    _for_owners(request, keeper, designer)
    person = get_object_or_404(designer.members.select_related("user", "designer"), pk=member)
    before = (person.get_role_display(), person.is_active)
    form = RoleForm(request.POST)
    role = form.cleaned_data["role"] if form.is_valid() else person.role
    active = {"_out": False, "_in": True}
    pressed = next((name for name in active if name in request.POST), "")
    try:
        people.change(person, role=role, is_active=active.get(pressed, person.is_active))
    except people.LastOwner:
        said = _("%s is the last owner here: make somebody else an owner first.") % person.user
        messages.error(request, said)
        return redirect("admin:designers_designer_people", designer.pk)
    said = _told(person, before)
    keeper.log_change(request, person, said)
    return _said(request, designer, f"{person.user}: {said}" if said else _("Kept."))


def _told(person: Member, before: tuple[str, bool]) -> str:
    role, was_in = before
    if was_in != person.is_active:
        return _("works here again") if person.is_active else _("works here no more")
    if role != person.get_role_display():
        return f"{role} → {person.get_role_display()}"
    return ""


def _of_letter(
    deed: Callable[[Invitation], object], words: str | Promise
) -> Callable[..., HttpResponse]:
    """One press on a letter that waits: the deed, and what is said of it with the address."""

    def act(
        request: HttpRequest, keeper: "DesignerAdmin", designer: Designer, invitation: int
    ) -> HttpResponse:
        _for_owners(request, keeper, designer)
        letter = get_object_or_404(designer.invitations, pk=invitation)
        try:
            deed(letter)
        except people.NotWaiting:
            return _too_late(request, designer)
        said = str(words) % letter.email
        keeper.log_change(request, designer, said)
        return _said(request, designer, said)

    return act


# Once more, with a new link for a week; or taken back: the link opens nothing then.
again = _of_letter(
    people.send_again, gettext_lazy("The letter is on its way to %s, with a new link.")
)
back = _of_letter(
    people.take_back, gettext_lazy("The link in the letter to %s opens nothing any more.")
)


def _said(request: HttpRequest, designer: Designer, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("admin:designers_designer_people", designer.pk)


def _too_late(request: HttpRequest, designer: Designer) -> HttpResponse:
    messages.error(request, _("They have accepted it meanwhile, or it was taken back."))
    return redirect("admin:designers_designer_people", designer.pk)
