"""Pieces in the workshop: the grid in which many are changed, and the page of each."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalog import copies, musts, prices, publishing, size_runs, sizes, standing
from catalog.admin import piece_page, readiness, together_page
from catalog.admin.drafted import DraftedAdmin
from catalog.admin.grid_page import GridPage
from catalog.admin.in_and_out import InAndOutMixin
from catalog.admin.sizes import (
    MaterialsInline,
    PhotosInline,
    SizesInline,
    check_edition,
)
from catalog.admin.slugged import SluggedForm
from catalog.answers import Answers
from catalog.models import Photo, Piece
from catalog.search import reindex
from shop import public_pages
from shop.money_field import GramsField, MillimetresField


class PieceForm(SluggedForm):
    """A piece's facts; ``run`` are sizes in words, made once all is kept."""

    run = forms.CharField(
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"aria-describedby": "id_run_helptext"}),
    )

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
        prices.check_form(self, cleaned.get("status", ""))
        weight, metal = cleaned.get("weight"), cleaned.get("metal_weight")
        if weight and metal and metal > weight:
            self.add_error("metal_weight", _("Its metal cannot weigh more than all of it."))
        if cleaned.get("run"):
            cleaned["run"] = self._run(cleaned)
        return cleaned

    def _run(self, cleaned: dict[str, Any]) -> size_runs.Run | None:
        piece = self.instance
        piece.making = cleaned.get("making", piece.making)
        try:
            run = size_runs.read(cleaned["run"], ring=cleaned.get("kind") == Piece.Kind.RING)
            sizes.check_run(piece, run)
        except (size_runs.NotARun, sizes.Unmakeable) as refusal:
            self.add_error("run", str(refusal))
            return None
        return run


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
            ("evidence", _("evidence")),
            ("size", _("a size")),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        wanted = {
            "photo": Q(has_photo=False),
            "scale": Q(has_scale=False),
            "alt": Q(lacks_alt=True),
            "origin": Q(lacks_origin=True),
            "evidence": Q(lacks_evidence=True),
            "size": Q(has_size=False),
        }
        chosen = wanted.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset


