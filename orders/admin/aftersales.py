"""Requests after buying in the workshop: those that wait first, a page and its buttons for each."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from designers.models import is_owner
from designers.ownership import EVERYBODY, NOBODY, OwnedAdmin
from orders.admin.aftersale_form import CARRIERS, AnswerForm
from orders.afterwards import aftersale_photo
from orders.afterwards.aftersale import NotNow
from orders.afterwards.aftersale_page import AskedTold
from orders.afterwards.aftersale_steps import Actor
from orders.models import AfterSale

_A_PAGE = 30


@admin.register(AfterSale)
class AfterSaleAdmin(OwnedAdmin):
    """A maker sees and answers what is asked about their own parcels; the owner all."""

    owner_path = "parcel__designer"
    may_view = may_change = EVERYBODY
    may_add = may_delete = NOBODY

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A request comes from who bought, never of somebody's hand: not the owner's either."""
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request).select_related("parcel__order", "parcel__designer")
        return rows.prefetch_related(
            "parts__line__variant__piece", "events__actor", "parcel__lines"
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.photo_view)
        name = "orders_aftersale_photo"
        return [path("<int:pk>/photograph/", view, name=name), *super().get_urls()]

    def photo_view(self, request: HttpRequest, pk: int) -> FileResponse:
        """The picture that was sent with a request, to whom it belongs."""
        asked: AfterSale | None = self.get_object(request, str(pk))
        if asked is None:
            raise Http404
        return aftersale_photo.answer(asked)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Those that are open, the ones that wait first; ``?show=all`` also what is over."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        if not self.has_view_permission(request):
            raise PermissionDenied
        everything = request.GET.get("show") == "all"
        waiting = AfterSale.objects.to_do(request.user).values("pk")
        rows = self.get_queryset(request).annotate(
            waits=models.Exists(waiting.filter(pk=models.OuterRef("pk")))
        )
        rows = (
            rows.order_by("-waits", "-moved_at", "-pk")
            if everything
            else rows.open().order_by("-waits", "moved_at", "pk")
        )
        page = Paginator(rows, _A_PAGE).get_page(request.GET.get("page"))
        context = {
            "title": _("Requests"),
            "rows": [(AskedTold(asked), asked.waits) for asked in page],
            "page": page,
            "everything": everything,
        }
        return self._answer(request, "list", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One request; a POST takes one step and comes back here."""
        asked: AfterSale | None = self.get_object(request, object_id)
        if asked is None:
            raise Http404
        actor = Actor.OWNER if is_owner(request.user) else Actor.MAKER
        if request.method != "POST":
            return self._page(request, asked, AnswerForm(asked, actor))
        if not self.has_change_permission(request, asked):
            raise PermissionDenied
        form = AnswerForm(asked, actor, request.POST)
        if not form.is_valid():
            return self._page(request, asked, form, status=400)
        try:
            said = form.do(by=request.user)  # type: ignore[arg-type]
        except NotNow as reason:
            form.add_error(None, str(reason))
            form.asked = self.get_object(request, object_id) or asked
            return self._page(request, form.asked, form, status=409)
        self.message_user(request, said, messages.SUCCESS)
        self.log_change(request, asked, said)
        return HttpResponseRedirect(reverse("admin:orders_aftersale_change", args=[asked.pk]))

    def _page(
        self, request: HttpRequest, asked: AfterSale, form: AnswerForm, status: int = 200
    ) -> HttpResponse:
        told = AskedTold(asked)
        gives = is_owner(request.user) and asked.kind == AfterSale.Kind.RETURN
        context = {
            "title": told.title,
            "original": asked,
            "told": told,
            "form": form,
            "refund_url": refund_url(asked)
            if gives and asked.state == AfterSale.State.ARRIVED
            else "",
        }
        return self._answer(request, "page", context, status)

    def _answer(
        self, request: HttpRequest, page: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        common = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "carriers": CARRIERS,
            "names_makers": is_owner(request.user),
        }
        template = f"admin/orders/aftersale/{page}.html"
        return render(request, template, common | context, status=status)


def refund_url(asked: AfterSale) -> str:
    """The owner's refund form, filled in with what came back."""
    order = reverse("admin:orders_order_refund", args=[asked.parcel.order_id])
    return f"{order}?request={asked.pk}"
