"""What a refund made at Stripe was for: the owner's form, what it comes to, and only then kept."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orders import refundable
from orders.admin.giving_back import Consequence
from orders.admin.refund_form import RefundForm
from orders.comparing import refund_mending
from orders.models import Refund
from shop.money import format_money


class AllocateForm(RefundForm):
    """The lines and the post of the order; what is left of the refund is for no piece."""

    needs_amount = False

    def __init__(self, refund: Refund, data: Any = None) -> None:
        self.refund = refund
        super().__init__(refund.order, data)
        for name in ("other", "reason", "token"):
            del self.fields[name]

    @property
    def most(self) -> int:
        return self.refund.amount

    def allocate(self, by: Any) -> None:
        """Keep what the form says; raises what ``refund_mending.allocate`` raises."""
        shipping = self.cleaned_data["shipping"] or 0
        refund_mending.allocate(self.refund, lines=self.parts, shipping=shipping, by=by)


def page(request: HttpRequest, keeper: "admin.ModelAdmin[Any]", refund: Refund) -> HttpResponse:
    """The form; a POST shows what it comes to first, and keeps it when that was confirmed."""
    order_page = reverse("admin:orders_order_change", args=[refund.order_id])
    if not refund.is_to_be_allocated:
        messages.warning(request, _("Somebody has said already what it was for."))
        return HttpResponseRedirect(order_page)
    if request.method != "POST":
        return _answer(request, keeper, AllocateForm(refund))
    form = AllocateForm(refund, request.POST)
    if "_change" in request.POST or not form.is_valid():
        return _answer(request, keeper, form, status=200 if "_change" in request.POST else 400)
    if request.POST.get("confirmed") != str(form.amount):
        return _answer(request, keeper, form, consequence=Consequence(form))
    try:
        form.allocate(by=request.user)
    except (refundable.TooMuch, refundable.NotRefundable) as reason:
        return _answer(
            request, keeper, _with(AllocateForm(refund, request.POST), reason), status=409
        )
    said = _("%s: kept what it was for.") % format_money(refund.amount, refund.order.currency)
    keeper.log_change(request, refund.order, said)
    messages.success(request, said)
    return HttpResponseRedirect(order_page)


def _with(form: forms.Form, reason: Exception) -> Any:
    form.add_error(None, str(reason))
    return form


def _answer(
    request: HttpRequest,
    keeper: "admin.ModelAdmin[Any]",
    form: AllocateForm,
    *,
    consequence: Consequence | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **keeper.admin_site.each_context(request),
        "opts": keeper.opts,
        "title": _("What was it for?"),
        "original": form.order,
        "order": form.order,
        "refund": form.refund,
        "form": form,
        "consequence": consequence,
    }
    return render(request, "admin/orders/order/allocate.html", context, status=status)
