"""What a page may say was looked at, and which size somebody may say they wanted."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.models import Piece
from orders.models import Figure

_LARGEST_ID = 2**63 - 1
# Whole millimetres of circumference and centimetres of length that people wear.
RINGS, LENGTHS = range(40, 77), range(10, 151)


class SeenForm(forms.Form):
    """``what`` (piece, collection, designer, inspiration) and its ``id``."""

    what = forms.ChoiceField(choices=Figure.Subject.choices)
    id = forms.IntegerField(min_value=1, max_value=_LARGEST_ID)


class SizeForm(forms.Form):
    """A size of a piece in the shop: as a number, or as one of its variants' own."""

    piece = forms.ModelChoiceField(Piece.objects.none())
    size = forms.CharField(max_length=40)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        shown = Piece.objects.published().exclude(making=Piece.Making.ONE_OF_A_KIND)
        self.fields["piece"].queryset = shown.select_related("designer")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors:
            data["size"] = self._named(data["piece"], " ".join(data["size"].split()))
        return data

    def _named(self, piece: Piece, typed: str) -> str:
        """Its name as the piece's other sizes are written; nobody's own words are kept."""
        for label in piece.variants.values_list("label", flat=True):
            if label and label.lower() == typed.lower():
                return label
        number = typed.lower().removesuffix("cm").removesuffix("mm").strip()
        if number.isascii() and number.isdigit():
            if piece.sized == Piece.Sized.RING and int(number[:4]) in RINGS:
                return number
            if piece.sized == Piece.Sized.LENGTH and int(number[:4]) in LENGTHS:
                return f"{number} cm"
        raise ValidationError(_("Say the size as a number, as they stand above."))
