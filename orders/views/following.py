"""The order after it was placed: its page, its certificates, and how to find it again."""

from uuid import uuid4

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orders import outbox
from orders.afterwards import arrivals
from orders.certificates import CertificateTold
from orders.models import Order, OrderLine, Parcel
from orders.pages.forms import FindForm, mistakes
from orders.pages.order_page import THANKED, LineTold, OrderTold
from shop.personal import personal, secret
from shop.same_origin import same_origin
from shop.see_other import see_other
from shop.throttle import throttled


@secret
@require_safe
def order(request: HttpRequest, token: str) -> HttpResponse:
    orders = Order.objects.prefetch_related(
        "parcels__designer",
        "parcels__events",
        "parcels__aftersales__parts__line__variant__piece",
        "parcels__aftersales__events",
        "lines__variant__piece",
        "events",
        "refunds__lines__order_line",
    )
    found = get_object_or_404(orders, token=token)
    context = {"order": found, "told": OrderTold(found), "sent": "sent" in request.GET}
    return render(request, "orders/order.html", context)


@secret
@require_safe
def order_state(request: HttpRequest, token: str) -> JsonResponse:
    """What the page that waits for a payment asks every few seconds."""
    found = get_object_or_404(Order.objects.only("state"), token=token)
    return JsonResponse({"state": found.state})


@secret
@same_origin
@throttled("letter", times=5, seconds=3600)
@require_POST
def letter(request: HttpRequest, token: str) -> HttpResponse:
    """Sends the page's address again to who ordered."""
    found = get_object_or_404(Order, token=token)
    _write_link(found)
    return see_other("orders:order", token, after="?sent#sent")


@secret
@same_origin
@require_POST
def arrived(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """Whoever ordered says that a parcel is there."""
    parcel = get_object_or_404(Parcel, order__token=token, pk=pk)
    arrivals.say(parcel)
    return see_other("orders:order", token, after=f"#parcel-{parcel.pk}")


@secret
@require_safe
def certificate(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    lines = OrderLine.objects.select_related(
        "order", "parcel__designer", "variant__piece__collection"
    )
    line = get_object_or_404(lines, order__token=token, pk=pk)
    if line.order.state not in THANKED or not LineTold(line).is_certified:
        raise Http404
    return render(request, "orders/certificate.html", {"told": CertificateTold(line)})


@personal
@same_origin
@throttled("find", times=10, seconds=3600)
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Sends an order's link to its own address; says the same whether there is one or not."""
    if request.method != "POST":
        context = {"form": FindForm(), "asked": "asked" in request.GET}
        return render(request, "orders/find.html", context)
    form = FindForm(request.POST)
    if not form.is_valid():
        return render(
            request, "orders/find.html", {"form": form, "wrong": mistakes(form)}, status=400
        )
    found = Order.objects.filter(
        number=form.cleaned_data["number"], email__iexact=form.cleaned_data["email"]
    ).first()
    if found:
        _write_link(found)
    return see_other("orders:find", after="?asked")


def _write_link(order: Order) -> None:
    """As often as it is asked for; the answer waits for no mail server."""
    with transaction.atomic():
        outbox.put("link", order.pk, key=f"{order.pk}:{uuid4().hex}")
