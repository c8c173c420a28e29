"""Who waits for a piece: the owner looks, and deletes an address whose owner asks for that."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from designers.ownership import HouseAdmin
from orders.models import Waiting


@admin.register(Waiting)
class WaitingAdmin(HouseAdmin):
    list_display = ["email", "variant", "stands", "asked_at"]
    list_filter = ["state"]
    list_select_related = ["variant__piece"]
    search_fields = ["email", "variant__piece__title"]
    list_per_page = 50
    ordering = ["-asked_at", "-pk"]
    fields = ["email", "variant", "state", "asked_at", "confirmed_at", "ended_at"]

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def stands(self, obj: Waiting) -> str:
        return str(obj.get_state_display())

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
