"""Who gets a letter when a collection opens: the owner looks, readers themselves come and go."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import LetterReader
from designers.ownership import HouseAdmin


@admin.register(LetterReader)
class LetterReaderAdmin(HouseAdmin):
    list_display = ["email", "stands", "asked_at"]
    search_fields = ["email"]
    list_per_page = 50
    fields = ["email", "asked_at", "confirmed_at", "left_at"]

    @admin.display(description=gettext_lazy("state"))
    def stands(self, obj: LetterReader) -> str:
        if obj.is_reading:
            return _("gets letters")
        return _("has left") if obj.left_at else _("asked, no answer yet")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
