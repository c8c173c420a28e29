"""What a shopper types after buying: what is to go back, which size, what broke."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.afterwards import aftersale_photo, aftersale_terms
from orders.models import AfterSale, OrderLine
from shop.images import ImageRefused

Kind = AfterSale.Kind
_TOO_LONG = gettext_lazy("There is room for %(limit_value)d letters; these are %(show_value)d.")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the parcel with the field in which it is chosen."""

    line: OrderLine
    field: BoundField


class TokenForm(forms.Form):
    """A form that is the same request however often it is sent."""

    token = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"invalid": "", "required": ""}
    )

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, initial={"token": uuid4()}, **more)

    def clean(self) -> dict[str, Any]:
        if "token" in self.errors:
            del self.errors["token"]
            raise ValidationError(_("This page was too old. Load it again, please."))
        return self.cleaned_data


class CallOffForm(TokenForm):
    """Calling a parcel off; a word for the maker where it was begun."""

    words = forms.CharField(
        label=gettext_lazy("A word for the maker, if you like"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _TOO_LONG},
    )


class AskForm(TokenForm):
    """A return, another size or a mend: of which lines, how many, and why."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=[("", gettext_lazy("Choose what fits best")), *AfterSale.Reason.choices],
        error_messages={
            "required": gettext_lazy("Choose what fits best: the maker learns from it."),
            "invalid_choice": gettext_lazy("Choose one of these."),
        },
    )
    new_size = forms.CharField(
        label=gettext_lazy("The size you need"),
        max_length=40,
        error_messages={
            "required": gettext_lazy("Say which size, as in 54, or “half a size wider”."),
            "max_length": _TOO_LONG,
        },
    )
    words = forms.CharField(
        label=gettext_lazy("In your words"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "max_length": _TOO_LONG,
            "required": gettext_lazy("Say what is wrong with it, as well as you can."),
        },
    )

    photo = forms.FileField(
        label=gettext_lazy("A photograph of it, if you like"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        error_messages={"empty": gettext_lazy("There is nothing in this file.")},
    )

    def __init__(
        self, kind: str, lines: list[OrderLine], data: Any = None, files: Any = None
    ) -> None:
        super().__init__(data, files=files, label_suffix="")
        self.kind, self.lines = kind, lines
        self.parts: dict[int, int] = {}
        if kind != Kind.RETURN:
            del self.fields["reason"]
        if kind != Kind.RESIZE:
            del self.fields["new_size"]
        else:
            del self.fields["photo"]
        self.fields["words"].required = kind == Kind.REPAIR
        for line in lines:
            self.fields[f"line_{line.pk}"] = self._field(line)

    def _field(self, line: OrderLine) -> forms.Field:
        free, alone = aftersale_terms.free(line), len(self.lines) == 1
        if free == 1:
            return forms.BooleanField(label=str(line), required=False, initial=alone)
        return forms.TypedChoiceField(
            label=str(line),
            coerce=int,
            required=False,
            choices=[(n, str(n) if n else _("none")) for n in range(free + 1)],
            initial=1 if alone else 0,
            error_messages={"invalid_choice": _("At most %d of these can be chosen.") % free},
        )

    @property
    def rows(self) -> Iterator[Row]:
        for line in self.lines:
            yield Row(line, self[f"line_{line.pk}"])

    @property
    def said(self) -> list[BoundField]:
        """The fields below the pieces."""
        return [
            self[name] for name in ("reason", "new_size", "words", "photo") if name in self.fields
        ]

    def clean_photo(self) -> ContentFile[bytes] | None:
        """The clean picture; ``None`` without one."""
        sent = self.cleaned_data["photo"]
        try:
            return aftersale_photo.clean(sent, sent.name) if sent else None
        except ImageRefused as reason:
            raise ValidationError(str(reason)) from reason

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        chosen = {line.pk: int(cleaned.get(f"line_{line.pk}") or 0) for line in self.lines}
        self.parts = {pk: count for pk, count in chosen.items() if count}
        first = f"line_{self.lines[0].pk}"
        if not self.parts and not any(name.startswith("line_") for name in self.errors):
            self.add_error(first, _("Choose a piece first."))
        if self.kind == Kind.RESIZE and len(self.parts) > 1:
            self.add_error(first, _("One piece at a time: each has a size of its own."))
        if self.errors and cleaned.get("photo"):
            # The only thing that a page cannot hand back as it was.
            self.add_error("photo", _("Choose the photograph once more, please."))
        return cleaned


class StepForm(forms.Form):
    """What a shopper does with a request: one act for each button."""

    act = forms.ChoiceField(
        choices=[(act, act) for act in ("approve", "withdraw", "post")],
        error_messages={
            "required": gettext_lazy("Choose one of the buttons."),
            "invalid_choice": gettext_lazy("Choose one of the buttons."),
        },
    )
    tracking = forms.CharField(
        label=gettext_lazy("Number on the slip of the post, if you have one"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
        error_messages={"max_length": _TOO_LONG},
    )
