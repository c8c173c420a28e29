"""The page "Being paid": a maker's account at Stripe; the owner sees who can be paid."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from designers.models import Designer, is_owner
from designers.ownership import NOBODY, OWNERS, OwnedAdmin, roles_of
from orders import outbox, payments
from orders.admin.read_only import ReadOnly
from orders.makers import account_words, accounts
from orders.models import DesignerAccount, OutboxLetter
from shop.see_other import SeeOther

REMINDER = "account_reminder"


class Row:
    """A maker in the owner's list."""

    def __init__(self, designer: Designer, *, is_written: bool) -> None:
        self.designer = designer
        self.told = account_words.told(designer, _account_of(designer))
        self.email = accounts.email_of(designer)
        self.is_written = is_written

    @property
    def is_waiting(self) -> bool:
        """Whether it is the maker who has to do something."""
        return self.told.is_urgent


def _account_of(designer: Designer) -> DesignerAccount | None:
    return getattr(designer, "account", None)


@admin.register(DesignerAccount)
class DesignerAccountAdmin(ReadOnly, OwnedAdmin):
    """Addressed by the maker, who may have no account yet. Only their own owner begins one."""

    may_view = OWNERS
    may_add = may_change = may_delete = NOBODY

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return settings.STRIPE_CONNECT and super().has_view_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        def page(name: str, view: Callable[..., HttpResponseBase]) -> URLPattern:
            wrapped = self.admin_site.admin_view(view)
            return path(f"<int:pk>/{name}/", wrapped, name=f"orders_designeraccount_{name}")

        return [
            page("begin", require_POST(self.begin_view)),
            page("again", require_safe(self.again_view)),
            page("back", require_safe(self.back_view)),
            page("letter", require_POST(self.letter_view)),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Everybody for the owner; a maker's own page, or a choice among several, for others."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        designers = list(self._designers(request).order_by("name", "pk"))
        if len(designers) == 1 and not is_owner(request.user):
            return SeeOther(_page_of(designers[0]))
        keys = {designer.pk: f"{REMINDER}:{_today(designer)}" for designer in designers}
        written = set(
            OutboxLetter.objects.filter(key__in=keys.values()).values_list("key", flat=True)
        )
        rows = [Row(each, is_written=keys[each.pk] in written) for each in designers]
        context = {"title": _("Being paid"), "rows": rows, "is_house": is_owner(request.user)}
        context["unready"] = sum(not row.told.is_ready for row in rows)
        return self._answer(request, "list", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """How one maker's account stands, and the one next act."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        return self._page(request, self._designer(request, object_id))

    def _page(
        self, request: HttpRequest, designer: Designer, *, notice: str = "", status: int = 200
    ) -> HttpResponse:
        told = account_words.told(designer, _account_of(designer))
        context = {"title": _("Being paid"), "designer": designer, "told": told, "notice": notice}
        context["is_theirs"] = designer.pk in self._own(request)
        return self._answer(request, "page", context, status)

    def begin_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the account, if there is none, and lead to Stripe's page."""
        designer = self._designer(request, str(pk))
        if designer.pk not in self._own(request):
            raise PermissionDenied
        try:
            account = accounts.begin(designer)
            return SeeOther(accounts.page_at_stripe(account))
        except accounts.OtherRegion:
            return self._page(request, designer, status=409)
        except (payments.NotFound, payments.CutOff):
            return self._page(request, self._anew(designer), status=409)
        except payments.Unknown:
            notice = _("Stripe does not answer at the moment. Try again in a minute.")
            return self._page(request, self._anew(designer), notice=notice, status=503)
        except payments.Refused as refusal:
            notice = _("Stripe said no: %s") % refusal
            return self._page(request, self._anew(designer), notice=notice, status=502)

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Where Stripe sends whoever comes with an address no longer good: to a fresh one."""
        designer = self._designer(request, str(pk))
        account = _account_of(designer)
        if designer.pk not in self._own(request) or account is None or not account.stripe_id:
            return SeeOther(_page_of(designer))
        try:
            return SeeOther(accounts.page_at_stripe(account))
        except (payments.NotFound, payments.CutOff):
            return self._page(request, self._anew(designer), status=409)
        except (payments.Unknown, payments.Refused):
            notice = _("Stripe has no page for you at the moment. Try again in a minute.")
            return self._page(request, designer, notice=notice, status=503)

    def back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Where Stripe's page leads back to: it proves nothing, so Stripe is asked."""
        designer = self._designer(request, str(pk))
        if account := _account_of(designer):
            try:
                accounts.refresh(account)
            except (payments.Unknown, payments.Refused):
                said = _("Stripe does not answer at the moment: the shop asks again by itself.")
                self.message_user(request, said, messages.WARNING)
        return SeeOther(_page_of(designer))

    def letter_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The owner asks a maker to see to it, by a letter, at most once a day."""
        if not is_owner(request.user):
            raise PermissionDenied
        designer = self._designer(request, str(pk))
        outbox.put(REMINDER, designer.pk, key=_today(designer))
        said = _("A letter is on its way to %s.") % designer.short_name
        self.message_user(request, said, messages.SUCCESS)
        return SeeOther(reverse("admin:orders_designeraccount_changelist"))

    def _designers(self, request: HttpRequest) -> Any:
        if not settings.STRIPE_CONNECT:
            raise Http404
        designers = Designer.objects.select_related("account").prefetch_related("members__user")
        if is_owner(request.user):
            return designers.filter(is_active=True)
        return designers.filter(pk__in=self._own(request))

    def _designer(self, request: HttpRequest, pk: str) -> Designer:
        if not pk.isdecimal():
            raise Http404
        found: Designer = get_object_or_404(self._designers(request), pk=int(pk))
        return found

    def _own(self, request: HttpRequest) -> list[int]:
        """The makers whom this person may begin an account for: those whose owner they are."""
        held = roles_of(request)
        return [designer for designer, role in held.items() if role in self.may_view]

    def _anew(self, designer: Designer) -> Designer:
        return Designer.objects.select_related("account").get(pk=designer.pk)

    def _answer(
        self, request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        common = {**self.admin_site.each_context(request), "opts": self.opts}
        template = f"admin/orders/designeraccount/{name}.html"
        return render(request, template, common | context, status=status)


def _page_of(designer: Designer) -> str:
    return reverse("admin:orders_designeraccount_change", args=[designer.pk])


def _today(designer: Designer) -> str:
    return f"{designer.pk}:{localdate():%Y-%m-%d}"
