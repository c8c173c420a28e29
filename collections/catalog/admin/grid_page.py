"""The grid of pieces as a page: many rows kept together, or none, and acts on the ticked ones."""

import re
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import ActionLocation
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import publishing
from catalog.admin import looks, readiness
from catalog.admin.grid import ChangedSince, GridForm, in_words
from catalog.admin.together import ACTS
from catalog.models import Photo, Piece
from designers.ownership import owned
from designers.shown import ShownAdmin
from shop import sent_numbers

# A row that somebody else changes just then is checked anew, and told; so often at most.
_TRIES = 3
_MOST = 1_000
_ROW = re.compile(r"((?:initial-)?form-)(\d+)(-.+)")


def _act(name: str, title: Any) -> Any:
    """An act of the list: on to the page that shows what it would do to the ticked ones."""

    @admin.action(description=title, permissions=["change"])
    def go(keeper: Any, request: HttpRequest, rows: models.QuerySet[Piece]) -> HttpResponse:
        asked = [("act", name), *(("piece", pk) for pk in rows.values_list("pk", flat=True))]
        return HttpResponseRedirect(f"{reverse('admin:catalog_piece_together')}?{urlencode(asked)}")

    go.__name__ = f"together_{name}"
    return go


class GridPage(ShownAdmin):
    """The list of pieces: fields in each row, all kept by one button."""

    list_display = ["photo", "title", "price", "ready", "lead_days", "sizes", "stands"]
    list_display_links = ["photo"]
    list_editable = ["title", "price", "lead_days"]
    list_select_related = ["collection"]
    list_per_page = 50
    change_list_template = "admin/catalog/piece/change_list.html"
    actions: Any = [_act(name, act.title) for name, act in ACTS.items()]

    def get_actions(
        self,
        request: HttpRequest,
        action_location: ActionLocation = ActionLocation.CHANGE_LIST,
    ) -> Any:
        """The acts above alone; to take out a piece for good has a page of its own."""
        found = super().get_actions(request, action_location)
        return {name: act for name, act in found.items() if name.startswith("together_")}

    def get_action_choices(
        self,
        request: HttpRequest,
        default_choices: Any = None,
        action_location: ActionLocation = ActionLocation.CHANGE_LIST,
    ) -> Any:
        choices = default_choices or [("", _("choose an act"))]
        return super().get_action_choices(request, choices, action_location)

    @admin.display(description="")
    def photo(self, obj: Any) -> SafeString:
        picture = Photo(renditions=obj.thumb_renditions or {})
        return looks.thumb(picture, str(_("Open %s")) % obj)

    @admin.display(description=gettext_lazy("ready"))
    def ready(self, obj: Piece) -> SafeString:
        """Only shown where there are several sizes; with one the grid has a field."""
        count = sum(variant.stock for variant in obj.variants.all())
        return format_html('<span class="card-label">{}</span>{}', capfirst(_("ready")), count)

    @admin.display(description=gettext_lazy("sizes"))
    def sizes(self, obj: Piece) -> str:
        """For who only reads; who may change it has a field."""
        return in_words(obj, list(obj.variants.all()))

    @admin.display(description=gettext_lazy("stands"))
    def stands(self, obj: Piece) -> SafeString:
        return format_html("{}{}", looks.state(obj.status), looks.strikes(readiness.of_piece(obj)))

    def action_checkbox(self, obj: Any) -> SafeString:
        return format_html(
            '<label class="hit"><input type="checkbox" class="action-select" name="{}"'
            ' value="{}"{}><span class="visually-hidden">{}</span></label>',
            ACTION_CHECKBOX_NAME,
            obj.pk,
            SafeString(" checked" if getattr(obj, "is_ticked", False) else ""),
            _("Choose %s") % obj,
        )

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        form = super().get_changelist_form(request, **{**kwargs, "form": GridForm})
        form.asked_by = request.user
        return form

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """What comes back of a page stands in the order in which it was sent, and as ticked."""
        changelist = super().get_changelist_instance(request)
        if request.method == "POST" and "_save" in request.POST:
            sent = sent_numbers.read(_sent_ids(request.POST))
            rows = self.get_queryset(request).in_bulk(sent)
            changelist.result_list = [rows[pk] for pk in sent if pk in rows]
            ticked = set(request.POST.getlist(ACTION_CHECKBOX_NAME))
            for row in changelist.result_list:
                row.is_ticked = str(row.pk) in ticked
        return changelist

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Before an act on the ticked ones, what was typed is kept: nothing typed is lost."""
        if request.method == "POST" and self.has_change_permission(request):
            self._drop_missing(request)
        if "index" not in request.POST or not _typed(request):
            return self._kept(request, extra_context)
        pressed = request.POST
        keeping = pressed.copy()
        keeping["_save"] = "1"
        request.POST = keeping  # type: ignore[assignment]
        answer = self._kept(request, extra_context)
        if not isinstance(answer, HttpResponseRedirect):
            return answer
        request.POST = pressed
        return super().changelist_view(request, extra_context)

    def _drop_missing(self, request: HttpRequest) -> None:
        """Rows of pieces that are gone meanwhile (or were never one's own) are no rows."""
        sent = _sent_ids(request.POST)
        known = {str(pk) for pk in self.get_queryset(request).in_bulk(sent_numbers.read(sent))}
        if all(pk in known for pk in sent):
            return
        request.POST = _only_rows(request.POST, [pk in known for pk in sent])  # type: ignore[assignment]
        said = _("A piece of this page is not here any more; everything else is.")
        self.message_user(request, said, messages.WARNING)

    def _kept(self, request: HttpRequest, extra_context: dict[str, Any] | None) -> HttpResponse:
        """All rows or none: prices that were meant together never stand half changed."""
        for _try in range(_TRIES):
            with publishing.changing(self._homes(request), by=request.user):
                try:
                    return super().changelist_view(request, extra_context)
                except ChangedSince:
                    continue
        said = _("Others are changing the same pieces just now: nothing was kept. Try again.")
        self.message_user(request, said, messages.WARNING)
        return HttpResponseRedirect(request.get_full_path())

    def _homes(self, request: HttpRequest) -> list[int]:
        """The collections of the rows that are to be kept."""
        if request.method != "POST" or "_save" not in request.POST:
            return []
        sent = owned(Piece, request).filter(pk__in=sent_numbers.read(_sent_ids(request.POST)))
        return list(sent.order_by().values_list("collection", flat=True).distinct())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not isinstance(form, GridForm):
            super().save_model(request, obj, form, change)
            return
        if new := form.keep():
            said = _("%(piece)s has new sizes: %(sizes)s.")
            said %= {"piece": obj, "sizes": ", ".join(new)}
            self.message_user(request, said, messages.SUCCESS)


def _sent_ids(post: QueryDict) -> list[str]:
    """The primary keys of the rows as they were sent."""
    count = post.get("form-TOTAL_FORMS", "0")
    number = int(count) if count.isascii() and count.isdecimal() and len(count) < 5 else 0
    return [post.get(f"form-{row}-id", "") for row in range(min(number, _MOST))]


def _only_rows(post: QueryDict, wanted: list[bool]) -> QueryDict:
    """The same form with only those of its rows, numbered anew."""
    kept = post.copy()
    places: dict[str, str] = {}
    for row, is_wanted in enumerate(wanted):
        if is_wanted:
            places[str(row)] = str(len(places))
    for name in list(post):
        if found := _ROW.fullmatch(name):
            values = kept.pop(name)
            if found[2] in places:
                kept.setlist(f"{found[1]}{places[found[2]]}{found[3]}", values)
    kept["form-TOTAL_FORMS"] = kept["form-INITIAL_FORMS"] = str(len(places))
    return kept


def _typed(request: HttpRequest) -> bool:
    """Whether any field of the grid differs from what stood in it."""
    post = request.POST
    mark = "initial-"
    names = (name for name in post if name.startswith(mark))
    return any(post.get(name.removeprefix(mark)) != post[name] for name in names)
