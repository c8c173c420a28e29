"""What a maker can do about a size that is asked for in vain."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog import availability
from catalog.models import Variant
from orders.figures.reading import Asked


@dataclass(frozen=True, slots=True)
class Offer:
    """A size, how it stands with it now, and the act that would offer it."""

    asked: Asked
    stands: str
    act: str
    url: str
    # Of the most that any of them was asked for.
    most: int


def offers(asked: list[Asked], *, most: int) -> list[Offer]:
    """For so many of the sizes asked for most; one query."""
    shown = asked[:most]
    known = _variants(shown)
    top = max((one.number for one in shown), default=0)
    return [_offer(one, known.get((one.piece, one.size)), top) for one in shown]


def _variants(asked: Iterable[Asked]) -> dict[tuple[int, str], Variant]:
    pieces = {one.piece for one in asked}
    found = Variant.objects.filter(piece__in=pieces).select_related("piece__designer")
    return {(variant.piece_id, variant.label): variant for variant in found}


def _offer(asked: Asked, variant: Variant | None, most: int) -> Offer:
    """The piece's page takes ``?offer=<size>``: a new size is laid out there, ready to be kept."""
    page = reverse("admin:catalog_piece_change", args=[asked.piece])
    if variant is not None and variant.offered:
        found = availability.of_variant(variant, variant.piece)
        return Offer(asked, found.word, _("See its sizes"), page, most)
    url = f"{page}?{urlencode({'offer': asked.size})}" if asked.size else page
    return Offer(asked, _("not made"), _("Offer %s") % asked.size, url, most)