@admin.register(Piece)
class PieceAdmin(InAndOutMixin, DraftedAdmin, GridPage):
    list_filter = ["collection", "status", LacksFilter]
    search_fields = ["title", "material_line", "collection__title"]
    form = PieceForm
    kept_along = ("designer", "updated_at")
    inlines = [PhotosInline, MaterialsInline, SizesInline]
    small_units = {
        "price": prices.PriceField,
        "length": MillimetresField,
        "width": MillimetresField,
        "height": MillimetresField,
        "weight": GramsField,
        "metal_weight": GramsField,
    }
    fieldsets = [
        (
            _("Facts"),
            {
                "fields": [
                    "collection",
                    "title",
                    ("kind", "making", "edition_size"),
                    ("price", "lead_days", "status"),
                    "summary",
                    "text",
                    ("weight", "metal_weight", "engraving_letters"),
                ]
            },
        ),
        (
            _("More facts"),
            {
                "classes": ["more-facts"],
                "fields": [
                    ("material_line", "colour"),
                    ("length", "width", "height"),
                    ("measures", "sized"),
                    "care",
                    "care_note",
                    "has_certificate",
                    "tax_category",
                    ("position", "slug"),
                ],
            },
        ),
        (
            _("Hallmark"),
            {"classes": ["hallmark-fields"], "fields": [("marked_by", "hallmark")]},
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

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj and not self.has_change_permission(request, obj):
            return self.read_fieldsets
        return self.fieldsets if obj else self.add_fieldsets

    @admin.display(description=_("price"))
    def price_in_words(self, obj: Piece) -> str:
        return prices.in_words(obj.price)

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
            return kind(label=db_field.verbose_name, required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change and {"status", "collection"}.intersection(form.changed_data):
            standing.settle_status(obj, was=form.initial["status"], by=request.user)
            if obj.status != form.initial["status"]:
                Piece.objects.filter(pk=obj.pk).update(status=obj.status)
        super().save_model(request, obj, form, change)

    def goes_in(self, request: HttpRequest, thing: Any) -> bool:
        return super().goes_in(request, thing) and "_retire" not in request.POST

    def counts_at_once(
        self, request: HttpRequest, thing: Any, rows: str, field: str, change: Answers
    ) -> bool:
        if rows not in {"", "variants"}:
            return False
        value = (change["is"] or [""])[0]
        return not standing.is_read_first(thing, request.user, field, value)

    def shown_refusal(self, before: Any) -> str:
        """What becomes shown in the shop has its musts, wherever that is asked for."""
        rows = Piece.objects.filter(pk=before.pk, status=Piece.Status.LIVE)
        piece = musts.with_musts(rows.select_related("collection")).first()
        became = piece is not None and before.status != Piece.Status.LIVE
        return standing.show_refusal(piece) if piece and became else ""

    def get_urls(self) -> list[URLPattern]:
        """Django's, and the page of an act on many pieces."""
        together = self.admin_site.admin_view(self.together)
        offer = self.admin_site.admin_view(self.offer_size)
        return [
            path("together/", together, name="catalog_piece_together"),
            path("<int:object_id>/size/", offer, name="catalog_piece_size"),
            *super().get_urls(),
        ]

    def together(self, request: HttpRequest) -> HttpResponse:
        return together_page.page(self, request)

    @method_decorator(require_POST)
    def offer_size(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """One size that was asked for in vain (``run`` in words) is offered from now on."""
        piece = self.drafted(request, str(object_id))
        try:
            words = request.POST.get("run", "")[:200]
            run = size_runs.read(words, ring=piece.kind == Piece.Kind.RING)
            pairs = zip(run.sizes, run.labels, strict=True)
            standing.offer_sizes(piece, list(pairs), by=request.user)
        except (size_runs.NotARun, sizes.Unmakeable) as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.log_change(request, piece, str(_("Offered: %s") % run.names))
            transaction.on_commit(public_pages.forget)
            told = {"piece": piece, "sizes": run.names, "days": piece.lead_days}
            said = _("%(piece)s is offered in %(sizes)s, made in %(days)s days.") % told
            self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(
            reverse("admin:catalog_piece_change", args=[piece.pk]) + "#sizes"
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for rows in formsets:
            self._tell_refused(request, rows.forms)
        piece = form.instance
        if not change:
            piece.variants.create(can_be_made=piece.making == "made_to_order")
        if isinstance(form, PieceForm) and form.cleaned_data.get("run"):
            self._make_run(request, piece, form.cleaned_data["run"])
        transaction.on_commit(lambda: reindex([piece]))

    def _make_run(self, request: HttpRequest, piece: Piece, run: size_runs.Run) -> None:
        made = ", ".join(sizes.make_run(piece, run))
        said = _("New sizes: %s.") % made if made else _("All of these sizes were there already.")
        self.message_user(request, f"{run.said} {said}", messages.SUCCESS)
        if piece.variants.filter(label="").exists() and made:
            said = _("One that is ready has no size yet: say below which it has.")
            self.message_user(request, said, messages.WARNING)

    def _tell_refused(self, request: HttpRequest, rows: Any) -> None:
        for row in rows:
            if getattr(row, "stock_was_refused", False):
                self.message_user(
                    request,
                    _("What is ready of %s was left: somebody has just put it in a basket.")
                    % row.instance,
                    messages.WARNING,
                )

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """The form is kept by now; then what its button says."""
        if "_duplicate" in request.POST:
            copy = copies.copy_of(obj)
            self.log_addition(request, copy, str(_("Copied from %s.") % obj))
            transaction.on_commit(lambda: reindex([copy]))
            self.message_user(request, _("%s is a draft now.") % copy, messages.SUCCESS)
            return HttpResponseRedirect(together_page.copied_url(copy))
        if "_retire" in request.POST:
            self._retire(obj)
        publishing.changed(obj.collection, by=request.user)
        if "_run" in request.POST:
            return HttpResponseRedirect(f"{request.path}#sizes")
        return super().response_change(request, obj)

    @transaction.atomic
    def _retire(self, piece: Piece) -> None:
        """What was typed is kept by now; this stops its sale at once, reviewed or not."""
        standing.retire_piece(piece)
        transaction.on_commit(public_pages.forget)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if obj := kwargs.get("obj"):
            formsets = {
                shown.opts.model: shown.formset for shown in context["inline_admin_formsets"]
            }
            context |= piece_page.context(request, obj, formsets)
        return super().render_change_form(request, context, *args, **kwargs)
