"""Pages whose words are kept as a draft: while typing, by a button, shown before they are live."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import answers, desk, drafts, previews, publishing
from catalog.admin.versions import VersionedAdmin
from catalog.models import Collection, Draft

# With these the words are only kept, also beside what is live.
KEEPS = {"_continue", "_duplicate"}
NOTHING = gettext_lazy("Nothing is changed.")
# Letters of a text that is set to be looked at.
_LONGEST = 50_000


class DraftedAdmin(VersionedAdmin):
    """A VersionedAdmin whose page opens with the draft over the live words."""

    # The part of the page that a script asks for instead of the whole, if there is one.
    fragment = ""

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        site = self.admin_site
        pages = {
            "draft": self.draft_view,
            "preview": self.preview_view,
            "prose": self.prose_view,
            "drop": self.drop_view,
        }
        own = [
            path(f"<slug:object_id>/{page}/", site.admin_view(view), name=f"{name}_{page}")
            for page, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    def drafted(self, request: HttpRequest, object_id: str) -> Any:
        """The thing whose draft this person may write; a foreign one is not found."""
        thing = self.get_object(request, unquote(object_id))
        if thing is None:
            raise Http404
        if not self.has_change_permission(request, thing):
            raise PermissionDenied
        return thing

    # --- The page ---------------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None or not change or hasattr(request, "workshop_data"):
            return form
        if not hasattr(request, "workshop_draft"):
            mine = self.has_change_permission(request, obj)
            request.workshop_draft = drafts.at_hand(obj) if mine else None  # type: ignore[attr-defined]
        if request.workshop_draft is None:  # type: ignore[attr-defined]
            return form
        data = request.workshop_data = answers.sheet()  # type: ignore[attr-defined]

        class LaidForm(form):  # type: ignore[misc, valid-type]
            """The form filled with the draft."""

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(data, **kwargs)
                request.workshop_form = self  # type: ignore[attr-defined]

        return LaidForm

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        params: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        data = getattr(request, "workshop_data", None)
        return params | {"data": data} if data is not None else params

    def forms_below(self, request: HttpRequest, thing: Any) -> Any:
        """The rows of its page: formsets, and the inlines that they are of."""
        return self._create_formsets(request, thing, change=True)

    def _create_formsets(self, request: HttpRequest, obj: Any, change: bool) -> Any:
        formsets, inlines = super()._create_formsets(request, obj, change)  # type: ignore[misc]
        for formset in formsets if change else []:
            for row in formset.get_queryset():  # each row would ask for the thing itself
                setattr(row, formset.fk.name, formset.instance)
        if form := getattr(request, "workshop_form", None):
            draft: Draft = request.workshop_draft  # type: ignore[attr-defined]
            answers.lay(request.workshop_data, form, formsets, draft.answers)  # type: ignore[attr-defined]
            answers.tell(form, formsets, draft.lacks)
        return formsets, inlines

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if thing := kwargs.get("obj"):
            context |= self._draft_context(request, thing)
            if self.fragment and "fragment" in {*request.GET, *request.POST}:
                return TemplateResponse(request, self.fragment, context | {"opts": self.opts})
        return super().render_change_form(request, context, *args, **kwargs)

    def _draft_context(self, request: HttpRequest, thing: Any) -> dict[str, Any]:
        draft = getattr(request, "workshop_draft", None)
        return {
            "draft": draft,
            "kept": draft if draft and draft.pk else None,
            "draft_said": kept_words(thing, draft) if draft and draft.pk else "",
            "draft_size": answers.size(draft.answers) if draft else 0,
            "is_shown": drafts.is_shown(thing),
            "needs_review": self.waits(request, thing),
            "seen": drafts.seen(thing, getattr(request, "workshop_newest", draft)),
            "draft_url": self._url("draft", thing),
            "preview_url": self._url("preview", thing),
            "prose_url": self._url("prose", thing),
            "drop_url": self._url("drop", thing),
            "versions_url": self._url("versions", thing),
            "delete_url": self._url("delete", thing),
        }

    # --- A button is pressed --------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Whatever is pressed, what was typed is kept first."""
        if object_id is None or request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        thing = self.drafted(request, object_id)
        try:
            return self.pressed(request, thing)
        except drafts.Overtaken as late:
            self._show_typed(request, thing, late.said)
        except drafts.Incomplete:
            request.workshop_draft = drafts.of(thing)  # type: ignore[attr-defined]
        try:
            request.method = "GET"  # the page again, with what was typed
            return super().changeform_view(request, object_id, form_url, extra_context)
        finally:
            request.method = "POST"

    def pressed(self, request: HttpRequest, thing: Any) -> HttpResponse:
        """Keep what was typed, put it in where that was meant, and go on."""
        try:
            data = self.acted(request, thing)
        except ValidationError as cannot:
            data = request.POST
            for sentence in cannot.messages:
                self.message_user(request, sentence, messages.ERROR)
        drafts.keep(thing, data, request.user)
        if self.goes_in(request, thing):
            self._put_in(request, thing)
        elif self.waits(request, thing):
            self._put_in_at_once(request, thing)
        return self.response_change(request, self.get_object(request, str(thing.pk)))

    @transaction.atomic
    def _put_in(self, request: HttpRequest, thing: Any) -> None:
        """Under the collection's row: no approval comes between the asking and the writing."""
        collection = collection_of(thing)
        publishing.begin_change(collection)
        if not isinstance(thing, Collection):
            thing.refresh_from_db(fields=["status"])
        if self.waits(request, thing):
            raise drafts.Overtaken(_("It went into the shop while you wrote."))
        put = drafts.put_in(thing, request.user, request=request)
        if put and (refused := self.shown_refusal(thing)):
            self.message_user(request, refused, messages.ERROR)
            raise drafts.Incomplete(refused)
        request.workshop_put = put  # type: ignore[attr-defined]

    @transaction.atomic
    def _put_in_at_once(self, request: HttpRequest, thing: Any) -> None:
        """What nobody has to read counts now; the rest is kept beside."""
        publishing.begin_change(collection_of(thing))

        def wanted(rows: str, field: str, change: answers.Answers) -> bool:
            return self.counts_at_once(request, thing, rows, field, change)

        if drafts.put_in_part(thing, request.user, wanted, request=request):
            # Where nothing else was typed it is simply kept.
            request.workshop_put = drafts.of(thing) is None  # type: ignore[attr-defined]
            if not request.workshop_put:  # type: ignore[attr-defined]
                said = _("What is ready and how long one takes counts from now on.")
                self.message_user(request, said, messages.SUCCESS)

    def counts_at_once(
        self, request: HttpRequest, thing: Any, rows: str, field: str, change: answers.Answers
    ) -> bool:
        """Whether a change of what the house reads first need not wait for that."""
        return False

    def shown_refusal(self, before: Any) -> str:
        """Why what has just been put in may not be shown like this; empty where it may.

        ``before`` is the thing as it was.
        """
        return ""

    def acted(self, request: HttpRequest, thing: Any) -> QueryDict:
        """The form's data after the button's act, if it has one that changes the form."""
        return request.POST

    def goes_in(self, request: HttpRequest, thing: Any) -> bool:
        """Whether shoppers see it from now on; what nobody sees yet is always written at once."""
        if not drafts.is_shown(thing):
            return True
        if self.waits(request, thing):
            return False
        return not KEEPS.intersection(request.POST)

    def waits(self, request: HttpRequest, thing: Any) -> bool:
        """Whether the house reads it before shoppers do."""
        collection = collection_of(thing)
        return drafts.is_shown(thing) and publishing.waits_for_review(collection, request.user)

    def _show_typed(self, request: HttpRequest, thing: Any, why: str) -> None:
        """Another was first: the page shows what this person typed, over what there is now."""
        request.workshop_newest = drafts.of(thing)  # type: ignore[attr-defined]
        typed = desk.typed(thing, request.POST, request.user)
        request.workshop_draft = Draft(answers=typed)  # type: ignore[attr-defined]
        hint = _(
            "What you typed stands here, nothing is lost. Keep it again and it counts; "
            "theirs stays among the earlier versions."
        )
        self.message_user(request, f"{why} {hint}", messages.WARNING)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self.tell_kept(request, obj)
        if "_save" in request.POST:
            return self.response_post_save_change(request, obj)
        return HttpResponseRedirect(request.path)

    def tell_kept(self, request: HttpRequest, thing: Any) -> None:
        """Where nothing is changed that is no success, and nothing for the history."""
        said = self.kept_words(request, thing)
        level = messages.INFO if said == str(NOTHING) else messages.SUCCESS
        self.message_user(request, said, level)

    def kept_words(self, request: HttpRequest, thing: Any) -> str:
        """What is said once it is kept: whether shoppers see it already."""
        if drafts.is_shown(thing) and not getattr(request, "workshop_put", None):
            return kept_words(thing, drafts.of(thing))
        return _("Kept.")

    # --- While typing --------------------------------------------------------------------------

    def draft_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST keeps what is typed; GET tells what a page that was away needs to send again."""
        thing = self.drafted(request, object_id)
        if request.method != "POST":
            return _answer(request, thing, drafts.of(thing))
        if "_aside" in request.POST:
            drafts.lay_aside(thing, desk.typed(thing, request.POST, request.user), request.user)
            return _answer(request, thing, drafts.of(thing))
        try:
            kept = drafts.keep(thing, request.POST, request.user, over="_over" in request.POST)
        except drafts.Overtaken as late:
            return _answer(request, thing, drafts.of(thing), said=late.said, status=409)
        publishing.changed(collection_of(thing), by=request.user)
        return _answer(request, thing, kept)

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The page in the shop with what is typed (POST) or with the draft, as if it were live."""
        thing = self.drafted(request, object_id)
        if request.method == "POST":
            changes = desk.typed(thing, request.POST, request.user)
        else:
            changes = drafts.answers_of(drafts.at_hand(thing))
        with drafts.rehearsed(thing, request.user, changes) as shown:
            return previews.rehearsal(request, shown)

    def prose_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A text in Markdown as the shop sets it; nothing is kept by it."""
        self.drafted(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        text = request.POST.get(request.GET.get("field", ""), "")[:_LONGEST]
        answer = render(request, "admin/catalog/_prose.html", {"text": text})
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def drop_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks, then lays the draft aside among the versions: the page shows the shop's words."""
        thing = self.drafted(request, object_id)
        if request.method == "POST":
            drafts.lay_by(thing)
            publishing.changed(collection_of(thing), by=request.user)
            self.message_user(request, _("The draft is laid aside among the earlier versions."))
            return HttpResponseRedirect(self._url("change", thing))
        return self._version_page(request, thing, "drop", {"draft": drafts.of(thing)})


def collection_of(thing: Any) -> Collection:
    """The collection that is asked for as a whole, of a collection or a piece."""
    collection: Collection = thing if isinstance(thing, Collection) else thing.collection
    return collection


def kept_words(thing: Any, draft: Draft | None) -> str:
    """What stands beside the button: when it was kept, and what the shop shows meanwhile."""
    if draft is None:
        return str(NOTHING)
    kept = _("Draft kept at %s.") % drafts.clock(draft.kept_at)
    if not drafts.is_shown(thing):
        return kept
    since = date_format(localtime(thing.updated_at), "j F")
    return f"{kept} {_('The shop still shows %s.') % since}"


def _answer(
    request: HttpRequest, thing: Any, draft: Draft | None, *, said: str = "", status: int = 200
) -> JsonResponse:
    told = {
        "said": said or kept_words(thing, draft),
        "seen": drafts.seen(thing, draft),
        "kept_at": draft.kept_at.isoformat() if draft else "",
        "by": drafts.person(draft.by) if draft else "",
        "token": get_token(request),
    }
    answer = JsonResponse(told, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
