"""A collection's photographs: dropped all at once, then laid into pieces and into the story."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from catalog import drops, publishing
from catalog.admin import looks, readiness, tray
from catalog.models import Collection, Photo, Piece
from designers.ownership import OwnedAdmin
from shop.images import MAX_BYTES

MOST_FILES = 200
_TROUBLES = "workshop-drop-troubles"
_MADE = "workshop-drop-made"
type View = Callable[..., HttpResponse]


class FilesField(forms.Field):
    """As many files as came, empty ones too: each is judged by itself."""

    class widget(forms.ClearableFileInput):  # noqa: N801 - the name Django asks for
        allow_multiple_selected = True

        def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile[Any]]:
            return list(files.getlist(name))


class DropForm(forms.Form):
    """One file (``place``: where it stands in the drop) or, without script, all of them."""

    files = FilesField(  # type: ignore[assignment]
        error_messages={"required": gettext_lazy("Choose the photographs first.")}
    )
    place = forms.IntegerField(required=False, min_value=0, max_value=32_000)


class PhotographsMixin(OwnedAdmin):
    """Gives the collection's admin class the pages of its photographs."""

    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, View, str]] = [
            ("", self._reading_first(), "catalog_collection_photographs"),
            ("lay/", require_POST(self.lay_view), "catalog_collection_photographs_lay"),
            ("state/", require_GET(self.state_view), "catalog_collection_photographs_state"),
        ]
        wrap = self.admin_site.admin_view
        own = [
            path(f"<int:pk>/photographs/{end}", wrap(view), name=name) for end, view, name in pages
        ]
        return [*own, *super().get_urls()]

    def photographs_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page; a POST keeps what was dropped."""
        collection = self._droppable(request, pk)
        if request.method != "POST":
            return self._drop_page(request, collection, DropForm())
        form = DropForm(request.POST, request.FILES)
        alone = request.headers.get("Accept") == "application/json"
        if not form.is_valid() and alone:
            return JsonResponse({"state": "bad", "said": _why_not(form)}, status=400)
        if not form.is_valid():
            return self._drop_page(request, collection, form, status=400)
        place = form.cleaned_data["place"] or 0
        dropped = [
            drops.receive(file, file.name or "", collection=collection, place=place)
            for file in form.cleaned_data["files"]
        ]
        if alone:
            return JsonResponse(_answer(dropped[0]), status=422 if dropped[0].refused else 200)
        self._tell_dropped(request, dropped)
        troubles = any(one.photo is None for one in dropped)
        return HttpResponseRedirect(request.path + ("#trouble" if troubles else "#sort"))

    def lay_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Any act of the tray: lay, earlier, later, make drafts."""
        collection = self._droppable(request, pk)
        form = tray.TrayForm(request.POST, collection=collection)
        with publishing.changing([collection.pk], by=request.user):
            collection.refresh_from_db(fields=["published_at"])
            said = form.do() if form.is_valid() else ""
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"errors": form.errors}, status=400 if form.errors else 200)
        if form.errors:
            said = _why_not(form)
        if form.made:
            request.session[_MADE] = [form.made, said]
            return HttpResponseRedirect(page_of(collection) + "#made")
        if said:
            self.message_user(request, said, messages.ERROR if form.errors else messages.SUCCESS)
        return HttpResponseRedirect(page_of(collection) + "#sort")

    def state_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Which photographs are ready by now, for the page to ask while some are not."""
        photos = drops.of(self._droppable(request, pk))
        return JsonResponse(
            {str(photo.pk): [photo.state, looks.smallest(photo), photo.refusal] for photo in photos}
        )

    def _droppable(self, request: HttpRequest, pk: int) -> Collection:
        collection: Collection | None = self.get_object(request, str(pk))
        if collection is None:
            raise Http404
        if not self.has_change_permission(request, collection):
            raise PermissionDenied
        return collection

    def _drop_page(
        self, request: HttpRequest, collection: Collection, form: DropForm, status: int = 200
    ) -> HttpResponse:
        photos = list(drops.of(collection))
        pieces = list(
            collection.pieces.exclude(status=Piece.Status.RETIRED).order_by("position", "pk")
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("Photographs of %s") % collection,
            "collection": collection,
            "opts": self.opts,
            "form": form,
            "accept": "image/*,.heic,.heif",
            "most_mb": MAX_BYTES // (1024 * 1024),
            "most_files": MOST_FILES,
            "next_place": max((photo.position for photo in photos), default=0) + 1,
            "troubles": request.session.pop(_TROUBLES, []),
            "tray": tray.of(photos, pieces),
            "has_tray": bool(photos or pieces),
            **_made(collection, photos, *request.session.pop(_MADE, [[], ""])),
        }
        return render(request, "admin/catalog/photo_drop/page.html", context, status=status)

    def _tell_dropped(self, request: HttpRequest, dropped: list[drops.Dropped]) -> None:
        kept = sum(one.photo is not None for one in dropped)
        if kept:
            said = ngettext("%s photograph is here.", "%s photographs are here.", kept) % kept
            self.message_user(request, said, messages.SUCCESS)
        request.session[_TROUBLES] = [_answer(one) for one in dropped if not one.photo]

    def _reading_first(self) -> View:
        """The page, reading the body before Django's CSRF check does: too many get a sentence."""
        checked = csrf_protect(self.photographs_view)

        @csrf_exempt
        def read(request: HttpRequest, pk: int) -> HttpResponse:
            try:
                len(request.POST)
            except TooManyFilesSent:
                while request.read(1 << 20):  # an unread rest would cut the answer off
                    pass
                return self._too_many(request, pk)
            return checked(request, pk)

        return read

    def _too_many(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = DropForm({})
        said = _("These were more than %s photographs at once: drop them in two goes.")
        form.errors["files"] = form.error_class([said % MOST_FILES])
        return self._drop_page(request, self._droppable(request, pk), form, status=413)


def _why_not(form: forms.Form) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def page_of(collection: Collection) -> str:
    """Where its photographs are dropped and sorted."""
    return reverse("admin:catalog_collection_photographs", args=[collection.pk])


def _made(collection: Collection, photos: list[Photo], pks: list[int], said: str) -> dict[str, Any]:
    """What the page says of the pieces that heaps have just become."""
    if not pks:
        return {"made": []}
    pieces = readiness.with_readiness(collection.pieces.filter(pk__in=pks)).order_by("position")
    rows = []
    for piece in pieces:
        own = [photo for photo in photos if photo.piece_id == piece.pk]
        strikes = looks.strikes(readiness.of_piece(piece))
        first = own[0] if own else None
        rows.append({"piece": piece, "first": first, "count": len(own), "strikes": strikes})
    grid = reverse("admin:catalog_piece_changelist") + f"?collection__id__exact={collection.pk}"
    return {"made": rows, "made_said": said, "grid": grid}


def _answer(one: drops.Dropped) -> dict[str, Any]:
    if one.refused:
        return {"name": one.name, "state": "bad", "said": one.refused}
    photo = one.photo or one.twin
    assert photo is not None  # noqa: S101 - either kept or known
    return {
        "name": one.name,
        "state": "twin" if one.twin else "done",
        "said": _already(one.twin) if one.twin else _("stored"),
        "url": reverse("admin:catalog_photo_change", args=[photo.pk]),
        "thumb": looks.smallest(photo),
    }


def _already(twin: Photo) -> str:
    if twin.piece:
        return _("Already here as %(name)s, in %(piece)s. Not kept twice.") % {
            "name": twin,
            "piece": twin.piece,
        }
    return _("Already here as %s. Not kept twice.") % twin
