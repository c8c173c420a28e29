"""Admin classes of what shoppers see: after a change, no kept page may show the old."""

from typing import Any

from django.db import models, transaction
from django.http import HttpRequest

from designers.ownership import OwnedAdmin
from shop import public_pages


class ShownAdmin(OwnedAdmin):
    """An OwnedAdmin that forgets the shop's kept pages once a change is committed."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        transaction.on_commit(public_pages.forget)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        transaction.on_commit(public_pages.forget)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        transaction.on_commit(public_pages.forget)
