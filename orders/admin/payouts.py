"""Payouts in the workshop: the owner sees how each stands and why, a maker their statements."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from designers.models import is_owner
from designers.ownership import NOBODY, OWNERS, OwnedAdmin
from orders import payouts
from orders.admin import paying_by_hand, statement
from orders.admin.read_only import ReadOnly
from orders.makers import by_hand
from orders.models import Payout
from shop.money import format_money


@admin.register(Payout)
class PayoutAdmin(ReadOnly, OwnedAdmin):
    """Nothing is typed into a payout: it follows from its parcel, its refunds and from Stripe."""

    owner_path = "parcel__designer"
    may_view = OWNERS
    may_add = may_change = may_delete = NOBODY
    list_display = ["number", "maker", "sums", "stands"]
    list_filter = ["state"]
    list_select_related = ["parcel__order", "parcel__designer__account"]
    search_fields = ["parcel__order__number", "parcel__designer__name"]
    list_per_page = 50
    ordering = ["-pk"]
    fields = ["state", "error"]

    @admin.display(description=gettext_lazy("order"), ordering="parcel__order__number")
    def number(self, obj: Payout) -> str:
        return obj.parcel.order.number

    @admin.display(description=gettext_lazy("maker"), ordering="parcel__designer__name")
    def maker(self, obj: Payout) -> str:
        return obj.parcel.designer.name

    @admin.display(description=gettext_lazy("how it stands"), ordering="state")
    def stands(self, obj: Payout) -> str:
        """The state; the reason where something keeps it, the day where nothing does."""
        state = str(obj.get_state_display())
        if obj.state in {Payout.State.BLOCKED, Payout.State.FAILED}:
            return f"{state}: {obj.error}"
        if obj.state == Payout.State.HELD:
            return f"{state}: {obj.get_hold_display()}"
        if obj.state == Payout.State.PENDING and by_hand.is_payable(obj):
            return _("to be paid by hand")
        if obj.state == Payout.State.PENDING:
            when = _("on %s") % date_format(localtime(obj.due_at), "j F") if obj.due_at else ""
            return f"{state} {when or _('when it has left')}"
        return state

    @admin.display(description=gettext_lazy("share"), ordering="share")
    def sums(self, obj: Payout) -> str:
        """The share, and what of it is still to come where that is another sum."""
        currency = obj.parcel.order.currency
        share, to_come = (
            format_money(sum_, currency, in_full=True) for sum_ in (obj.share, obj.to_come)
        )
        return (
            _("%(part)s of %(share)s") % {"part": to_come, "share": share}
            if 0 < obj.to_come < obj.share
            else share
        )

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "orders_payout"
        return [
            path("statement/", wrap(self.statement_view), name=f"{name}_statement"),
            path("statement.csv", wrap(self.csv_view), name=f"{name}_csv"),
            path("by-hand/", wrap(self.by_hand_view), name=f"{name}_by_hand"),
            path("<int:pk>/again/", wrap(require_POST(self.again_view)), name=f"{name}_again"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The owner's list; a maker reads the same as statements."""
        if not is_owner(request.user):
            return self.statement_view(request)
        waiting = {"by_hand": by_hand.payable().count()}
        return super().changelist_view(request, (extra_context or {}) | waiting)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if payout := kwargs.get("obj"):
            context |= _whole(payout, is_owner=is_owner(request.user))
        return super().render_change_form(request, context, *args, **kwargs)

    def statement_view(self, request: HttpRequest) -> HttpResponse:
        """A maker's month."""
        return statement.page(request, self)

    def csv_view(self, request: HttpRequest) -> HttpResponse:
        """The same as a table to download."""
        return statement.table(request, self)

    def by_hand_view(self, request: HttpRequest) -> HttpResponse:
        """What the owner pays by the house's own bank, and says here that it was paid."""
        if not is_owner(request.user):
            raise PermissionDenied
        return paying_by_hand.page(request, self)

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What kept a payout was seen to: try it again."""
        if not is_owner(request.user):
            raise PermissionDenied
        payout: Payout | None = self.get_object(request, str(pk))
        if payout is None:
            raise Http404
        payouts.try_again(payout, by=request.user)  # type: ignore[arg-type]
        level = messages.ERROR if payout.trouble else messages.SUCCESS
        said = f"{payout.parcel}: {payout.get_state_display()}. {payout.error}".strip()
        self.message_user(request, said, level)
        return HttpResponseRedirect(reverse("admin:orders_payout_change", args=[pk]))


def _whole(payout: Payout, *, is_owner: bool) -> dict[str, Any]:
    waits = {Payout.State.BLOCKED, Payout.State.FAILED}
    held = payout.state == Payout.State.HELD and payout.hold != Payout.Hold.DISPUTE
    return {
        "payout": payout,
        "currency": payout.parcel.order.currency,
        "transfers": payout.transfers.prefetch_related("reversals__refund"),
        "hand_payments": payout.hand_payments.select_related("actor"),
        "debts": payout.debts.prefetch_related("set_offs__payout__parcel__order"),
        "set_offs": payout.set_offs.select_related("debt__payout__parcel__order"),
        "may_try_again": is_owner and (payout.state in waits or held),
        "may_pay_by_hand": is_owner and by_hand.payable().filter(pk=payout.pk).exists(),
        "is_owner": is_owner,
    }
