"""What people may type: into the buy box, the basket, the checkout, and to find an order."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Piece, Variant
from designers.models import Designer
from orders.cart import MOST_OF_ONE
from orders.models import GiftWish
from shop.address_field import AddressField

_LARGEST_ID = 2**63 - 1
PARCELS = gettext_lazy("We need an address to write to about your parcels.")
_TOO_LONG = 19  # digits: more are no id


class AddForm(forms.Form):
    """A piece in one size, as the buy box sends it: a variant, or a piece and its size."""

    variant = forms.IntegerField(min_value=1, max_value=_LARGEST_ID, required=False)
    piece = forms.SlugField(max_length=80, required=False, allow_unicode=True)
    size = forms.CharField(max_length=40, required=False)
    quantity = forms.IntegerField(min_value=1, max_value=MOST_OF_ONE, required=False)
    engraving = forms.CharField(max_length=60, required=False)
    # A collection's slug; what is no such thing is left out, not a mistake.
    story = forms.CharField(required=False)

    found_piece: Piece | None = None
    found_variant: Variant | None = None

    def clean_quantity(self) -> int:
        return int(self.cleaned_data["quantity"] or 1)

    def clean_engraving(self) -> str:
        return " ".join(str(self.cleaned_data["engraving"]).split())

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors:
            self.found_variant = self._variant(data)
            self.found_piece = self.found_variant.piece
            self._check_engraving(data["engraving"], self.found_piece)
        return data

    def _variant(self, data: dict[str, Any]) -> Variant:
        shown = Variant.objects.filter(
            piece__in=Piece.objects.published(), offered=True
        ).select_related("piece__designer")
        if data["variant"]:
            shown = shown.filter(pk=data["variant"])
        elif data["piece"]:
            shown = self._of_piece(shown, data["piece"], data["size"])
        else:
            raise ValidationError(_("Nothing was chosen. Choose a piece first."))
        if variant := shown.first():
            return variant
        raise ValidationError(_("This piece is no longer in the shop."))

    def _of_piece(self, shown: Any, piece: str, size: str) -> Any:
        is_number = piece.isascii() and piece.isdigit() and len(piece) < _TOO_LONG
        found = shown.filter(piece=int(piece)) if is_number else shown.filter(piece__slug=piece)
        if size:
            return found.filter(label=size)
        if found.count() > 1:
            self.found_piece = found[0].piece
            raise ValidationError(_("Choose a size."))
        return found

    def _check_engraving(self, engraving: str, piece: Piece) -> None:
        most = piece.engraving_letters
        if engraving and not most:
            self.add_error("engraving", _("This piece cannot be engraved."))
        elif len(engraving) > most:
            self.add_error(
                "engraving",
                _("There is room for %(most)s letters; these are %(count)s.")
                % {"most": most, "count": len(engraving)},
            )


class LineForm(forms.Form):
    """What somebody wants done with one line of the basket; a quantity alone is an act too."""

    act = forms.ChoiceField(
        choices=[(act, act) for act in ("extend", "release", "hold")], required=False
    )
    quantity = forms.IntegerField(min_value=1, max_value=MOST_OF_ONE, required=False)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors and not data["act"] and not data["quantity"]:
            raise ValidationError(_("Say how many, from one to ten."))
        return data


class GiftForm(forms.ModelForm[GiftWish]):
    """Whether one maker's parcel is a present. Accepts ``prefix``, one per maker."""

    class Meta:
        model = GiftWish
        fields = ["wrap", "hide_prices", "note"]
        widgets = {"note": forms.Textarea(attrs={"maxlength": 200, "rows": 3})}
        error_messages = {"note": {"max_length": gettext_lazy("A note has room for 200 letters.")}}

    def __init__(
        self,
        designer: Designer,
        typed: QueryDict | None = None,
        *,
        instance: GiftWish | None = None,
        form: str = "",
    ) -> None:
        self.designer = designer
        super().__init__(typed, instance=instance, prefix=f"gift-{designer.pk}")
        if form:  # it is filled in outside of the form that sends it
            for field in self.fields.values():
                field.widget.attrs["form"] = form
        help_id = f"{self['note'].id_for_label}-help"
        self.fields["note"].widget.attrs["aria-describedby"] = help_id


class CheckoutForm(forms.Form):
    """Where to, and to whom we write. Accepts the countries we post to, (code, name)."""

    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        error_messages={
            "required": gettext_lazy("Choose the country your parcels go to."),
            "invalid_choice": gettext_lazy("We do not post there yet. Choose another country."),
        },
    )
    field_order = ("email", "country")
    email = AddressField(label=gettext_lazy("E-mail"), required_words=PARCELS)

    def __init__(self, countries: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", _("Choose a country")), *countries]
        field.widget.attrs["autocomplete"] = "country"


class CodeForm(forms.Form):
    """A discount's code, typed or to be taken out; its fields belong to the form ``form_id``."""

    act = forms.ChoiceField(choices=[("code", "code"), ("no-code", "no-code")], required=False)
    code = forms.CharField(
        max_length=24,
        required=False,
        error_messages={"max_length": gettext_lazy("No code of this shop is so long.")},
    )

    def __init__(self, form_id: str, typed: QueryDict | None = None) -> None:
        super().__init__(typed, auto_id="discount-%s")
        self.form_id = form_id
        self.fields["code"].widget.attrs |= {
            "form": form_id,
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("act") == "code" and not data.get("code") and "code" not in self.errors:
            self.add_error("code", _("Write the code that you were given."))
        return data


class WaitingForm(forms.Form):
    """Which size somebody waits for, and the address that is told when it returns."""

    variant = forms.ModelChoiceField(
        Variant.objects.none(),
        label=gettext_lazy("Which one"),
        error_messages={
            "required": gettext_lazy("Choose what you wait for."),
            "invalid_choice": gettext_lazy("This piece is no longer in the shop."),
        },
    )
    email = AddressField(
        label=gettext_lazy("E-mail"),
        required_words=gettext_lazy("We need an address to write to when it returns."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["variant"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        shown = Piece.objects.published()
        field.queryset = Variant.objects.filter(offered=True, piece__in=shown)


class ClaimForm(forms.Form):
    """What is engraved on a piece that somebody waited for, if it can be."""

    engraving = forms.CharField(max_length=60, required=False)

    def clean_engraving(self) -> str:
        return " ".join(str(self.cleaned_data["engraving"]).split())


class FindForm(forms.Form):
    """An order's number and the address it was ordered with."""

    number = forms.CharField(
        label=gettext_lazy("Order number"),
        max_length=20,
        error_messages={"required": gettext_lazy("It stands in our letter, as in M-4K7QXP.")},
    )
    email = AddressField(label=gettext_lazy("E-mail"), required_words=PARCELS)

    def clean_number(self) -> str:
        number = "".join(str(self.cleaned_data["number"]).upper().split())
        return number if number.startswith("M-") else f"M-{number.removeprefix('M')}"


def mistakes(*filled: forms.BaseForm) -> list[tuple[str, str]]:
    """What is to be put right: the field's id and a sentence, in the order of the page."""
    return [
        (form[name].id_for_label if name in form.fields else "main", str(errors[0]))
        for form in filled
        for name, errors in form.errors.items()
    ]
