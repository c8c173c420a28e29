"""Pieces in the workshop: the grid in which many are changed, and the page of each."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog import drops, publishing
from catalog.admin import looks, readiness
from catalog.admin.drafted import DraftedAdmin
from catalog.admin.grid import GridForm
from catalog.admin.sizes import (
    MaterialsInline,
    PhotosInline,
    SizesInline,
    check_edition,
)
from catalog.admin.slugged import SluggedForm
from catalog.models import Photo, Piece
from catalog.search import reindex
from shop import public_pages
from shop.money import format_money
from shop.money_field import GramsField, MillimetresField, MoneyField


class PieceForm(SluggedForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Whether what is to be shown waits for a review is the house's word, no choice."""
        super().__init__(*args, **kwargs)
        if status := self.fields.get("status"):
            waits = self.instance.status == Piece.Status.WAITING
            other = Piece.Status.LIVE if waits else Piece.Status.WAITING
            status.choices = [choice for choice in status.choices if choice[0] != other]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        check_edition(cleaned)
        if cleaned.get("status") == Piece.Status.LIVE and cleaned.get("price") == drops.UNPRICED:
            self.add_error("price", _("Set its price first."))
        return cleaned


class LacksFilter(admin.SimpleListFilter):
    """Finds the pieces that something can be done about."""

    title = _("lacks")
    parameter_name = "lacks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("photo", _("a photograph")),
            ("scale", _("a scale photograph")),
            ("alt", _("alt text")),
            ("origin", _("an origin")),
            ("size", _("a size")),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        wanted = {
            "photo": Q(has_photo=False),
            "scale": Q(has_scale=False),
            "alt": Q(lacks_alt=True),
            "origin": Q(lacks_origin=True),
            "size": Q(has_size=False),
        }
        chosen = wanted.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset


