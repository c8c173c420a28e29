"""The lists that all designers share: the owner keeps them, designers choose from them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.models import Inspiration, Material
from designers.ownership import EVERYBODY, NOBODY
from designers.shown import ShownAdmin


class SharedAdmin(ShownAdmin):
    owner_path = None
    may_view = EVERYBODY
    may_add = may_change = may_delete = NOBODY


@admin.register(Inspiration)
class InspirationAdmin(SharedAdmin):
    list_display = ["name", "parent", "ground"]
    list_select_related = ["parent"]
    search_fields = ["name"]
    fields = ["name", "parent", "ground", "note", "slug"]
    kept_along = ("path",)


@admin.register(Material)
class MaterialAdmin(SharedAdmin):
    list_display = ["name", "family", "group_name", "of_a_thousand"]
    list_filter = ["family"]
    search_fields = ["name", "group_name"]
    fields = ["name", "family", "fineness", "group_name", "group", "slug"]

    @admin.display(description=_("fineness"), ordering="fineness", empty_value="")
    def of_a_thousand(self, obj: Material) -> int | None:
        return obj.fineness

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"family": Material.Family.METAL} | super().get_changeform_initial_data(request)
