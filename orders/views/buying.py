"""From the basket to Stripe's page, and back from it."""

import logging
import re

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orders import attempts, holds, payments, settlement
from orders import cart as carts
from orders import checkout as checkouts
from orders.models import PaymentAttempt
from orders.pages.checkout_step import Step
from orders.pages.refusals import Notice, nothing_to_pay, told_of
from orders.views.basket import show_basket
from shop.personal import personal
from shop.same_origin import same_origin
from shop.see_other import see_other
from shop.throttle import throttled

logger = logging.getLogger(__name__)
_SESSION_ID = re.compile(r"cs_[A-Za-z0-9_]{1,110}")
_SUM_IS_ANOTHER = (
    checkouts.AboveMaximum,
    checkouts.BelowMinimum,
    checkouts.CodeRefused,
    checkouts.PriceChanged,
)
_ON_ITS_WAY = {PaymentAttempt.State.COMPLETE, PaymentAttempt.State.PROCESSING}


@personal
@same_origin
@throttled("checkout", times=240, seconds=60)
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponseBase:
    """Asks for country, e-mail and gift wishes; a POST leads to Stripe's page."""
    basket = carts.get(request)
    if basket is None or not basket.lines.exists():
        if request.method == "POST":
            return show_basket(request, basket, nothing_to_pay(), status=409)
        return see_other("orders:cart")
    if request.method != "POST":
        return _page(request, Step(basket))
    step = Step(basket, request.POST)
    if step.is_about_code:
        return _use_code(request, step)
    if step.is_from_basket and step.are_wishes_valid:
        step.keep_wishes()
        return see_other("orders:checkout")
    if not (step.are_wishes_valid and step.form.is_valid()):
        return _page(request, step, status=400)
    if notice := step.other_total():
        return _page(request, step, notice, status=409)
    return _start(request, step)


def _page(
    request: HttpRequest, step: Step, notice: Notice | None = None, *, status: int = 200
) -> HttpResponse:
    context = {"step": step, "told": step.told, "notice": notice}
    return render(request, "orders/checkout.html", context, status=status)


def _use_code(request: HttpRequest, step: Step) -> HttpResponseBase:
    """A code is used or taken out; where it does not hold, the page says why, as it was typed."""
    if step.are_wishes_valid:
        step.keep_wishes()
    try:
        holds = step.use_code()
    except attempts.Paid as paid:
        return see_other(paid.order)
    except payments.Unknown:
        return _silent(request, step)
    if not step.is_from_basket:
        return _page(request, step, step.code_used(), status=200 if holds else 400)
    if not holds:
        return show_basket(request, step.basket, _not_held(step), status=400, code=step.code)
    if request.POST.get("act"):
        return see_other("orders:cart", after="#together")
    return see_other("orders:checkout")


def _not_held(step: Step) -> Notice:
    sentence = str(next(iter(step.code.errors.values()))[0])
    return Notice(_("The code does not hold"), sentence)


def _start(request: HttpRequest, step: Step) -> HttpResponseBase:
    try:
        return _to_stripe(request, step.start())
    except checkouts.Empty:
        return see_other("orders:cart")
    except attempts.Paid as paid:
        return see_other(paid.order)
    except (checkouts.Gone, holds.Rests, holds.TooMany) as refusal:
        return show_basket(request, step.basket, _not_kept(refusal), status=409)
    except checkouts.NotPosted as refusal:
        step.form.add_error("country", str(refusal))
        return _page(request, step, status=400)
    except _SUM_IS_ANOTHER as refusal:
        return _another_sum(request, step, refusal)
    except payments.Unknown:
        return _silent(request, step)


