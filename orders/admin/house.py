"""What only the shop's owner sees: whole orders, and what Stripe sent."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from designers.models import is_owner
from designers.ownership import HouseAdmin
from orders import refundable, webhooks, wording
from orders.admin import giving_back
from orders.models import Order, StripeEvent
from shop.money import format_money


class ReadOnlyAdmin(HouseAdmin):
    """Money is moved by Stripe and by the shop's own verbs, never by typing into a row."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
        view = self.admin_site.admin_view(self.refund_view)
        return [path("<int:pk>/refund/", view, name="orders_order_refund"), *super().get_urls()]

    def refund_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give money back: the form, then what it comes to, then the deed; for the owner alone."""
        order = self.get_object(request, str(pk))
        if order is None:
            raise Http404
        if not is_owner(request.user):
            raise PermissionDenied
        return giving_back.page(request, self, order)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if order := kwargs.get("obj"):
            context |= _whole(order)
        return super().render_change_form(request, context, *args, **kwargs)


def _whole(order: Order) -> dict[str, Any]:
    attempts = list(order.attempts.order_by("pk"))
    known = [name for a in attempts for name in (a.session_id, a.payment_intent, a.charge) if name]
    given = order.refunds.select_related("actor").prefetch_related("lines__order_line")
    return {
        "title": order.number,
        "subtitle": None,
        "order": order,
        "parcels": order.parcels.select_related("designer").prefetch_related("lines"),
        "taken_off": wording.taken_off(order),
        "attempts": attempts,
        "refunds": [giving_back.RefundTold(refund) for refund in given],
        "refundable": refundable.left(order),
        "events": order.events.select_related("actor", "parcel__designer"),
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
