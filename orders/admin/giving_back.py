"""The page "Give money back": a form, what it comes to in money, and only then the deed."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orders import fulfilment, refundable, refunds, wording
from orders.admin import returned
from orders.admin.refund_form import RefundForm
from orders.banks import standing
from orders.models import AfterSale, Order, Parcel, Refund
from shop.money import format_money


class RefundTold:
    """A refund in words for the owner; its lines are read with it."""

    def __init__(self, refund: Refund) -> None:
        self.refund = refund

    @property
    def what(self) -> str:
        """For what it was, or that somebody has yet to say so."""
        if self.refund.is_automatic:
            return _("the whole payment")
        if self.refund.is_to_be_allocated:
            return _("to be allocated")
        rows = wording.refunded(self.refund)
        return wording.sentence(wording.joined([word for word, _amount in rows])) or _("no piece")

    @property
    def is_lost(self) -> bool:
        """Whether it failed, and nothing was given back since in its place."""
        failed = self.refund.state == Refund.State.FAILED
        return failed and refunds.lost().filter(pk=self.refund.pk).exists()

    @property
    def may_try_again(self) -> bool:
        """What was given back by itself has buttons of its own, where it says why."""
        return self.is_lost and not self.refund.is_automatic and self.refund.order.is_paid


def page(
    request: HttpRequest,
    keeper: "admin.ModelAdmin[Any]",
    order: Order,
    parcel: Parcel | None = None,
) -> HttpResponse:
    """The form; a POST shows the consequence first, and does it when that was confirmed.

    With ``parcel`` it is its maker's form, of nothing else of the order.
    """
    if order.state in standing.STOPPED:
        messages.error(request, refundable.why_not(order))
        return HttpResponseRedirect(_back(order, parcel))
    asked = returned.of(order, request)
    if request.method != "POST":
        everything = "all" in request.GET
        filled_in = returned.filled_in(asked) if asked and not everything else None
        form = RefundForm(order, everything=everything, filled_in=filled_in, parcel=parcel)
        return _answer(request, keeper, form, asked=asked)
    form = RefundForm(order, data=request.POST, parcel=parcel)
    if known := form.sent_before():
        return done(request, known)
    if "_change" in request.POST or not form.is_valid():
        status = 200 if "_change" in request.POST else 400
        return _answer(request, keeper, form, asked=asked, status=status)
    if request.POST.get("confirmed") != str(form.amount):
        return _answer(request, keeper, form, asked=asked, consequence=Consequence(form))
    try:
        refund = form.give_back(by=request.user)  # type: ignore[arg-type]
    except (refundable.TooMuch, refundable.NotRefundable) as reason:
        order.refresh_from_db()
        again = RefundForm(order, data=request.POST, parcel=parcel)
        again.add_error(None, str(reason))
        return _answer(request, keeper, again, asked=asked, status=409)
    returned.end(asked, refund, by=request.user)  # type: ignore[arg-type]
    said = f"{format_money(refund.amount, order.currency)}: {refund.reason}"
    keeper.log_change(request, parcel or order, said)
    return done(request, refund)


class Consequence:
    """What pressing the button will do, in money and in words."""

    def __init__(self, form: RefundForm) -> None:
        self.form, self.order = form, form.order

    @property
    def sum(self) -> str:
        return self._money(self.form.amount)

    @property
    def rows(self) -> list[tuple[str, str]]:
        said = self.form.cleaned_data
        rows = [(f"{part.line} × {part.quantity}", part.amount) for part in self.form.parts]
        rows.append((_("Post"), said["shipping"] or 0))
        rows.append((_("Another amount"), said.get("other") or 0))
        return [(word, self._money(amount)) for word, amount in rows if amount]

    @property
    def left(self) -> str:
        """What stays with the shop; empty when nothing does."""
        left = self.form.most - self.form.amount
        return self._money(left) if left else ""

    @property
    def restocked(self) -> list[str]:
        return [f"{part.line} × {part.quantity}" for part in self.form.parts if part.restock]

    @property
    def on_the_bench(self) -> list[str]:
        """Pieces given back that their makers would still post: a refund stops no parcel."""
        if not self.left:
            return []
        parts = [part for part in self.form.parts if part.quantity]
        open_ones = [part.line for part in parts if part.line.parcel.state in fulfilment.OPEN]
        return [f"{line} ({line.parcel.designer.short_name})" for line in open_ones]

    def _money(self, amount: int) -> str:
        return format_money(amount, self.order.currency)


def done(request: HttpRequest, refund: Refund) -> HttpResponse:
    """Back to where it was pressed, with a sentence on how it went."""
    sum_ = format_money(refund.amount, refund.order.currency)
    said, level = {
        Refund.State.REQUESTED: (
            _("%s is asked for, but Stripe has not answered yet. The shop goes on asking."),
            messages.WARNING,
        ),
        Refund.State.PENDING: (_("%s is on its way back."), messages.SUCCESS),
        Refund.State.SUCCEEDED: (_("%s was given back. A letter says so."), messages.SUCCESS),
        Refund.State.FAILED: (_("%s could not be given back: nothing has moved."), messages.ERROR),
    }[Refund.State(refund.state)]
    messages.add_message(request, level, f"{said % sum_} {refund.error}".strip())
    return HttpResponseRedirect(_back(refund.order, refund.parcel))


def _back(order: Order, parcel: Parcel | None) -> str:
    if parcel:
        return reverse("admin:orders_parcel_change", args=[parcel.pk])
    return reverse("admin:orders_order_change", args=[order.pk])


def _answer(
    request: HttpRequest,
    keeper: "admin.ModelAdmin[Any]",
    form: RefundForm,
    *,
    asked: AfterSale | None,
    consequence: Consequence | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **keeper.admin_site.each_context(request),
        "opts": keeper.opts,
        "title": _("Give money back"),
        "original": form.parcel or form.order,
        "order": form.order,
        "parcel": form.parcel,
        "back": _back(form.order, form.parcel),
        "form": form,
        "refundable": form.most,
        "consequence": consequence,
        "asked": asked,
    }
    return render(request, "admin/orders/order/give_back.html", context, status=status)
