"""Codes: the owner makes any, a maker those for their own pieces at their own cost."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from designers.manners import yes_or_no
from designers.models import is_owner
from designers.ownership import OWNERS, OwnedAdmin, OwnedForm
from orders import wording
from orders.models import Discount
from orders.prices import discounts
from shop.money import format_money
from shop.money_field import MoneyField, PercentField

_CODE = re.compile(r"[\w-]{3,24}\Z")
_ALL = 10_000
# Which column says how much, by kind.
_HOW_MUCH = {"percent": "basis_points", "amount": "amount"}


class DiscountForm(OwnedForm):
    class Meta:
        model = Discount
        fields = [
            *("designer", "code", "kind", "basis_points", "amount", "funding", "minimum"),
            *("starts_on", "ends_on", "most_uses", "once_per_customer", "is_active"),
        ]
        help_texts = {
            "code": gettext_lazy("Letters, digits and hyphens, at least three, as in SPRING."),
            "funding": gettext_lazy("Who does without what it takes off."),
            "minimum": gettext_lazy("What the pieces must come to; empty: any sum."),
            "most_uses": gettext_lazy("By all customers together; empty: any number."),
            "once_per_customer": gettext_lazy("One e-mail address is one customer."),
        }

    def clean_code(self) -> str:
        code = discounts.written(self.cleaned_data["code"])
        if not _CODE.match(code):
            raise ValidationError(_("Letters, digits and hyphens alone, and at least three."))
        return code

    def clean_minimum(self) -> int:
        return int(self.cleaned_data["minimum"] or 0)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        self._check_how_much(said)
        if said.get("starts_on") and said.get("ends_on") and said["ends_on"] < said["starts_on"]:
            self.add_error("ends_on", _("That is before its first day."))
        if "funding" not in self.fields:
            if self.instance._state.adding:
                self.instance.funding = Discount.Funding.DESIGNER
        elif said.get("funding") == Discount.Funding.DESIGNER and not self._has_maker(said):
            self.add_error("funding", _("Say which maker bears it, or let the house."))
        return said

    def _check_how_much(self, said: dict[str, Any]) -> None:
        wanted = _HOW_MUCH.get(said.get("kind", ""))
        for name in _HOW_MUCH.values():
            if name != wanted:
                said[name] = None
            elif not said.get(name) and name not in self.errors:
                self.add_error(name, _("Say how much it takes off."))

    def _has_maker(self, said: dict[str, Any]) -> bool:
        return bool(said.get("designer") or self.instance.designer_id)


@admin.register(Discount)
class DiscountAdmin(OwnedAdmin):
    """What the house bears only the owner changes; the makers see it."""

    may_view = may_add = may_change = may_delete = OWNERS
    form = DiscountForm
    list_display = [
        *("code", "takes_off", "for_what", "borne_by", "holds", "used_so_far"),
        yes_or_no("is_active", gettext_lazy("in use")),
    ]
    list_filter = ["is_active", "kind", "designer"]
    list_select_related = ["designer"]
    search_fields = ["code", "designer__name"]
    fieldsets = [
        (
            None,
            {"fields": ["designer", "code", "kind", ("basis_points", "amount"), "funding"]},
        ),
        (
            gettext_lazy("When it holds"),
            {
                "fields": [
                    ("minimum", "most_uses"),
                    ("starts_on", "ends_on"),
                    ("once_per_customer", "is_active"),
                ]
            },
        ),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A maker's own is always at their own cost: nothing to choose."""
        if is_owner(request.user):
            return self.fieldsets
        (name, what), when = self.fieldsets
        return [(name, {"fields": [*what["fields"][:-1]]}), when]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or not obj.is_of_house or is_owner(request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One that was used stays: orders name it. It can be taken out of use."""
        may = super().has_delete_permission(request, obj) and self.has_change_permission(
            request, obj
        )
        return may and (obj is None or not obj.used.exists())

    @admin.display(description=gettext_lazy("takes off"))
    def takes_off(self, obj: Discount) -> str:
        if obj.kind == Discount.Kind.PERCENT:
            return f"{PercentField().show(obj.basis_points or 0)} %"
        if obj.kind == Discount.Kind.AMOUNT:
            return format_money(obj.amount or 0, settings.SHOP_CURRENCY)
        return str(obj.get_kind_display())

    @admin.display(description=gettext_lazy("for"), ordering="designer__name")
    def for_what(self, obj: Discount) -> str:
        return str(obj.designer or _("the whole shop"))

    @admin.display(description=gettext_lazy("borne by"), ordering="funding")
    def borne_by(self, obj: Discount) -> str:
        return str(obj.get_funding_display())

    @admin.display(description=gettext_lazy("days"))
    def holds(self, obj: Discount) -> str:
        if not (obj.starts_on or obj.ends_on):
            return _("always")
        days = [wording.day(day) if day else "" for day in (obj.starts_on, obj.ends_on)]
        return " – ".join(days).strip()

    @admin.display(description=gettext_lazy("used"), ordering="uses")
    def used_so_far(self, obj: Discount) -> str:
        if obj.most_uses is None:
            return str(obj.uses)
        return _("%(uses)d of %(most)d") % {"uses": obj.uses, "most": obj.most_uses}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only the owner makes one for the whole shop, which is one without a maker."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field:
            field.label = _("for pieces by")
            field.required = not is_owner(request.user)
            if not field.required:
                field.empty_label = _("the whole shop")
        return field

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        name = db_field.name
        if name in {"amount", "minimum"}:
            help_text = DiscountForm.Meta.help_texts.get(name, "")
            return MoneyField(label=db_field.verbose_name, required=False, help_text=help_text)
        if name == "basis_points":
            return PercentField(label=db_field.verbose_name, required=False, maximum=_ALL)
        if name in {"starts_on", "ends_on"}:
            return forms.DateField(
                label=db_field.verbose_name,
                required=False,
                widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)
