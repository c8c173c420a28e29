"""What pages say after they were shown: looked at, or a size that could not be had.

Public pages are kept whole, here and elsewhere, so they cannot count themselves. What is said
here has no cookie of its own and leaves nothing behind but a number (docs/figures.md).
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from orders.figures import noting
from orders.figures.forms import SeenForm, SizeForm
from shop.personal import personal
from shop.same_origin import same_origin
from shop.throttle import throttled


@personal
@same_origin
@throttled("seen", times=60, seconds=60)
@throttled("seen-today", times=1_000, seconds=24 * 3600)
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Says nothing back, whether or not it was counted."""
    form = SeenForm(request.POST)
    if form.is_valid():
        noting.looked_at(request, form.cleaned_data["what"], form.cleaned_data["id"])
    return HttpResponse(status=204)


@personal
@same_origin
@throttled("size", times=20, seconds=3600)
@require_POST
def size(request: HttpRequest) -> HttpResponse:
    """A size that somebody wants and cannot have, told to the maker as a number of times."""
    form = SizeForm(request.POST)
    if form.is_valid():
        noting.asked_for_size(request, form.cleaned_data["piece"], form.cleaned_data["size"])
    if request.headers.get("Accept") == "text/plain":
        return HttpResponse(status=204)
    status = 200 if form.is_valid() else 400
    return render(request, "orders/size_asked.html", _told(form), status=status)


def _told(form: SizeForm) -> dict[str, object]:
    wrong = next(iter(form.errors.values()), [""])[0]
    return {
        "piece": form.cleaned_data.get("piece"),
        "size": form.cleaned_data.get("size") if form.is_valid() else "",
        "wrong": wrong,
    }
