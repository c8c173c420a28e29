"""What only the shop's owner sees: whole orders, and what Stripe sent."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from designers.models import is_owner
from designers.ownership import HouseAdmin
from orders import event_words, payments, refundable, webhooks, wording
from orders.admin import allocating, giving_back, ledger
from orders.admin.dispute_told import DisputeTold
from orders.admin.read_only import ReadOnly
from orders.banks import reviewing
from orders.comparing import refund_mending
from orders.models import Order, Refund, StripeEvent
from shop.money import format_money


class ReadOnlyAdmin(ReadOnly, HouseAdmin):
    """What only the owner looks at."""


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "stands", "sum", "name", "created_at", "paid_at"]
    list_filter = ["state"]
    search_fields = ["number", "email", "name"]
    list_per_page = 50
    ordering = ["-created_at", "-pk"]
    fields = ["state", "review_reason", "name", "email", "phone", "created_at", "paid_at"]

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def stands(self, obj: Order) -> str:
        return str(obj.get_state_display())

    @admin.display(description=gettext_lazy("total"), ordering="total")
    def sum(self, obj: Order) -> str:
        return format_money(obj.total, obj.currency)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        again, review = wrap(require_POST(self.again_view)), wrap(require_POST(self.review_view))
        refund = "<int:pk>/refund/"
        return [
            path(refund, wrap(self.refund_view), name="orders_order_refund"),
            path(
                f"{refund}<int:refund>/for/",
                wrap(self.allocate_view),
                name="orders_order_allocate",
            ),
            path(f"{refund}<int:refund>/again/", again, name="orders_order_refund_again"),
            path("<int:pk>/review/", review, name="orders_order_review"),
            path("<int:pk>/ledger/", wrap(self.ledger_view), name="orders_order_ledger"),
            *super().get_urls(),
        ]

    def refund_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give money back: the form, then what it comes to, then the deed; for the owner alone."""
        return giving_back.page(request, self, self._order(request, pk))

    def allocate_view(self, request: HttpRequest, pk: int, refund: int) -> HttpResponse:
        """Say what a refund was for that was made at Stripe."""
        order = self._order(request, pk)
        return allocating.page(request, self, get_object_or_404(order.refunds, pk=refund))

    def again_view(self, request: HttpRequest, pk: int, refund: int) -> HttpResponse:
        """Give back anew what did not arrive."""
        failed = get_object_or_404(self._order(request, pk).refunds, pk=refund)
        return self._give(
            request, failed.order, lambda: refund_mending.try_again(failed, by=_person(request))
        )

    def review_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep an order under review after all, or give its payment back whole."""
        order = self._order(request, pk)
        if "_honour" in request.POST:
            return self._honour(request, order)
        attempt = get_object_or_404(order.attempts, pk=_number(request.POST.get("attempt")))
        return self._give(
            request, order, lambda: reviewing.give_back_whole(attempt, by=_person(request))
        )

    def _honour(self, request: HttpRequest, order: Order) -> HttpResponse:
        try:
            reviewing.honour(order, by=_person(request))
        except (reviewing.NotHonoured, payments.Unknown, payments.Refused) as reason:
            self.message_user(request, str(reason), messages.ERROR)
        else:
            said = _("It is an order now, its pieces are sold, and a letter says so.")
            self.message_user(request, said, messages.SUCCESS)
            self.log_change(request, order, said)
        return HttpResponseRedirect(reverse("admin:orders_order_change", args=[order.pk]))

    def _give(self, request: HttpRequest, order: Order, give: Callable[[], Refund]) -> HttpResponse:
        try:
            refund = give()
        except (refundable.TooMuch, refundable.NotRefundable) as reason:
            self.message_user(request, str(reason), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:orders_order_change", args=[order.pk]))
        self.log_change(request, order, f"{format_money(refund.amount, order.currency)} again")
        return giving_back.done(request, refund)

    def _order(self, request: HttpRequest, pk: int) -> Order:
        order: Order | None = self.get_object(request, str(pk))
        if order is None:
            raise Http404
        if not is_owner(request.user):
            raise PermissionDenied
        return order

    def ledger_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every entry of one order's ledger; for the owner alone."""
        return ledger.page(request, self, self._order(request, pk))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if order := kwargs.get("obj"):
            context |= _whole(order)
        return super().render_change_form(request, context, *args, **kwargs)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 12 else 0


def _whole(order: Order) -> dict[str, Any]:
    attempts = list(order.attempts.order_by("pk"))
    known = [name for a in attempts for name in (a.session_id, a.payment_intent, a.charge) if name]
    disputes = list(order.disputes.select_related("order", "attempt").order_by("pk"))
    known += [dispute.stripe_id for dispute in disputes]
    given = order.refunds.select_related("actor", "parcel__designer")
    given = given.prefetch_related("lines__order_line")
    return {
        "title": order.number,
        "subtitle": None,
        "order": order,
        "parcels": order.parcels.select_related("designer").prefetch_related("lines"),
        "taken_off": wording.taken_off(order),
        "attempts": attempts,
        "refunds": [giving_back.RefundTold(refund) for refund in given],
        "refundable": refundable.left(order),
        "unreturned": reviewing.unreturned(order),
        "disputes": [DisputeTold(dispute) for dispute in disputes],
        "events": [
            (event, event_words.told(event), event_words.said(event))
            for event in order.events.select_related("actor", "parcel__designer")
        ],
        "stripe_events": StripeEvent.objects.filter(payload__object__in=known).order_by("pk"),
    }


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    list_display = ["type", "state", "tries", "error", "received_at", "processed_at"]
    list_filter = ["state"]
    search_fields = ["event_id", "type"]
    list_per_page = 50
    actions = ["run_again"]  # type: ignore[assignment]
    fields = ["event_id", "type", "state", "tries", "error", "received_at", "processed_at"]

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> Any:
        """Ours alone: nothing that Stripe sent is deleted."""
        acts = super().get_actions(request, action_location)
        return {name: act for name, act in acts.items() if name in self.actions}

    @admin.action(description=gettext_lazy("run again"))
    def run_again(self, request: HttpRequest, rows: models.QuerySet[StripeEvent]) -> None:
        """Does what the events ask for once more; each is safe to be done twice."""
        done = [webhooks.act(event) for event in rows[:100]]
        said = _("%(done)s of %(all)s succeeded.") % {"done": sum(done), "all": len(done)}
        self.message_user(request, said, messages.SUCCESS if all(done) else messages.ERROR)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.again_view))
        name = "orders_stripeevent_again"
        return [path("<int:pk>/again/", view, name=name), *super().get_urls()]

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Run one event again and go back to its page."""
        if self.get_object(request, str(pk)) is None:
            raise Http404
        self.run_again(request, StripeEvent.objects.filter(pk=pk))
        return HttpResponseRedirect(reverse("admin:orders_stripeevent_change", args=[pk]))
