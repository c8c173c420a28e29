"""The story's blocks below a collection: each kind shows its own few fields."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.admin import choices, looks
from catalog.models import Collection, Photo, Piece, Pin, StoryBlock
from designers.ownership import OwnedForm, OwnedStacked

Kind = StoryBlock.Kind
FIELDS = {
    Kind.TEXT: ["heading", "text"],
    Kind.QUOTE: ["text", "attribution"],
    Kind.PHOTOGRAPH: ["photo", "caption", "width"],
    Kind.PAIR: ["photo", "caption", "second_photo", "second_caption"],
    Kind.HOTSPOT: ["photo", "caption"],
    Kind.BESIDE: ["heading", "text", "piece", "turned"],
    Kind.PIECE_LINE: ["piece"],
}
MARKDOWN_HELP = _("An empty line begins a paragraph. *Stars* make italics.")


# The width in pixels at which a pinned photograph is shown; a press on it tells such pixels.
PINNED_WIDTH = 300
# Blocks of a story.
MOST = 80


def pinned_height(photo: Photo) -> int:
    """The height in pixels of a photograph shown at ``PINNED_WIDTH``."""
    return round(PINNED_WIDTH * photo.height / (photo.width or 1))


class PhotoChoiceField(forms.ModelChoiceField[Photo]):
    """Photographs by what they show; by their file's name while nobody has said it."""

    def label_from_instance(self, obj: Photo) -> str:
        return choices.photo_words(obj)


class PinForm(forms.ModelForm[Pin]):
    class Meta:
        model = Pin
        fields = ["piece", "x", "y"]


class PinRows(forms.BaseInlineFormSet[Pin, StoryBlock, PinForm]):
    """The pins of a photograph; they and their choices are read once for the whole story."""

    def get_queryset(self) -> Any:
        if not hasattr(self, "_queryset"):
            known = self.instance.pk and "pins" in getattr(
                self.instance, "_prefetched_objects_cache", {}
            )
            self._queryset: Any = list(self.instance.pins.all()) if known else Pin.objects.none()
        return self._queryset

    def add_fields(self, form: PinForm, index: int | None) -> None:
        super().add_fields(form, index)
        collection = self.instance.collection
        pieces = [p for p in choices.pieces_of(collection) if p.collection_id == collection.pk]
        field = cast("forms.ModelChoiceField[Piece]", form.fields["piece"])
        field.queryset = collection.pieces.all()
        field.choices = [choices.EMPTY, *((piece.pk, str(piece)) for piece in pieces)]


PinFormSet = forms.inlineformset_factory(
    StoryBlock, Pin, form=PinForm, formset=PinRows, extra=1, can_delete=True, max_num=20
)


class StoryBlockForm(OwnedForm):
    """Only the fields of the block's kind; its place is moved by buttons or by hand."""

    # An added block is one, also before anything is written in it.
    always_used = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [*FIELDS.get(Kind(self.instance.kind), []), "position", "kind"]
        for name in set(self.fields) - set(shown):
            del self.fields[name]
        self.order_fields(shown)
        self.fields["position"].widget = forms.HiddenInput(attrs={"data-position": ""})
        self.fields["position"].required = False
        self.fields["kind"].widget = forms.HiddenInput()
        self.fields["kind"].required = False
        if self.instance.kind == Kind.QUOTE:
            self.fields["text"].label = gettext("What was said")
            self.fields["text"].help_text = ""
        self.pins = self._pins() if self.instance.kind == Kind.HOTSPOT else None

    def _pins(self) -> Any:
        """The pins on this block's photograph: rows within the row."""
        prefix = f"{self.prefix}-pins"
        data = self.data if self.is_bound else None
        return PinFormSet(data, instance=self.instance, prefix=prefix)

    @property
    def key(self) -> str:
        """How the page's buttons call it: by its number, or its place among the new ones."""
        return str(self.instance.pk or getattr(self, "new_key", ""))

    @property
    def pin_places(self) -> list[tuple[Any, Any]]:
        """Per cent from the left and the top of each pin, as the form says."""
        rows = self.pins.forms if self.pins is not None else []
        places = [(row["x"].value(), row["y"].value()) for row in rows]
        return [(x, y) for x, y in places if x not in {None, ""} and y not in {None, ""}]

    @property
    def place(self) -> int:
        """Where it stands in the story, as far as the form says."""
        value = str(self["position"].value() or 0)
        return int(value) if value.isdecimal() else 0

    @property
    def is_gone(self) -> bool:
        return bool(self.is_bound and "DELETE" in self.fields and self["DELETE"].value())

    @property
    def summary(self) -> str:
        """The one line that stands for a closed block."""
        return summary(self.instance)

    @property
    def pictures(self) -> list[tuple[str, int, int]]:
        """Address, width and height of each photograph that the block has."""
        shown = [self.instance.photo, self.instance.second_photo]
        return [file for photo in shown if (file := looks.smallest(photo))]

    @property
    def pinned_picture(self) -> tuple[str, int, int] | None:
        """The photograph at the width at which a press on it is measured."""
        photo = self.instance.photo
        file = looks.smallest(photo, "full")
        if photo is None or file is None:
            return None
        return file[0], PINNED_WIDTH, pinned_height(photo)

    def clean_kind(self) -> str:
        """A block keeps its kind."""
        kind: str = self.instance.kind
        return kind

    def clean_position(self) -> int:
        place: int | None = self.cleaned_data["position"]
        return self.instance.position if place is None else place

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.pins is not None and self.pins.is_bound and not self.pins.is_valid():
            raise ValidationError(gettext("A pin needs its piece and its two numbers."))
        return cleaned

    def has_changed(self) -> bool:
        is_new = self.instance._state.adding
        return is_new or super().has_changed() or bool(self.pins and self.pins.has_changed())

    def save(self, commit: bool = True) -> Any:
        saved = super().save(commit)
        if self.pins is not None and self.pins.is_bound:
            self.pins.save(commit)
        return saved


