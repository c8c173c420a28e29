"""Figures in the workshop: a maker sees their own, the owner everybody's and each one's."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog.models import Piece
from catalog.sizes import Unmakeable
from designers.ownership import EVERYBODY, NOBODY, OwnedAdmin
from orders.admin.read_only import ReadOnly
from orders.figures import offering, page
from orders.figures.forms import OfferForm
from orders.models import Figure


@admin.register(Figure)
class FigureAdmin(ReadOnly, OwnedAdmin):
    """Nothing is typed into a number that was counted."""

    owner_path = "designer"
    may_view = EVERYBODY
    may_add = may_change = may_delete = NOBODY
    fields = ["day", "kind", "subject", "size", "number"]

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "orders_figure"
        return [
            path("table.csv", wrap(self.csv_view), name=f"{name}_csv"),
            path("bench/", wrap(self.bench_view), name=f"{name}_bench"),
            path("offer/", wrap(require_POST(self.offer_view)), name=f"{name}_offer"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Charts in place of a list of rows."""
        return page.page(self._allowed(request), self)

    def csv_view(self, request: HttpRequest) -> HttpResponse:
        """The same as a table to download."""
        return page.as_table(self._allowed(request))

    def bench_view(self, request: HttpRequest) -> HttpResponse:
        """What stands beside the work on the bench, fetched once that is shown."""
        return page.bench(self._allowed(request))

    def offer_view(self, request: HttpRequest) -> HttpResponse:
        """A size that was asked for in vain is made from now on; back to where one was."""
        form = OfferForm(request.POST)
        if not form.is_valid():
            raise Http404
        pk, size = form.wanted
        keeper = self.admin_site.get_model_admin(Piece)
        piece = get_object_or_404(keeper.get_queryset(request), pk=pk)
        if not keeper.has_change_permission(request, piece):
            raise PermissionDenied
        try:
            offering.make(piece, size, by=request.user)
        except Unmakeable as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            said = _("%(piece)s is offered in %(size)s now.") % {"piece": piece, "size": size}
            keeper.log_change(request, piece, said)
            self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(self._place(request))

    def _place(self, request: HttpRequest) -> str:
        """The bench, or this page as it was."""
        if "bench" in request.GET:
            return reverse("admin:index")
        return f"{reverse('admin:orders_figure_changelist')}?{request.GET.urlencode()}"

    def _allowed(self, request: HttpRequest) -> HttpRequest:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return request
