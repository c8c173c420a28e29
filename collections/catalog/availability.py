"""The four words for whether a piece can be had, and the word on the button beside each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import promise
from catalog.models import Piece, Variant
from designers.models import Designer


@dataclass(frozen=True, slots=True)
class Availability:
    """``state`` is available, held, made or sold; the words are for people."""

    state: str
    word: str
    button: str

    @property
    def in_lists(self) -> str:
        """In a list, what is sold says at once what one can still do."""
        return _("sold – ask for a sister piece") if self.state == "sold" else self.word


def of_piece(piece: Any) -> Availability:
    """Of a piece that ``PieceQuerySet.with_availability()`` has annotated."""
    if piece.has_free:
        return available()
    if piece.can_be_made:
        return to_be_made(piece)
    return held(piece.held_until) if piece.has_held else sold()


def of_variant(variant: Variant, piece: Piece) -> Availability:
    """Of one size; ``piece`` is the variant's, with its designer, so that nothing is queried."""
    if variant.is_free:
        return available()
    if variant.is_makeable_of(piece):
        return to_be_made(piece)
    return held(variant.held_until) if variant.stock else sold()


def available() -> Availability:
    return Availability("available", _("available"), _("Put in the basket"))


def held(until: datetime | None) -> Availability:
    """``until`` is aware; None while somebody pays and nobody knows for how long."""
    word = _("in a basket until %(time)s") % {"time": clock(until)} if until else _("in a basket")
    return Availability("held", word, _("Tell me if it returns"))


def to_be_made(piece: Piece) -> Availability:
    """Made to order, beginning today or when its maker is back at the bench."""
    return made(piece.designer, promise.making_days(piece.designer, piece.lead_days))


def made(designer: Designer, days: int) -> Availability:
    word = _("made by %(name)s for you in %(time)s") % {
        "name": designer.short_name,
        "time": duration(days),
    }
    return Availability("made", word, _("Have it made"))


def sold() -> Availability:
    return Availability("sold", _("sold"), _("Ask for a sister piece"))


def clock(moment: datetime) -> str:
    """The shop's time of day, as in 14:32."""
    return time_format(localtime(moment), "H:i")


def duration(days: int) -> str:
    """Working time as makers say it: days up to ten, then whole weeks, rounded up."""
    if days <= 10 and days != 7:
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    weeks = -(-days // 7)
    return ngettext("%(count)d week", "%(count)d weeks", weeks) % {"count": weeks}
