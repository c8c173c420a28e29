"""Below a piece: the sizes it is bought in, what it is made of, its photographs."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import availability, ring_sizes
from catalog.admin import looks
from catalog.models import Photo, Piece, PieceMaterial, Variant
from catalog.stock import Reserved, recount
from designers.ownership import NOBODY, OwnedForm, OwnedTabular
from shop.money_field import MillimetresField, MoneyField

SAME_SIZE = gettext_lazy("Two sizes have the same name: give each its own.")
SAME_MATERIAL = gettext_lazy("The same material stands twice in the same role: once is enough.")


class VariantForm(OwnedForm):
    """One size; what is ready is corrected by the difference, so that a sale stays a sale."""

    size = MillimetresField(required=False, label=gettext_lazy("millimetres"), maximum=500_000)
    price_difference = MoneyField(
        required=False,
        label=gettext_lazy("difference in price"),
        minimum=-99_999_999,
        initial=0,
    )
    stock = forms.IntegerField(
        required=False,
        label=gettext_lazy("ready"),
        min_value=0,
        max_value=9_999,
        show_hidden_initial=True,
        initial=0,
    )
    stock_was_refused = False

    class Meta:
        error_messages = {NON_FIELD_ERRORS: {"unique_together": SAME_SIZE}}

    def clean_price_difference(self) -> int:
        return self.cleaned_data["price_difference"] or 0

    def clean_stock(self) -> int:
        return self.cleaned_data["stock"] or 0

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("label") and cleaned.get("size"):
            cleaned["label"] = self._label(cleaned["size"])
        reserved = self.instance.reserved
        if cleaned.get("stock", 0) < reserved:
            self.add_error(
                "stock",
                _("%s of these are in baskets or being paid for: it cannot be fewer.") % reserved,
            )
        return cleaned

    def _label(self, size: int) -> str:
        piece = self.instance.piece
        if piece.sized == Piece.Sized.LENGTH and not size % 1000:
            return _("%s cm") % (size // 1000)
        return MillimetresField().show(size)

    @property
    def scales(self) -> ring_sizes.RingSize | None:
        """What the size is called elsewhere, of a ring."""
        is_ring = self.instance.size and self.instance.piece.kind == Piece.Kind.RING
        return ring_sizes.in_all_scales(self.instance.size) if is_ring else None

    @property
    def shown_as(self) -> str:
        """What shoppers read of it; how long it takes, where that says all."""
        if not self.instance.offered:
            return _("not offered")
        state = availability.of_variant(self.instance, self.instance.piece)
        made = state.state == "made"
        return availability.duration(self.instance.piece.lead_days) if made else state.word

    @property
    def stock_seen(self) -> int:
        """What the person saw as ready when the page was shown to them."""
        name = self.add_initial_prefix("stock")
        seen = str(self.data.get(name, ""))
        return int(seen) if seen.isdecimal() else int(self.initial.get("stock") or 0)

    def save(self, commit: bool = True) -> Any:
        new = self.instance._state.adding
        saved = super().save(commit)
        if commit and not new:
            try:
                recount(saved, was=self.stock_seen, now=self.cleaned_data["stock"])
            except Reserved:
                self.stock_was_refused = True
        return saved

    def changed_columns(self) -> list[str]:
        return [name for name in super().changed_columns() if name != "stock"]


class SizesFormSet(forms.BaseInlineFormSet[Variant, Piece, VariantForm]):
    """Sizes that each have a name of their own and a price above nothing."""

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        """Each size knows its piece: the page says much of both, and asks for it once."""
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.instance.piece = self.instance
        return form

    def clean(self) -> None:
        super().clean()
        price = self.instance.price
        for form in self.forms:
            difference = form.cleaned_data.get("price_difference") if form.is_valid() else None
            if price and difference and price + difference <= 0:
                form.add_error("price_difference", _("Then it would cost nothing, or less."))

    def get_unique_error_message(self, unique_check: Any) -> str:
        return str(SAME_SIZE)


class SizesInline(OwnedTabular):
    model = Variant
    form = VariantForm
    formset = SizesFormSet  # type: ignore[assignment]
    owner_path = "piece__designer"
    extra = 1
    max_num = 60
    template = "admin/catalog/piece/sizes.html"
    verbose_name_plural = gettext_lazy("sizes")
    fields = ["label", "size", "stock", "can_be_made", "price_difference", "offered"]


class MaterialsFormSet(forms.BaseInlineFormSet[PieceMaterial, Piece, OwnedForm]):
    def get_unique_error_message(self, unique_check: Any) -> str:
        return str(SAME_MATERIAL)


class MaterialForm(OwnedForm):
    """One material; what is claimed of it is shown with its evidence alone."""

    claims = forms.MultipleChoiceField(
        required=False,
        choices=PieceMaterial.Claim.choices,
        label=gettext_lazy("what you claim"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "purity" in self.fields and self.instance.material_id:
            fineness = self.instance.material.fineness
            self.fields["purity"].widget.attrs["placeholder"] = fineness or _("natural")

    class Meta:
        error_messages = {NON_FIELD_ERRORS: {"unique_together": SAME_MATERIAL}}


class MaterialsInline(OwnedTabular):
    model = PieceMaterial
    form = MaterialForm
    formset = MaterialsFormSet  # type: ignore[assignment]
    owner_path = "piece__designer"
    extra = 1
    max_num = 20
    template = "admin/catalog/piece/materials.html"
    fields = ["role", "material", "purity", "origin", "detail", "claims", "evidence"]
    verbose_name_plural = gettext_lazy("materials")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("material")


class PhotoRowForm(OwnedForm):
    @property
    def picture(self) -> SafeString:
        return looks.thumb(self.instance, self.instance.alt or str(self.instance))


class PhotosInline(OwnedTabular):
    """Alt text, role and order; a photograph has a page of its own for the rest."""

    model = Photo
    form = PhotoRowForm
    owner_path = "designer"
    template = "admin/catalog/piece/photos.html"
    extra = 0
    may_delete = NOBODY
    fields = ["role", "alt", "position"]
    verbose_name_plural = gettext_lazy("photographs")
    ordering = ["position", "pk"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "position":
            return forms.IntegerField(
                min_value=0,
                max_value=999,
                label=_("place"),
                widget=forms.NumberInput(attrs={"data-position": ""}),
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def check_edition(cleaned: dict[str, Any]) -> None:
    """Raises ValidationError where a limited edition has no size."""
    if cleaned.get("making") == Piece.Making.LIMITED and not cleaned.get("edition_size"):
        raise ValidationError({"edition_size": _("How many will there ever be?")})
