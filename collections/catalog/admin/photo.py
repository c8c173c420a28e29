"""A photograph's own page: what every crop keeps, what it says, its file."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import models, transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from catalog import drops, photos, pictures, public_files, publishing, standing
from catalog.admin import looks, photo_again
from catalog.admin.photo_filters import CollectionFilter, StateFilter
from catalog.models import Photo
from designers.ownership import OwnedForm
from designers.shown import ShownAdmin
from shop import images

# The width at which the photograph is shown without script; a press tells pixels of this width.
STAGE_WIDTH = 320
_FOCUS = ["focus_x", "focus_y"]
# What each is of, said below its name.
ROLE_HINTS = {
    Photo.Role.HERO: gettext_lazy("the first one shown"),
    Photo.Role.SCALE: gettext_lazy("its size can be seen"),
    Photo.Role.DETAIL: gettext_lazy("close by"),
    Photo.Role.BACK: gettext_lazy("the side on the skin"),
    Photo.Role.PROCESS: gettext_lazy("how it was made"),
    Photo.Role.WORN: gettext_lazy("on somebody"),
    Photo.Role.INSPIRATION: gettext_lazy("in the story"),
    Photo.Role.BENCH: gettext_lazy("where you work"),
}


class PhotoForm(OwnedForm):
    """Words, role and focal point; another file may be given in place of the one that is."""

    replace = forms.FileField(
        required=False,
        allow_empty_file=True,
        label=gettext_lazy("Replace the file"),
        help_text=gettext_lazy("A new file keeps this place, role and words."),
    )

    class Meta:
        model = Photo
        fields = ["alt", "role", "tone", "focus_x", "focus_y"]
        widgets = {
            "alt": forms.Textarea(attrs={"rows": 3}),
            "role": forms.RadioSelect,
            "tone": forms.RadioSelect,
        }
        labels = {
            "focus_x": gettext_lazy("Across, per cent"),
            "focus_y": gettext_lazy("Down, per cent"),
        }
        help_texts = {
            "alt": gettext_lazy(
                "Say what you would say to a friend on the telephone who asks what is in the "
                "picture. Metal, stone, what it lies on. Not “image of”, not the price."
            ),
            "tone": gettext_lazy("What the picture is mostly made of; words beside it follow."),
        }

    # Who sends it; the page says so.
    asked_by: Any = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.changed_data and (refused := standing.photo_refusal(self.instance, self.asked_by)):
            self.add_error(None, refused)
        self._press(cleaned)
        return cleaned

    def _press(self, cleaned: dict[str, Any]) -> None:
        """Without script, pressing the picture posts the pixel that was pressed."""
        across, down = (self.data.get(f"focus.{axis}", "") for axis in "xy")
        if not (across.isdecimal() and down.isdecimal() and self.instance.width):
            return
        height = STAGE_WIDTH * self.instance.height / self.instance.width
        cleaned["focus_x"] = min(100, round(int(across[:6]) * 100 / STAGE_WIDTH))
        cleaned["focus_y"] = min(100, round(int(down[:6]) * 100 / height))

    def changed_columns(self) -> list[str]:
        """The focal point is written where the renditions are asked for anew."""
        return [name for name in super().changed_columns() if name not in _FOCUS]

    @property
    def focus(self) -> tuple[int, int]:
        return self.cleaned_data["focus_x"], self.cleaned_data["focus_y"]


@admin.register(Photo)
class PhotoAdmin(ShownAdmin):
    list_display = ["picture", "original_name", "lies_in", "role", "says", "stands"]
    list_display_links = ["original_name"]
    list_filter = [StateFilter, "role", CollectionFilter]
    list_select_related = ["piece", "collection", "designer"]
    list_per_page = 50
    search_fields = ["original_name", "alt", "piece__title"]
    ordering = ["-pk"]
    form = PhotoForm
    fields = ["alt", "role", "tone", "focus_x", "focus_y"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are dropped on a collection."""
        return False

    @admin.display(description="")
    def picture(self, obj: Photo) -> SafeString:
        return looks.thumb(obj, "")

    @admin.display(description=gettext_lazy("lies in"))
    def lies_in(self, obj: Photo) -> str:
        return str(obj.piece or obj.collection or _("nothing yet"))

    @admin.display(description=gettext_lazy("on the telephone"), boolean=False)
    def says(self, obj: Photo) -> str:
        return obj.alt or _("nothing yet")

    @admin.display(description=gettext_lazy("stands"))
    def stands(self, obj: Photo) -> str:
        return str(obj.get_state_display())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.original_view)
        name = "catalog_photo_original"
        again = self.admin_site.admin_view(require_POST(self.again_view))
        return [
            path("<int:pk>/original/", view, name=name),
            path("again/<int:designer>/", again, name="catalog_photo_again"),
            *super().get_urls(),
        ]

    def again_view(self, request: HttpRequest, designer: int) -> HttpResponse:
        """Makes anew what of a maker's could not be made."""
        return photo_again.answer(request, self, designer)

    def original_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Hands the private original to whom it belongs, never to be shown in the browser."""
        photo: Photo | None = self.get_object(request, str(pk))
        if photo is None or not photo.original:
            raise Http404
        try:
            file = photo.original.open("rb")
        except FileNotFoundError as error:
            raise Http404 from error
        answer = FileResponse(
            file,
            as_attachment=True,
            filename=photo.original_name or f"photograph-{photo.pk}",
            content_type="application/octet-stream",
        )
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "private, no-store"
        return answer

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        may = self.has_change_permission(request, obj)
        return [*self.fields, "replace"] if may else self.fields

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """``replace`` is the form's own, no column."""
        kwargs["fields"] = self.fields if self.has_change_permission(request, obj) else []
        form = super().get_form(request, obj, **kwargs)
        form.asked_by = request.user
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """No approval comes between asking whether it may be changed and the change."""
        photo = self.get_object(request, unquote(object_id)) if object_id else None
        homes = standing.homes_of(photo) if photo and request.method == "POST" else []
        with publishing.changing(homes, by=request.user):
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        before = (form.initial.get("focus_x"), form.initial.get("focus_y"))
        if form.focus != before:
            photos.refocus(obj, x=form.focus[0], y=form.focus[1])

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        said = _("Kept.")
        if "_out" in request.POST:
            said = self._out(obj)
        elif file := request.FILES.get("replace"):
            said = self._replace(request, obj, file)
        if said:
            self.message_user(request, said, messages.SUCCESS)
        if "_save" in request.POST:
            return HttpResponseRedirect(self._back(obj))
        return HttpResponseRedirect(request.path)

    def _replace(self, request: HttpRequest, photo: Photo, file: Any) -> str:
        try:
            same = drops.replace(photo, file, file.name)
        except images.ImageRefused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return ""
        said = _("The new file is here; its sizes are being made.")
        anew = _("It shows something else, so its focal point is the middle again.")
        return said if same else f"{said} {anew}"

    def _out(self, photo: Photo) -> str:
        home = photo.piece.collection_id if photo.piece else photo.collection_id
        loose = {"piece": None, "role": Photo.Role.HERO, "collection": home}
        Photo.objects.filter(pk=photo.pk).update(**loose)
        return _("It lies loose in the collection now.")

    def _back(self, photo: Photo) -> str:
        collection = photo.piece.collection_id if photo.piece else photo.collection_id
        if not collection:
            return reverse("admin:catalog_photo_changelist")
        return reverse("admin:catalog_collection_photographs", args=[collection])

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        drops.take_out(obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        with transaction.atomic():
            for photo in queryset:
                drops.take_out(photo)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if photo := kwargs.get("obj"):
            context |= self._page(photo)
        return super().render_change_form(request, context, *args, **kwargs)

    def _page(self, photo: Photo) -> dict[str, Any]:
        family = self._family(photo)
        place = next((n for n, one in enumerate(family, start=1) if one.pk == photo.pk), 1)
        title = _("%(what)s, photograph %(place)s of %(all)s") % {
            "what": photo.piece or photo.collection or photo,
            "place": place,
            "all": len(family) or 1,
        }
        return {
            "title": title,
            "subtitle": None,
            "photo": photo,
            "strip": family,
            "role_hints": ROLE_HINTS,
            "next_photo": family[place] if place < len(family) else None,
            "stage": _stage(photo),
            "crops": _crops(photo),
            "back": self._back(photo),
            "original_bytes": _size(photo),
            "files": len(public_files.names(photo)),
        }

    def _family(self, photo: Photo) -> list[Photo]:
        """The photographs beside which this one is shown, in their order."""
        rows = Photo.objects.filter(designer=photo.designer_id).order_by("position", "pk")
        if photo.piece_id:
            return list(rows.filter(piece=photo.piece_id))
        return list(rows.filter(piece=None, collection=photo.collection_id)[:60])


CROPS = [
    ("card", gettext_lazy("card, 4:5"), 4, 5),
    ("lead", gettext_lazy("story head, 2:1"), 2, 1),
    ("thumb", gettext_lazy("thumb"), 4, 5),
    ("mail", gettext_lazy("letter, 3:2"), 3, 2),
]


def _crops(photo: Photo) -> list[dict[str, Any]]:
    """Each crop as the box of an SVG: pixels of the whole photograph."""
    if not (photo.width and photo.height):
        return []
    focal = (photo.focus_x, photo.focus_y)
    crops = []
    for name, label, across, down in CROPS:
        left, top, right, bottom = images.crop_box(photo.width, photo.height, across, down, focal)
        box = f"{left} {top} {right - left} {bottom - top}"
        crops.append({"name": name, "label": label, "box": box, "across": across, "down": down})
    return crops


def _stage(photo: Photo) -> dict[str, Any] | None:
    """The picture on which the point is pressed: whole, about twice its shown width."""
    if not photo.shape("full"):
        return None
    sizes = photo.shape("full")["sizes"]
    width, height = next((size for size in sizes if size[0] >= 2 * STAGE_WIDTH), sizes[-1])
    return {
        "src": f"{pictures.base_url()}{photo.shape('full')['base']}-{width}.webp",
        "width": STAGE_WIDTH,
        "height": round(STAGE_WIDTH * height / width),
    }


def _size(photo: Photo) -> int:
    """Bytes of the original; 0 when the storage has lost it."""
    try:
        return photo.original.size if photo.original else 0
    except OSError:
        return 0