def _another_sum(request: HttpRequest, step: Step, refusal: Exception) -> HttpResponse:
    """It cannot be paid like this, but can once the shopper has seen what it comes to now."""
    if isinstance(refusal, checkouts.BelowMinimum):
        return _page(request, step, Notice(_("That is too little"), str(refusal)), status=400)
    if isinstance(refusal, checkouts.AboveMaximum):
        return _page(request, step, Notice(_("That is too much"), str(refusal)), status=400)
    if isinstance(refusal, checkouts.PriceChanged):
        notice = Notice(_("The price is another one now"), str(refusal), kind="time")
        return _page(request, step, notice, status=409)
    sentence = _("%(why)s Without it, it comes to %(total)s.")
    words = {"why": refusal, "total": step.told.total}
    notice = Notice(_("The code does not hold"), sentence % words, kind="time")
    return _page(request, step, notice, status=409)


def _not_kept(refusal: Exception) -> Notice:
    if not isinstance(refusal, checkouts.Gone):
        return told_of(refusal)
    names = ", ".join(str(line.piece) for line in refusal.lines)
    sentence = _("%s was taken while you were here. You have not been charged.") % names
    return Notice(_("Somebody was quicker"), sentence)


def _to_stripe(request: HttpRequest, attempt: PaymentAttempt) -> HttpResponseBase:
    """To the page where it is paid; raises payments.Unknown when Stripe does not answer."""
    try:
        attempt = checkouts.open_session(attempt)
    except payments.Unknown:
        attempt.refresh_from_db()  # a second click may have been answered meanwhile
        if not attempt.url:
            raise
    except payments.Refused:
        return render(request, "orders/checkout_refused.html", status=502)
    if attempt.state == PaymentAttempt.State.OPEN:
        return see_other(attempt.url)
    return see_other(attempt.order)


def _silent(request: HttpRequest, step: Step) -> HttpResponse:
    """Stripe does not answer; trying again repeats the same payment, never a second one."""
    response = render(request, "orders/checkout_silent.html", {"step": step}, status=503)
    response.headers["Retry-After"] = "10"
    return response


@personal
@require_safe
def checkout_return(request: HttpRequest) -> HttpResponseBase:
    """Where Stripe sends the shopper after paying; tells a stranger nothing."""
    session_id = request.GET.get("session_id", "")
    attempt = _own_attempt(request, session_id)
    if attempt is None:
        return render(request, "orders/checkout_lost.html", status=404)
    _settle(session_id)
    return see_other(attempt.order)


def _own_attempt(request: HttpRequest, session_id: str) -> PaymentAttempt | None:
    """The payment of this browser's own basket; the id alone proves nothing."""
    basket = carts.get(request)
    if basket is None or not _SESSION_ID.fullmatch(session_id):
        return None
    of_it = PaymentAttempt.objects.filter(session_id=session_id, order__cart=basket)
    return of_it.select_related("order").first()


def _settle(session_id: str) -> PaymentAttempt | None:
    """What Stripe says of it now; without an answer the order's page waits for one."""
    try:
        return settlement.settle(session_id)
    except (payments.Unknown, payments.Refused, settlement.UnknownOrder) as error:
        logger.warning("session %s could not be settled: %r", session_id, error)
        return None


@personal
@require_safe
def checkout_back(request: HttpRequest) -> HttpResponseBase:
    """Where Stripe's page leads back to without a payment; it may have been paid all the same."""
    basket = carts.get(request)
    notice = None
    for attempt in attempts.live(basket) if basket else ():
        settled = _settle(attempt.session_id) if attempt.session_id else None
        if settled and settled.state in _ON_ITS_WAY:
            return see_other(settled.order)
        notice = _came_back(settled or attempt)
    return show_basket(request, basket, notice)


def _came_back(attempt: PaymentAttempt) -> Notice:
    if attempt.state not in settlement.LIVE:
        return Notice(
            _("The time to pay is over"),
            _("Nothing was charged. What is still free can be held again."),
            kind="time",
        )
    return Notice(
        _("You came back without paying"),
        _("Nothing was charged. Your pieces stay held for you meanwhile."),
        act=_("Go on paying"),
        url=attempt.url,
        kind="time",
    )
