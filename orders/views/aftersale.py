"""Calling off, sending back, altering, mending: asked and followed from the order's page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_safe

from orders.afterwards import aftersale, aftersale_photo, aftersale_terms, cancelling
from orders.afterwards.aftersale import NotNow
from orders.afterwards.aftersale_forms import AskForm, CallOffForm, StepForm
from orders.afterwards.aftersale_page import AskedTold, titles
from orders.afterwards.aftersale_steps import Actor
from orders.models import AfterSale, Order, OrderLine, Parcel
from orders.pages.forms import mistakes
from shop.money import format_money
from shop.personal import secret
from shop.same_origin import same_origin
from shop.see_other import see_other
from shop.throttle import throttled

Kind = AfterSale.Kind
_METHODS = require_http_methods(["GET", "HEAD", "POST"])


@secret
@same_origin
@throttled("aftersale", times=30, seconds=3600)
@_METHODS
def call_off(request: HttpRequest, token: str, pk: int | None = None) -> HttpResponse:
    """Calls a parcel, or the whole order, off; asks the maker where it was begun."""
    order = get_object_or_404(Order, token=token)
    parcels = _parcels(order, pk)
    form = CallOffForm(request.POST or None)
    context = _what_goes(order, parcels) | {"form": form, "whole": pk is None}
    if request.method != "POST":
        return _answer(request, "call_off", order, context)
    if not form.is_valid():
        return _answer(request, "call_off", order, context, status=400)
    try:
        asked = _do_call_off(order, parcels, form.cleaned_data)
    except NotNow as reason:
        again = _what_goes(order, _parcels(order, pk))
        return _answer(request, "call_off", order, context | again | {"sorry": reason}, status=409)
    return see_other(asked)


def _parcels(order: Order, pk: int | None) -> list[Parcel]:
    rows = order.parcels.select_related("designer", "order").prefetch_related("lines", "events")
    parcels = list(rows.filter(pk=pk) if pk is not None else rows)
    if not parcels:
        raise Http404
    return parcels


def _what_goes(order: Order, parcels: list[Parcel]) -> dict[str, Any]:
    """Which parcels would go, whether at once, and what of the money comes back."""
    at_once = [parcel for parcel in parcels if aftersale_terms.may_call_off(parcel)]
    may_ask = len(parcels) == 1 and aftersale_terms.may_ask_off(parcels[0])
    back = cancelling.sum_of(order, at_once or parcels)
    return {
        "parcels": parcels,
        "parcel": parcels[0],
        "at_once": len(at_once) == len(parcels),
        "may_ask": may_ask,
        "back": format_money(back, order.currency) if back else "",
    }


def _do_call_off(order: Order, parcels: list[Parcel], said: dict[str, Any]) -> AfterSale:
    only = parcels[0] if len(parcels) == 1 else None
    if only and aftersale_terms.may_ask_off(only):
        return aftersale.ask(only, Kind.CANCELLATION, {}, token=said["token"], words=said["words"])
    return cancelling.call_off(order, [p.pk for p in parcels], token=said["token"])[0]


@secret
@same_origin
@throttled("aftersale", times=30, seconds=3600)
@_METHODS
def ask(request: HttpRequest, token: str, pk: int, kind: str) -> HttpResponse:
    """The form for a return, another size or a mend."""
    rows = Parcel.objects.select_related("order", "designer").prefetch_related("events")
    parcel = get_object_or_404(rows, order__token=token, pk=pk)
    if known := _sent_before(request, parcel.order):
        return see_other(known)
    context: dict[str, Any] = {"parcel": parcel, "kind": kind, "title": titles()[kind]}
    context["until"] = aftersale_terms.return_until(parcel)
    lines = aftersale_terms.askable(kind, _lines(parcel))
    if not lines:
        return _answer(request, "ask", parcel.order, context, status=_gone(request))
    form = AskForm(kind, lines, *_sent(request))
    context["form"] = form
    if request.method != "POST":
        return _answer(request, "ask", parcel.order, context)
    if not form.is_valid():
        context["wrong"] = mistakes(form)
        return _answer(request, "ask", parcel.order, context, status=400)
    try:
        return see_other(_ask(parcel, form))
    except NotNow as reason:
        return _answer(request, "ask", parcel.order, context | {"sorry": reason}, status=409)


def _lines(parcel: Parcel) -> list[OrderLine]:
    lines = list(parcel.lines.select_related("variant__piece", "order"))
    for line in lines:
        line.parcel = parcel
    return lines


def _ask(parcel: Parcel, form: AskForm) -> AfterSale:
    data = form.cleaned_data
    said = {name: data.get(name, "") for name in ("words", "reason", "new_size")}
    said["photo"] = name = aftersale_photo.keep(data.get("photo"))
    asked = None
    try:
        asked = aftersale.ask(parcel, form.kind, form.parts, token=data["token"], **said)
    finally:
        if asked is None or asked.photo.name != name:
            aftersale_photo.drop(name)
    return asked


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _sent_before(request: HttpRequest, order: Order) -> AfterSale | None:
    """What this form has already become: it was pressed twice, or Back was."""
    if request.method != "POST":
        return None
    form = CallOffForm({"token": request.POST.get("token", "")})
    rows = AfterSale.objects.filter(parcel__order=order).select_related("parcel__order")
    return rows.filter(token=form.cleaned_data["token"]).first() if form.is_valid() else None


def _gone(request: HttpRequest) -> int:
    return 409 if request.method == "POST" else 200


@secret
@same_origin
@throttled("aftersale", times=30, seconds=3600)
@_METHODS
def aftersale_page(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """One request, its history and what the shopper may do next."""
    rows = AfterSale.objects.select_related("parcel__order", "parcel__designer")
    rows = rows.prefetch_related("parts__line__variant__piece", "events")
    asked = get_object_or_404(rows, parcel__order__token=token, pk=pk)
    context: dict[str, Any] = {"told": AskedTold(asked), "form": StepForm()}
    if request.method != "POST":
        return _answer(request, "page", asked.parcel.order, context)
    form = StepForm(request.POST)
    context |= {"form": form, "wrong": mistakes(form)}
    if not form.is_valid():
        return _answer(request, "page", asked.parcel.order, context, status=400)
    try:
        _step(asked, form.cleaned_data)
    except NotNow as reason:
        context["told"] = AskedTold(rows.get(pk=pk))
        return _answer(request, "page", asked.parcel.order, context | {"sorry": reason}, status=409)
    return see_other(asked)


@secret
@require_safe
def photograph(request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
    """The picture that was sent with a request."""
    asked = get_object_or_404(AfterSale, parcel__order__token=token, pk=pk)
    return aftersale_photo.answer(asked)


def _step(asked: AfterSale, said: dict[str, Any]) -> None:
    columns: dict[str, Any] = {}
    if said["act"] == "post":
        columns["tracking"] = said["tracking"].strip()
    if said["act"] == "approve":
        columns["until"] = localdate() + aftersale_terms.TO_POST
    aftersale.take(asked, said["act"], Actor.SHOPPER, **columns)


def _answer(
    request: HttpRequest, page: str, order: Order, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    template = f"orders/aftersale/{page}.html"
    return render(request, template, context | {"order": order}, status=status)
