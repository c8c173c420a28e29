"""Rates of tax: the owner says what holds where, and for what."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from designers.ownership import HouseAdmin
from orders.models import TaxRate
from orders.post import countries
from shop.money_field import PercentField

_ALL = 10_000


@admin.register(TaxRate)
class TaxRateAdmin(HouseAdmin):
    """Where none fits, the shop's own rate holds: ``SHOP_TAX_BASIS_POINTS``."""

    list_display = ["where", "for_what", "rate"]
    list_display_links = ["where", "for_what"]
    list_filter = ["category"]
    search_fields = ["country"]
    fields = ["country", "category", "basis_points"]

    @admin.display(description=gettext_lazy("country"), ordering="country")
    def where(self, obj: TaxRate) -> str:
        return countries.name(obj.country) if obj.country else _("everywhere")

    @admin.display(description=gettext_lazy("for"), ordering="category")
    def for_what(self, obj: TaxRate) -> str:
        return str(obj.get_category_display()) if obj.category else _("everything")

    @admin.display(description=gettext_lazy("rate"), ordering="basis_points")
    def rate(self, obj: TaxRate) -> str:
        return f"{PercentField().show(obj.basis_points)} %"

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "country":
            choices = [("", _("everywhere")), *countries.choices()]
            return forms.ChoiceField(label=db_field.verbose_name, required=False, choices=choices)
        if db_field.name == "category":
            kinds = TaxRate._meta.get_field("category").choices or ()
            return forms.ChoiceField(
                label=db_field.verbose_name, required=False, choices=[("", _("everything")), *kinds]
            )
        if db_field.name == "basis_points":
            return PercentField(label=db_field.verbose_name, maximum=_ALL)
        return super().formfield_for_dbfield(db_field, request, **kwargs)
