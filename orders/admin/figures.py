"""Figures in the workshop: a maker sees their own, the owner everybody's and each one's."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from designers.ownership import EVERYBODY, NOBODY, OwnedAdmin
from orders.admin.read_only import ReadOnly
from orders.figures import page
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

    def _allowed(self, request: HttpRequest) -> HttpRequest:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return request
