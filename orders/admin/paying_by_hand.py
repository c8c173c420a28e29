"""The page "Paid by hand": which parcels of a maker, on which day, and what it comes to."""

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from designers.models import Designer
from orders.makers import by_hand, setting_off
from orders.models import Payout
from shop.many_field import ManyField
from shop.money import format_money

if TYPE_CHECKING:
    from orders.admin.payouts import PayoutAdmin


@dataclass(frozen=True, slots=True)
class Waiting:
    """A maker for whom something is due."""

    maker: Designer
    payouts: list[Payout]

    @property
    def sum(self) -> str:
        return format_money(by_hand.comes_to(self.payouts), self.payouts[0].parcel.order.currency)


class ByHandForm(forms.Form):
    """Parcels of one maker; the token makes of a form that is sent twice one payment."""

    chosen = ManyField(
        Payout.objects.none(),
        label=gettext_lazy("Parcels"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick the parcels that were paid.")},
    )
    day = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=80,
        help_text=gettext_lazy("As it stands on the bank's statement. The maker reads it too."),
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, found: list[Payout], data: Any = None) -> None:
        initial = {"token": uuid4(), "day": localdate(), "chosen": found}
        super().__init__(data, auto_id="hand-%s", initial=initial)
        self.found = {payout.pk: payout for payout in found}
        chosen: Any = self.fields["chosen"]
        chosen.queryset = by_hand.payable().filter(pk__in=self.found)
        chosen.label_from_instance = _told

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if day > localdate():
            raise forms.ValidationError(_("That day is still to come: say it when it is paid."))
        return day

    @property
    def payouts(self) -> list[Payout]:
        return list(self.cleaned_data["chosen"])

    @property
    def amount(self) -> int:
        return by_hand.comes_to(self.payouts)


def _told(payout: Payout) -> str:
    sum_ = format_money(payout.to_come, payout.parcel.order.currency)
    return f"{payout.parcel.order.number}, {sum_}"


def page(request: HttpRequest, keeper: "PayoutAdmin") -> HttpResponse:
    """Who waits for money; of one maker, what it comes to, and only then that it was paid."""
    if not request.GET.get("maker"):
        return _answer(request, keeper, {"waiting": _waiting()})
    maker = _maker(request)
    found = list(by_hand.payable().filter(parcel__designer=maker))
    if request.method != "POST":
        return _shown(request, keeper, maker, ByHandForm(found))
    form = ByHandForm(found, request.POST)
    if "_change" in request.POST or not form.is_valid():
        return _shown(request, keeper, maker, form)
    if request.POST.get("confirmed") != str(form.amount):
        return _shown(request, keeper, maker, form, is_sure=True)
    return _paid(request, keeper, maker, form)


def _paid(
    request: HttpRequest, keeper: "PayoutAdmin", maker: Designer, form: ByHandForm
) -> HttpResponse:
    said = form.cleaned_data
    try:
        by_hand.pay(
            maker,
            [payout.pk for payout in form.payouts],
            amount=form.amount,
            day=said["day"],
            reference=said["reference"],
            by=request.user,  # type: ignore[arg-type]
            token=said["token"],
        )
    except by_hand.AnotherSum as reason:
        form.add_error(None, str(reason))
        return _shown(request, keeper, maker, form)
    keeper.message_user(request, _("Written down: %s was paid.") % maker, messages.SUCCESS)
    return HttpResponseRedirect(reverse("admin:orders_payout_changelist"))


def _maker(request: HttpRequest) -> Designer:
    asked = request.GET["maker"]
    maker = Designer.objects.filter(pk=asked).first() if asked.isdecimal() else None
    if maker is None:
        raise Http404
    return maker


def _waiting() -> list[Waiting]:
    rows = sorted(by_hand.payable(), key=lambda payout: str(payout.parcel.designer))
    grouped = groupby(rows, key=lambda payout: payout.parcel.designer)
    return [Waiting(maker, list(found)) for maker, found in grouped]


def _shown(
    request: HttpRequest,
    keeper: "PayoutAdmin",
    maker: Designer,
    form: ByHandForm,
    *,
    is_sure: bool = False,
) -> HttpResponse:
    chosen = form.payouts if is_sure else []
    currency = chosen[0].parcel.order.currency if chosen else ""
    owed = sum(setting_off.of(chosen[0]).values_list("left", flat=True)) if chosen else 0
    due = sum(payout.to_come for payout in chosen)
    context = {
        "maker": maker,
        "form": form,
        "chosen": [(payout, format_money(payout.to_come, currency)) for payout in chosen],
        "is_sure": is_sure,
        "kept": format_money(min(owed, due), currency) if owed else "",
        "sum": format_money(form.amount, currency) if chosen else "",
        "amount": form.amount if chosen else 0,
    }
    status = 400 if form.errors and request.method == "POST" else 200
    return _answer(request, keeper, context, status)


def _answer(
    request: HttpRequest, keeper: "PayoutAdmin", context: dict[str, Any], status: int = 200
) -> HttpResponse:
    common = {**keeper.admin_site.each_context(request), "opts": keeper.opts}
    return render(request, "admin/orders/payout/by_hand.html", common | context, status=status)