class StoryFormSet(forms.BaseInlineFormSet[StoryBlock, Collection, StoryBlockForm]):
    """Blocks in the order they are read, numbered anew when they were moved."""

    def __iter__(self) -> Iterator[StoryBlockForm]:
        """As the page shows them: in the order that the form says."""
        return iter(sorted(self.forms, key=lambda form: form.place))

    @property
    def there(self) -> list[StoryBlockForm]:
        return [form for form in self if not form.is_gone]

    @property
    def gone(self) -> list[StoryBlockForm]:
        """What was removed from the draft and can be brought back."""
        return [form for form in self if form.is_gone]

    def _construct_form(self, i: int, **kwargs: Any) -> StoryBlockForm:
        """A new block's kind is known before its form, which has the fields of that kind."""
        is_new = self.is_bound and i >= self.initial_form_count()
        if is_new:
            kind = self.data.get(f"{self.add_prefix(i)}-kind", "")
            kind = kind if kind in Kind.values else Kind.TEXT
            kwargs["instance"] = StoryBlock(collection=self.instance, kind=kind)
        form: StoryBlockForm = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        if is_new:
            form.new_key = f"new-{i - self.initial_form_count()}"  # type: ignore[attr-defined]
        return form

    def save(self, commit: bool = True) -> Any:
        saved = super().save(commit)
        renumber(self.instance)
        return saved


def renumber(collection: Collection) -> None:
    """Give each block its place, 1, 2, 3 …; writes only those that moved."""
    for place, block in enumerate(collection.blocks.order_by("position", "pk"), start=1):
        if block.position != place:
            block.position = place
            block.save(update_fields=["position"])


class StoryInline(OwnedStacked):
    model = StoryBlock
    form = StoryBlockForm
    formset = StoryFormSet  # type: ignore[assignment]
    owner_path = "collection__designer"
    template = "admin/catalog/collection/story.html"
    extra = 0
    max_num = MOST
    fields = [
        "heading",
        "text",
        "attribution",
        "photo",
        "caption",
        "second_photo",
        "second_caption",
        "piece",
        "width",
        "turned",
        "position",
        "kind",
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[StoryBlock]:
        rows = super().get_queryset(request).select_related("photo", "second_photo", "piece")
        return rows.prefetch_related("pins").order_by("position", "pk")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if obj:
            choices.lay_out(request, obj, self.designer_of(obj))
        return super().get_formset(request, obj, **{"absolute_max": MOST + 20, **kwargs})

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "text":
            field.help_text = MARKDOWN_HELP
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.remote_field.model is Photo:
            kwargs["form_class"] = PhotoChoiceField
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def summary(block: StoryBlock) -> str:
    """The one line that stands for a closed block."""
    if block.kind in {Kind.PHOTOGRAPH, Kind.PAIR, Kind.HOTSPOT}:
        words = block.caption or (block.photo.alt if block.photo else gettext("no photograph yet"))
    elif block.kind == Kind.PIECE_LINE:
        words = str(block.piece or gettext("no piece yet"))
    else:
        words = block.heading or block.text or gettext("no words yet")
    return Truncator(words).chars(70)
