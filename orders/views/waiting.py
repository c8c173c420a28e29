"""Waiting for a piece: asking, saying yes, claiming it when it is back, and leaving.

A link changes nothing by being opened, because mail programs open links to look at them:
each page has one button.
"""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orders import attempts
from orders import cart as carts
from orders.figures import noting
from orders.models import Waiting
from orders.pages.forms import ClaimForm, WaitingForm, mistakes
from orders.pages.refusals import REFUSALS, Notice, told_of
from orders.scarce import waiting as line
from orders.scarce.waiting_page import WaitingTold
from shop.personal import personal, secret
from shop.same_origin import same_origin
from shop.see_other import see_other
from shop.throttle import throttled

reading_or_post = require_http_methods(["GET", "HEAD", "POST"])


@personal
@same_origin
@throttled("waiting", times=10, seconds=3600)
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Asks an address whether it wants to wait; says the same whether it does already."""
    form = WaitingForm(request.POST)
    if form.is_valid():
        line.ask(form.cleaned_data["variant"], form.cleaned_data["email"])
        noting.asked_for(request, form.cleaned_data["variant"])
        return see_other("orders:waiting_asked")
    variant = form.cleaned_data.get("variant")
    context = {"form": form, "variant": variant, "wrong": mistakes(form), "asks": True}
    return render(request, "orders/waiting_ask.html", context, status=400)


@personal
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    return render(request, "orders/waiting_asked.html", {"asks": True})


@secret
@same_origin
@throttled("basket", times=240, seconds=60)
@reading_or_post
def waiting(request: HttpRequest, token: str) -> HttpResponseBase:
    """How it stands with who waits; its button says yes, or puts the piece into the basket."""
    row = _row(token)
    if request.method != "POST":
        return _page(request, row)
    if row.state == Waiting.State.OFFERED:
        return _claim(request, row)
    try:
        line.confirm(row)
    except line.LineFull as full:
        return _page(request, row, Notice("", str(full)), status=409)
    return see_other(row)


def _claim(request: HttpRequest, row: Waiting) -> HttpResponseBase:
    form = ClaimForm(request.POST)
    if not form.is_valid():
        return _page(request, row, status=400)
    basket = carts.get_or_create(request)
    try:
        carts.claim(basket, row, form.cleaned_data["engraving"])
    except attempts.Paid as paid:
        response: HttpResponseBase = see_other(paid.order)
    except REFUSALS as refusal:
        response = _refused(request, refusal, token=row.token)
    else:
        response = see_other("orders:cart")
    carts.remember(response, basket)
    return response


def _refused(request: HttpRequest, refusal: Exception, *, token: str) -> HttpResponseBase:
    if isinstance(refusal, carts.AlreadyInBasket):
        return see_other("orders:cart")
    row = _row(token)
    # Too late is told by the page itself; what else may be in the way needs a word.
    notice = told_of(refusal) if row.is_kept else None
    return _page(request, row, notice, status=409)


# Who knows the token may leave from anywhere: mail programs do it for their reader.
@csrf_exempt
@secret
@reading_or_post
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Ends the wait with its button, or with that of the reader's mail program."""
    row = _row(token)
    if request.method != "POST":
        return _page(request, row, leaving=True)
    line.leave(row)
    if "List-Unsubscribe" in request.POST:
        # A mail program must not be sent on: https://www.rfc-editor.org/rfc/rfc8058#section-3.1
        return HttpResponse(status=204)
    return see_other(row)


def _row(token: str) -> Waiting:
    rows = Waiting.objects.select_related("variant__piece__designer", "hold")
    return get_object_or_404(rows, token=token)


def _page(
    request: HttpRequest,
    row: Waiting,
    notice: Notice | None = None,
    *,
    leaving: bool = False,
    status: int = 200,
) -> HttpResponse:
    told = WaitingTold(row, leaving=leaving)
    context = {"told": told, "notice": notice, "asks": True}
    return render(request, "orders/waiting.html", context, status=status)
