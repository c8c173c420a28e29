"""The basket's page, and the acts on it. Each is a plain form that works without JavaScript."""

from collections.abc import Callable

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog import shown
from orders import attempts, holds, payments
from orders import cart as carts
from orders.figures import noting
from orders.models import Cart, CartLine
from orders.pages.basket_page import BasketTold
from orders.pages.forms import AddForm, CodeForm, LineForm
from orders.pages.refusals import REFUSALS, Notice, no_cookie, not_there, told_of
from shop.personal import personal
from shop.same_origin import same_origin
from shop.see_other import see_other
from shop.throttle import throttled

_JUST_PUT = "put"


@personal
@same_origin
@throttled("basket", times=240, seconds=60)
@require_http_methods(["GET", "HEAD", "POST"])
def cart(request: HttpRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _add(request)
    found = carts.get(request)
    notice = no_cookie() if found is None and _JUST_PUT in request.GET else None
    return show_basket(request, found, notice)


@personal
@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """How many pieces are in this browser's basket, as a number; empty for none.

    Its headers say for how many seconds yet the first of them is held, and whether for longer.
    """
    found = carts.get(request)
    pieces = sum(found.lines.values_list("quantity", flat=True)) if found else 0
    answer = HttpResponse(str(pieces or ""), content_type="text/plain; charset=utf-8")
    return _with_time(answer, found) if pieces and found else answer


def _with_time(answer: HttpResponse, basket: Cart) -> HttpResponse:
    """Seconds, not a moment: the clocks of browsers are wrong more often than one thinks."""
    if hold := carts.first_to_end(basket):
        answer.headers["Held-For"] = str(int((hold.expires_at - now()).total_seconds()))
        answer.headers["Held-Longer"] = "yes" if holds.can_extend(hold) else "no"
    return answer


@personal
@same_origin
@throttled("basket", times=240, seconds=60)
@require_POST
def hold(request: HttpRequest) -> HttpResponseBase:
    """Holds everything in the basket for longer; a script that asks is told until when."""
    found = carts.get(request)
    extended = carts.extend(found) if found else 0
    if found and request.headers.get("Accept") == "text/plain":
        return _with_time(HttpResponse(content_type="text/plain"), found)
    if found and not extended:
        return show_basket(request, found, told_of(holds.HeldLongEnough()), status=409)
    return see_other("orders:cart")


@personal
@same_origin
@throttled("basket", times=240, seconds=60)
@require_POST
def line(request: HttpRequest, pk: int) -> HttpResponseBase:
    lines = CartLine.objects.select_related("cart", "hold", "variant__piece__designer")
    basket = carts.get(request)
    found = lines.filter(cart=basket, pk=pk).first() if basket else None
    if found is None:  # as when another tab took it out
        return show_basket(request, basket, not_there(), status=404)
    form = LineForm(request.POST)
    if not form.is_valid():
        notice = Notice(_("That did not work"), _first_mistake(form))
        return show_basket(request, found.cart, notice, status=400)
    name = form.cleaned_data["act"] or "quantity"
    try:
        _ACTS[name](found, form.cleaned_data["quantity"])
    except attempts.Paid as paid:
        return see_other(paid.order)
    except CartLine.DoesNotExist:  # another tab took it out
        pass
    except REFUSALS as refusal:
        return _refused(request, found.cart, refusal)
    # Whoever goes by keyboard goes on where they were.
    return see_other("orders:cart", after=f"#line-{pk}" if name != "release" else "")


def show_basket(
    request: HttpRequest,
    basket: Cart | None,
    notice: Notice | None = None,
    *,
    status: int = 200,
    code: CodeForm | None = None,
) -> HttpResponse:
    """The basket's page as it stands now, with what just happened at its head."""
    contents = carts.contents(basket) if basket else None
    if contents is None or contents.is_empty:
        newest = shown.collections().order_by("-published_at", "pk").first()
        ready = shown.newest().filter(Q(has_free=True))[:4]
        empty = {"collection": newest, "ready": ready, "notice": notice}
        return render(request, "orders/cart_empty.html", empty, status=status)
    code = code or CodeForm("pay")
    context = {"told": BasketTold(contents), "notice": notice, "code": code}
    return render(request, "orders/cart.html", context, status=status)


def _add(request: HttpRequest) -> HttpResponseBase:
    form = AddForm(request.POST)
    if not form.is_valid():
        return show_basket(request, carts.get(request), _not_added(form), status=400)
    basket = carts.get_or_create(request)
    # Only with the first piece of a browser it is not known yet whether it keeps the cookie.
    is_known = carts.COOKIE in request.COOKIES
    response: HttpResponseBase = see_other("orders:cart", after="" if is_known else f"?{_JUST_PUT}")
    try:
        line = _put(basket, form)
    except REFUSALS as refusal:
        response = _refused(request, basket, refusal)
        if isinstance(refusal, holds.Taken):
            noting.asked_for(request, form.found_variant)
    else:
        noting.put_in_basket(request, line, form.cleaned_data["story"])
    carts.remember(response, basket)
    return response


def _put(basket: Cart, form: AddForm) -> CartLine:
    variant, data = form.found_variant, form.cleaned_data
    assert variant  # noqa: S101 - the form is valid
    try:
        return carts.add(basket, variant, data["quantity"], data["engraving"])
    except attempts.Paid:  # the basket is empty now, and may be filled again
        return carts.add(basket, variant, data["quantity"], data["engraving"])


def _not_added(form: AddForm) -> Notice:
    piece = form.found_piece
    if piece is None:
        return Notice(_("Nothing was put in the basket"), _first_mistake(form))
    return Notice(
        _("%s is not in the basket yet") % piece,
        _first_mistake(form),
        act=_("Back to the piece"),
        url=piece.get_absolute_url(),
    )


def _first_mistake(form: AddForm | LineForm) -> str:
    return str(next(iter(form.errors.values()))[0])


def _refused(request: HttpRequest, basket: Cart, refusal: Exception) -> HttpResponseBase:
    if isinstance(
        refusal, carts.AlreadyInBasket
    ):  # as after a double click: that is what was wanted
        return see_other("orders:cart")
    status = 503 if isinstance(refusal, payments.Unknown) else 409
    return show_basket(request, basket, told_of(refusal), status=status)


def _extend(found: CartLine) -> None:
    if found.hold is None:
        raise holds.HeldLongEnough
    holds.extend(found.hold)


_ACTS: dict[str, Callable[[CartLine, int], object]] = {
    "extend": lambda found, _many: _extend(found),
    "release": lambda found, _many: carts.remove(found),
    "hold": lambda found, _many: carts.hold_again(found),
    "quantity": carts.change,
}
