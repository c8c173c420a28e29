"""From the bench to a drop: into which collection is asked only where there are several."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from catalog.admin.photo_drop import page_of
from catalog.models import Collection
from designers.ownership import OwnedAdmin, owned

# Nobody looks for the shoot of today further down.
_MOST = 40


class ShootMixin(OwnedAdmin):
    """Gives the collection's admin class the page that asks."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.shoot_view)
        return [path("shoot/", view, name="catalog_collection_shoot"), *super().get_urls()]

    def shoot_view(self, request: HttpRequest) -> HttpResponse:
        """To the one collection, to a new one where there is none, else a choice; newest first."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        rows = owned(Collection, request).filter(retired_at=None)
        found = list(rows.select_related("designer").order_by("-updated_at", "pk")[:_MOST])
        if not found:
            self.message_user(request, _("A shoot is dropped into a collection: begin one."))
            return HttpResponseRedirect(reverse("admin:catalog_collection_add"))
        if len(found) == 1:
            return HttpResponseRedirect(page_of(found[0]))
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Drop a shoot"),
            "opts": self.opts,
            "ways": [(collection, page_of(collection)) for collection in found],
            "makers": len({collection.designer_id for collection in found}) > 1,
        }
        return render(request, "admin/catalog/collection/shoot.html", context)