@admin.register(Piece)
class PieceAdmin(DraftedAdmin):
    list_display = ["photo", "title", "price", "ready", "lead_days", "stands"]
    list_display_links = ["photo"]
    list_editable = ["title", "price", "lead_days"]
    list_filter = ["collection", "status", LacksFilter]
    list_select_related = ["collection"]
    list_per_page = 50
    search_fields = ["title", "material_line", "collection__title"]
    change_list_template = "admin/catalog/piece/change_list.html"
    form = PieceForm
    kept_along = ("designer", "updated_at")
    inlines = [PhotosInline, MaterialsInline, SizesInline]
    small_units = {
        "price": MoneyField,
        "length": MillimetresField,
        "width": MillimetresField,
        "height": MillimetresField,
        "weight": GramsField,
    }
    fieldsets = [
        (
            _("The piece"),
            {
                "fields": [
                    "collection",
                    "title",
                    ("kind", "making", "edition_size"),
                    ("price", "lead_days", "status"),
                    "summary",
                    "text",
                ]
            },
        ),
        (
            _("Facts"),
            {
                "fields": [
                    ("material_line", "colour"),
                    ("sized", "engraving_letters"),
                    ("length", "width", "height", "weight"),
                    "measures",
                    "hallmark",
                    "care",
                    "care_note",
                    "has_certificate",
                    "tax_category",
                    ("position", "slug"),
                ]
            },
        ),
    ]
    # For who only reads: amounts and measures as people write them.
    read_fieldsets = [
        (
            _("The piece"),
            {
                "fields": [
                    "collection",
                    "title",
                    ("kind", "making"),
                    ("price_in_words", "lead_days", "status"),
                    "summary",
                    "text",
                ]
            },
        ),
        (
            _("Facts"),
            {
                "fields": [
                    ("material_line", "sized", "engraving_letters"),
                    "size_in_words",
                    "measures",
                    "hallmark",
                    "care",
                ]
            },
        ),
    ]
    add_fieldsets = [
        (None, {"fields": ["collection", "title", ("kind", "making", "edition_size"), "price"]})
    ]

    @admin.display(description="")
    def photo(self, obj: Any) -> SafeString:
        picture = Photo(renditions=obj.thumb_renditions or {})
        return looks.thumb(picture, str(_("Open %s")) % obj)

    @admin.display(description=_("ready"))
    def ready(self, obj: Piece) -> str:
        """Only shown where there are several sizes; with one the grid has a field."""
        return str(sum(variant.stock for variant in obj.variants.all()))

    @admin.display(description=_("stands"))
    def stands(self, obj: Piece) -> SafeString:
        return format_html("{}{}", looks.state(obj.status), looks.strikes(readiness.of_piece(obj)))

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = readiness.with_readiness(super().get_queryset(request))
        if getattr(request, "workshop_whole", False):
            return rows.select_related("collection__designer", "designer", "draft__by")
        first = Photo.objects.filter(piece=OuterRef("pk")).order_by("position", "pk")
        return (
            rows.annotate(thumb_renditions=Subquery(first.values("renditions")[:1]))
            .order_by("collection__position", F("collection").desc(), "position", "pk")
            .prefetch_related("variants")
        )

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """With all that its page says of it, read at once."""
        request.workshop_whole = True  # type: ignore[attr-defined]
        return super().get_object(request, object_id, from_field)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, **{**kwargs, "form": GridForm})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj and not self.has_change_permission(request, obj):
            return self.read_fieldsets
        return self.fieldsets if obj else self.add_fieldsets

    @admin.display(description=_("price"))
    def price_in_words(self, obj: Piece) -> str:
        return format_money(obj.price, settings.SHOP_CURRENCY)

    @admin.display(description=_("length, width, height, weight"))
    def size_in_words(self, obj: Piece) -> str:
        """Such as ``28 × 22 × 9.5 mm, 11.2 g``."""
        sides = [side for side in (obj.length, obj.width, obj.height) if side]
        millimetres = " × ".join(map(MillimetresField().show, sides))
        grams = GramsField().show(obj.weight) if obj.weight else ""
        words = [f"{millimetres} mm" if millimetres else "", f"{grams} g" if grams else ""]
        return ", ".join(filter(None, words))

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else []

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = [name for name in super().get_readonly_fields(request, obj) if name != "designer"]
        return [*fields, "slug"] if obj and obj.status != Piece.Status.DRAFT else fields

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if kind := self.small_units.get(db_field.name):
            return kind(
                label=db_field.verbose_name,
                required=not db_field.blank,
                minimum=1 if db_field.name == "price" else 0,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change and "status" in form.changed_data:
            publishing.settle_status(obj, was=form.initial["status"], by=request.user)
        super().save_model(request, obj, form, change)

    def goes_in(self, request: HttpRequest, thing: Any) -> bool:
        return super().goes_in(request, thing) and "_retire" not in request.POST

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """What was typed is kept by now; retiring stops its sale at once, reviewed or not."""
        if "_retire" in request.POST:
            with transaction.atomic():
                publishing.retire_piece(obj)
                transaction.on_commit(public_pages.forget)
        publishing.changed(obj.collection, by=request.user)
        return super().response_change(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for sizes in formsets:
            self._tell_refused(request, sizes.forms)
        if isinstance(form, GridForm):
            form.save_ready()
            self._tell_refused(request, [form])
        if not change:
            form.instance.variants.create(can_be_made=form.instance.making == "made_to_order")
        piece = form.instance
        transaction.on_commit(lambda: reindex([piece]))

    def _tell_refused(self, request: HttpRequest, rows: Any) -> None:
        for row in rows:
            if getattr(row, "stock_was_refused", False):
                self.message_user(
                    request,
                    _("What is ready of %s was left: somebody has just put it in a basket.")
                    % row.instance,
                    messages.WARNING,
                )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if obj := kwargs.get("obj"):
            strikes = readiness.of_piece(obj)
            context |= {
                "title": obj.title,
                "subtitle": None,
                "strikes": strikes,
                "struck": sum(strike.done for strike in strikes),
            }
        return super().render_change_form(request, context, *args, **kwargs)
