"""What a page may say was looked at, and which size somebody may say they wanted."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog import size_runs
from catalog.index import PER_MILLIMETRE
from catalog.models import Piece
from orders.models import Figure

_LARGEST_ID = 2**63 - 1
_CENTIMETRE = 10 * PER_MILLIMETRE
_LONGEST = 150


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
        if piece.sized == Piece.Sized.NONE:
            raise ValidationError(_("This piece has one size."))
        try:
            run = size_runs.read(typed, ring=piece.sized == Piece.Sized.RING)
        except size_runs.NotARun:
            run = None
        if run is None or len(run.sizes) > 1:
            raise ValidationError(_("Say one size, as a number."))
        return _ring(run.sizes[0]) if run.is_ring else _length(run.sizes[0])


def _ring(size: int) -> str:
    """Whole millimetres around: a finger feels no less, and wishes are to add up."""
    return str((size + PER_MILLIMETRE // 2) // PER_MILLIMETRE)


def _length(size: int) -> str:
    """Whole centimetres, up to one and a half metres."""
    centimetres = max(1, (size + _CENTIMETRE // 2) // _CENTIMETRE)
    if centimetres > _LONGEST:
        raise ValidationError(str(size_runs.REFUSALS["beyond"]))
    return f"{centimetres} cm"


class OfferForm(forms.Form):
    """What the press beside a size sends: the piece's primary key and the size's name."""

    offer = forms.RegexField(r"^[0-9]{1,18} .{1,40}$")

    @property
    def wanted(self) -> tuple[int, str]:
        """The piece and the size."""
        piece, _space, size = self.cleaned_data["offer"].partition(" ")
        return int(piece), size
