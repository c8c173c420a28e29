"""How the list of photographs is narrowed."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from catalog.models import Collection, Photo
from designers.ownership import owned


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("stands")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Photo.State.choices)

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        known = self.value() in Photo.State.values
        return queryset.filter(state=self.value()) if known else queryset


class CollectionFilter(admin.SimpleListFilter):
    """By collection, whether a photograph lies in its story, in a piece or loose."""

    title = gettext_lazy("collection")
    parameter_name = "collection"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows = owned(Collection, request).order_by("position", "-published_at", "pk")
        return [(str(pk), title) for pk, title in rows.values_list("pk", "title")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        if self.value() not in {value for value, _title in self.lookup_choices}:
            return queryset
        mine = models.Q(collection=self.value()) | models.Q(piece__collection=self.value())
        return queryset.filter(mine)
