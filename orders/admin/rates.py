"""What posting costs: makers keep their own rates, the owner the house's too."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from designers.manners import maker_column, yes_or_no
from designers.models import is_owner
from designers.ownership import OWNERS, OwnedForm
from designers.shown import ShownAdmin
from orders.models import ShippingRate
from orders.post import rate_remarks
from orders.post.countries import COUNTRIES, ZONES
from shop.money import format_money
from shop.money_field import MoneyField


class RateForm(OwnedForm):
    class Meta:
        model = ShippingRate
        fields = [
            "designer", "name", "countries", "amount", "free_from", "up_to", "days", "is_active",
        ]  # fmt: skip
        widgets = {"countries": forms.TextInput}
        help_texts = {
            "countries": gettext_lazy(
                "Two letters each, as in PT ES FR; EU is all of it; empty is everywhere."
            ),
            "free_from": gettext_lazy("From this sum of the parcel on it costs nothing."),
            "up_to": gettext_lazy(
                "What the post insures. A parcel worth more goes at the next rate that covers it, "
                "or not at all; empty is whatever it is worth."
            ),
        }

    def clean_countries(self) -> str:
        said = self.cleaned_data["countries"].upper().replace(",", " ").split()
        unknown = sorted({code for code in said if code not in COUNTRIES and code not in ZONES})
        if unknown:
            raise ValidationError(
                _("The shop does not post to: %s.") % ", ".join(code[:12] for code in unknown[:5])
            )
        return " ".join(dict.fromkeys(said))

    def clean_up_to(self) -> int | None:
        up_to: int | None = self.cleaned_data["up_to"]
        if up_to is not None and up_to < 1:
            raise ValidationError(_("Leave it empty if the post insures whatever it is worth."))
        return up_to

    def clean_days(self) -> int:
        days: int = self.cleaned_data["days"]
        if not 1 <= days <= 90:
            raise ValidationError(_("Between one day and ninety."))
        return days


@admin.register(ShippingRate)
class ShippingRateAdmin(ShownAdmin):
    may_add = may_change = may_delete = OWNERS
    list_display = [
        "name",
        maker_column(gettext_lazy("the house")),
        "where",
        "costs",
        "free",
        "insured",
        "days",
        yes_or_no("is_active", gettext_lazy("in use")),
    ]
    list_filter = ["is_active", "designer"]
    list_select_related = ["designer"]
    search_fields = ["name", "designer__name"]
    form = RateForm
    fields = [
        "designer", "name", "countries", ("amount", "free_from"), ("up_to", "days"), "is_active",
    ]  # fmt: skip

    @admin.display(description=gettext_lazy("price"), ordering="amount")
    def costs(self, obj: ShippingRate) -> str:
        return format_money(obj.amount, settings.SHOP_CURRENCY) if obj.amount else _("free")

    @admin.display(description=gettext_lazy("free from"))
    def free(self, obj: ShippingRate) -> str:
        if obj.free_from is None:
            return "–"
        return format_money(obj.free_from, settings.SHOP_CURRENCY)

    @admin.display(description=gettext_lazy("insured up to"))
    def insured(self, obj: ShippingRate) -> str:
        return "–" if obj.up_to is None else format_money(obj.up_to, settings.SHOP_CURRENCY)

    @admin.display(description=gettext_lazy("countries"))
    def where(self, obj: ShippingRate) -> str:
        return obj.countries or _("everywhere")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Says besides where rates overlap and where none is left."""
        super().save_model(request, obj, form, change)
        for remark in rate_remarks.remarks(obj):
            self.message_user(request, remark, messages.WARNING)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only the owner makes a rate of the house, which is one without a maker."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field:
            field.label = _("maker")
            field.required = not is_owner(request.user)
            field.empty_label = _("the house") if is_owner(request.user) else field.empty_label
        return field

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name in {"amount", "free_from", "up_to"}:
            help_text = RateForm.Meta.help_texts.get(db_field.name, "")
            required = not db_field.null
            return MoneyField(label=db_field.verbose_name, required=required, help_text=help_text)
        return super().formfield_for_dbfield(db_field, request, **kwargs)
