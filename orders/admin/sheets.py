"""What is printed: a bench sheet for each piece, a packing slip for each parcel; one or many."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.admin.jobs import Job
from orders.models import Parcel

# More paper than this is not printed by one press.
_MOST = 40


def benches(request: HttpRequest, keeper: Any, parcels: Sequence[Parcel]) -> HttpResponse:
    """On A5, to lie on the bench."""
    context = {"jobs": [Job(parcel) for parcel in parcels]}
    answer: HttpResponse = keeper.answer(request, "workshop/bench_sheet.html", context)
    return answer


def slips(request: HttpRequest, keeper: Any, parcels: Sequence[Parcel]) -> HttpResponse:
    """On A4, to lie in the box; without prices where that was wished."""
    find = request.build_absolute_uri(reverse("orders:find"))
    jobs = [Job(parcel) for parcel in parcels]
    context = {"jobs": jobs, "find_address": find.partition("://")[2]}
    answer: HttpResponse = keeper.answer(request, "workshop/packing_slip.html", context)
    return answer


def several(request: HttpRequest, keeper: Any) -> HttpResponse:
    """``?parcel=3&parcel=7&paper=slip``; a foreign one among them is not found."""
    asked = {pk for pk in request.GET.getlist("parcel") if pk.isdecimal() and len(pk) < 18}
    if not asked:
        keeper.message_user(request, _("Tick the parcels first."), messages.WARNING)
        return HttpResponseRedirect(reverse("admin:orders_parcel_changelist"))
    found = list(
        keeper.get_queryset(request).filter(pk__in=asked).order_by("post_by", "pk")[:_MOST]
    )
    if len(found) < min(len(asked), _MOST):
        raise Http404
    print_ = slips if request.GET.get("paper") == "slip" else benches
    return print_(request, keeper, found)
