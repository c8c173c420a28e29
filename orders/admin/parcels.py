"""Parcels in the workshop: by the day each must leave, one form and one next act for each."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from designers.models import is_owner
from designers.ownership import EVERYBODY, NOBODY, OWNERS, OwnedAdmin
from orders import fulfilment, refundable
from orders.admin import giving_back, holidays, sheets
from orders.admin.jobs import Job
from orders.admin.parcel_form import CARRIERS, ParcelForm
from orders.afterwards.aftersale_page import AskedTold
from orders.models import OrderLine, Parcel

_A_PAGE = 20
_LINES = Prefetch("lines", OrderLine.objects.select_related("variant__piece").order_by("pk"))


@admin.register(Parcel)
class ParcelAdmin(OwnedAdmin):
    """A maker sees their own parcels, never an order; whoever works for them may move them on."""

    may_view = may_change = EVERYBODY
    may_add = may_delete = NOBODY

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A parcel comes of an order, never of somebody's hand: not the owner's either."""
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related("order", "designer").prefetch_related(_LINES)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/slip/", wrap(self.slip_view), name="orders_parcel_slip"),
            path("<int:pk>/refund/", wrap(self.refund_view), name="orders_parcel_refund"),
            path("<int:pk>/bench/", wrap(self.bench_view), name="orders_parcel_bench"),
            path("sheets/", wrap(self.sheets_view), name="orders_parcel_sheets"),
            path("holiday/<int:pk>/", wrap(self.holiday_view), name="orders_parcel_holiday"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Those to send; ``?show=posted`` those that left; ``?q=`` by number, name or piece."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        if not self.has_view_permission(request):
            raise PermissionDenied
        posted = request.GET.get("show") == "posted"
        words = request.GET.get("q", "").replace("\0", "")[:80].strip()
        page = Paginator(self._rows(request, posted=posted, words=words), _A_PAGE).get_page(
            request.GET.get("page")
        )
        context = {
            "title": _("Parcels"),
            "jobs": [Job(parcel) for parcel in page],
            "page": page,
            "posted": posted,
            "words": words,
            "aways": [] if posted or words else holidays.told(request),
        }
        return self.answer(request, "admin/orders/parcel/list.html", context)

    def _rows(self, request: HttpRequest, *, posted: bool, words: str) -> models.QuerySet[Any]:
        rows = self.get_queryset(request)
        if words:
            piece = OrderLine.objects.filter(title__icontains=words).values("parcel")
            told = Q(order__number__icontains=words) | Q(order__name__icontains=words)
            told |= Q(order__address__name__icontains=words)
            rows = rows.filter(told | Q(pk__in=piece))
        if posted:
            return rows.filter(shipped_at__isnull=False).order_by("-shipped_at", "-pk")
        return rows.filter(
            state__in=fulfilment.OPEN, order__state__in=fulfilment.WAITED_FOR
        ).order_by("post_by", "pk")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One parcel; a POST does its one act and goes back to where it was pressed."""
        parcel = self._parcel(request, object_id)
        if request.method != "POST":
            return self._page(request, parcel, ParcelForm(parcel))
        if not self.has_change_permission(request, parcel):
            raise PermissionDenied
        form = ParcelForm(parcel, request.POST)
        if not form.is_valid() or not self._did(request, form):
            return self._page(request, parcel, form, status=400)
        here = reverse("admin:orders_parcel_change", args=[parcel.pk])
        back = reverse("admin:orders_parcel_changelist")
        return HttpResponseRedirect(back if "_from_list" in request.POST else here)

    def _did(self, request: HttpRequest, form: ParcelForm) -> bool:
        try:
            said = form.do(by=request.user)  # type: ignore[arg-type]
        except fulfilment.NotSendable as reason:
            form.add_error(None, str(reason))
        except ValidationError as reason:
            form.add_error(None, reason)
        else:
            self.message_user(request, f"{form.parcel.order}: {said}", messages.SUCCESS)
            self.log_change(request, form.parcel, said)
        return not form.errors

    def _page(
        self, request: HttpRequest, parcel: Parcel, form: ParcelForm, status: int = 200
    ) -> HttpResponse:
        job = Job(parcel, form)
        may = self._may_give_back(request, parcel) and refundable.left(parcel.order) > 0
        about = parcel.aftersales.select_related("parcel__order", "parcel__designer")
        asked = [AskedTold(row) for row in about.prefetch_related("parts__line__variant__piece")]
        context = {"title": job.title, "job": job, "original": parcel}
        context |= {"asked": asked, "may_give_back": may}
        return self.answer(request, "admin/orders/parcel/page.html", context, status)

    def refund_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A maker gives back for their own parcel, where the house allows it; or the owner."""
        parcel = self._parcel(request, str(pk))
        if not self._may_give_back(request, parcel):
            raise Http404
        return giving_back.page(request, self, parcel.order, parcel)

    def _may_give_back(self, request: HttpRequest, parcel: Parcel) -> bool:
        allowed = settings.SHOP_DESIGNERS_REFUND or is_owner(request.user)
        return allowed and self.may(request, OWNERS, parcel.designer_id)

    def slip_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The packing slip on A4; without prices where that was wished."""
        return sheets.slips(request, self, [self._parcel(request, str(pk))])

    def bench_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A sheet on A5 for each piece, to lie on the bench."""
        return sheets.benches(request, self, [self._parcel(request, str(pk))])

    def sheets_view(self, request: HttpRequest) -> HttpResponse:
        """The papers of all parcels that were ticked, to be printed at once."""
        return sheets.several(request, self)

    def holiday_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Being away from the bench: a maker's owner and editors set it, or the shop's owner."""
        return holidays.page(request, self, pk)

    def _parcel(self, request: HttpRequest, pk: str) -> Parcel:
        parcel: Parcel | None = self.get_object(request, pk)
        if parcel is None:
            raise Http404
        return parcel

    def answer(
        self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        common = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "carriers": CARRIERS,
            "names_makers": is_owner(request.user),
        }
        return render(request, template, common | context, status=status)
