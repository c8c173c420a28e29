"""The collection's page in the workshop: its words, its story, its way into the shop."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog import drafts, publishing
from catalog.admin import choices, publish_acts, publish_page, readiness, story_acts
from catalog.admin.blocks import PhotoChoiceField, StoryInline
from catalog.admin.drafted import DraftedAdmin
from catalog.admin.looks import state, thumb
from catalog.admin.photo_drop import PhotographsMixin
from catalog.admin.shoot import ShootMixin
from catalog.admin.slugged import SluggedForm
from catalog.models import Collection, Piece, Review
from catalog.search import reindex


class StateFilter(admin.SimpleListFilter):
    title = _("stands")
    parameter_name = "stands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("live", _("live")),
            ("scheduled", _("scheduled")),
            ("review", _("in review")),
            ("returned", _("returned")),
            ("draft", _("draft")),
            ("retired", _("retired")),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        wanted = {
            "live": Q(published_at__lte=now(), retired_at=None),
            "scheduled": Q(published_at__gt=now(), retired_at=None),
            "review": Q(asked=Collection.Asked.ASKED),
            "returned": Q(asked=Collection.Asked.RETURNED),
            "draft": Q(published_at=None, retired_at=None, asked=Collection.Asked.NO),
            "retired": Q(retired_at__isnull=False),
        }
        chosen = wanted.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset


@admin.register(Collection)
class CollectionAdmin(ShootMixin, PhotographsMixin, DraftedAdmin):
    list_display = ["seen_thumb", "title_and_maker", "stands", "pieces_count", "since"]
    list_display_links = ["title_and_maker"]
    list_filter = [StateFilter, "designer"]
    list_select_related = ["designer", "seen"]
    list_per_page = 50
    ordering = ["position", "-published_at", "pk"]
    search_fields = ["title", "designer__name"]
    form = SluggedForm
    fragment = "admin/catalog/collection/fragment.html"
    kept_along = ("updated_at",)
    inlines = [StoryInline]
    fieldsets = [
        (
            _("The collection"),
            {
                "fields": [
                    "designer",
                    "title",
                    "standfirst",
                    "teaser",
                    ("inspiration", "ground"),
                    "other_inspirations",
                    ("seen", "became"),
                ]
            },
        ),
        (
            _("In a few words, elsewhere"),
            {"fields": ["note", "tile_text", "source_quote", "bench_note", ("year", "slug")]},
        ),
    ]
    add_fieldsets = [
        (None, {"fields": ["designer", "title", "inspiration", "standfirst"]}),
    ]

    @admin.display(description="")
    def seen_thumb(self, obj: Collection) -> SafeString:
        return thumb(obj.seen, str(obj))

    @admin.display(description=_("title"), ordering="title")
    def title_and_maker(self, obj: Collection) -> str:
        return obj.title

    @admin.display(description=_("stands"))
    def stands(self, obj: Collection) -> SafeString:
        return state(obj.state)

    @admin.display(description=_("pieces"))
    def pieces_count(self, obj: Any) -> str:
        return ngettext("%(n)s piece", "%(n)s pieces", obj.piece_count) % {"n": obj.piece_count}

    @admin.display(description=_("in the shop from"), ordering="published_at", empty_value="")
    def since(self, obj: Collection) -> str:
        return date_format(obj.published_at, "j F Y") if obj.published_at else ""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = super().get_queryset(request)
        if getattr(request, "workshop_whole", False):
            return rows.select_related("designer", "draft__by")
        shown = Count("pieces", filter=~Q(pieces__status=Piece.Status.RETIRED))
        counted: models.QuerySet[Any] = rows.annotate(piece_count=shown)
        return counted

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj and not self.has_change_permission(request, obj):
            return self.fieldsets[:1]
        return self.fieldsets if obj else self.add_fieldsets

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """First the collection is there, then its story."""
        return self.inlines if obj else []

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "slug"] if obj and obj.published_at else fields

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """With all that its page says of it, read at once."""
        request.workshop_whole = True  # type: ignore[attr-defined]
        return super().get_object(request, object_id, from_field)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        request.workshop_collection = obj  # type: ignore[attr-defined]
        if obj:
            choices.lay_out(request, obj, self.designer_of(obj))
        return super().get_form(request, obj, change=change, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "seen":
            kwargs["form_class"] = PhotoChoiceField
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        obj = getattr(request, "workshop_collection", None)
        if field and db_field.name == "inspiration":
            named = [(one.pk, str(one)) for one in choices.inspirations(request, obj)]
            field.choices = [choices.EMPTY, *named]
        elif field and obj and db_field.name in {"seen", "became"}:
            known = request.__dict__["workshop_choices"]
            field.choices = known[db_field.remote_field.model, obj.designer_id, True]
        return field

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        ticks = forms.CheckboxSelectMultiple(attrs={"class": "ticks"})
        field = super().formfield_for_manytomany(db_field, request, widget=ticks, **kwargs)
        if field and db_field.name == "other_inspirations":
            obj = getattr(request, "workshop_collection", None)
            field.choices = [(one.pk, str(one)) for one in choices.inspirations(request, obj)]
        return field

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change and form.changed_data:
            reindex(form.instance.pieces.all())

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What the house said of it goes with it: nobody is asked for leave to delete that."""
        gone, counts, needed, protected = super().get_deleted_objects(objs, request)
        return gone, counts, needed - {Review._meta.verbose_name}, protected

    def acted(self, request: HttpRequest, thing: Any) -> QueryDict:
        """A button of the story changes the form before it is kept."""
        name = story_acts.act_of(request.POST)
        if not name:
            return request.POST
        data, request.story_on = story_acts.done(thing, name, request.POST)  # type: ignore[attr-defined]
        return data

    def goes_in(self, request: HttpRequest, thing: Any) -> bool:
        """Beside what is shown, the story's buttons only keep; the band's act by themselves."""
        acts = story_acts.act_of(request.POST) or publish_acts.act_of(request.POST)
        return super().goes_in(request, thing) and not (acts and drafts.is_shown(thing))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """The form is kept by now; then the pressed button's act."""
        publishing.changed(obj, by=request.user)
        if publish_acts.act_of(request.POST):
            return publish_page.respond(self, request, obj)
        on = self._story_on(request) if story_acts.act_of(request.POST) else ""
        if not on:
            self.tell_kept(request, obj)
        return HttpResponseRedirect(request.path + on)

    def _story_on(self, request: HttpRequest) -> str:
        """Where the page goes on after a button of the story."""
        key = getattr(request, "story_on", "")
        put = getattr(request, "workshop_put", None)
        if key.startswith("new-") and put and put.formsets[0].new_objects:
            key = str(put.formsets[0].new_objects[-1].pk)
        opens = "_add" in request.POST or any(name.startswith("_pin-") for name in request.POST)
        asked = {"fragment": "1"} if "fragment" in request.POST else {}
        asked |= {"block": key} if opens and key else {}
        query = f"?{urlencode(asked)}" if asked else ""
        return query + (f"#block-{key}" if key else "#story")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj: Collection | None = kwargs.get("obj")
        if obj:
            _have_story(obj, context["inline_admin_formsets"])
            context |= self._page(request, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def _page(self, request: HttpRequest, obj: Collection) -> dict[str, Any]:
        strikes = readiness.of_collection(obj)
        history = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(Collection), object_id=str(obj.pk)
        )
        return {
            "title": obj.title,
            "subtitle": None,
            "strikes": strikes,
            "struck": sum(strike.done for strike in strikes),
            "history": history.select_related("user").order_by("-action_time")[:6],
            "open_block": request.GET.get("block", ""),
            "kinds": StoryInline.model.Kind.choices,
        } | publish_page.context(request, obj, strikes)


def _have_story(obj: Collection, shown: list[Any]) -> None:
    """The blocks are read for the form: what is said of the story asks no second time."""
    for inline in shown:
        if inline.formset.model is StoryInline.model:
            cache = obj.__dict__.setdefault("_prefetched_objects_cache", {})
            cache["blocks"] = inline.formset.get_queryset()
