"""The workshop: Django's own admin site under the house's name and theme."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class WorkshopSite(admin.AdminSite):
    """The admin site that designers and the owner work in."""

    site_title = _("Workshop")
    site_header = _("Workshop")
    index_title = _("Bench")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whoever is active staff; what each may see is ``designers.ownership``'s business."""
        return bool(request.user.is_active and request.user.is_staff)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"site_url": "/"}
