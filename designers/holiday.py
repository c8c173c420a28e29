"""Away from the bench: from which day, until when, and how the shop says so.

A holiday holds for the local days of the shop, by its dates alone: no task begins or ends it.
It counts from its first day to the last one before the maker is back.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from designers.models import Designer


@dataclass(frozen=True, slots=True)
class Holiday:
    """One that is to come or goes on: ``first`` is away, ``back`` is at the bench again."""

    name: str
    first: date
    back: date
    note: str

    def covers(self, day: date) -> bool:
        return self.first <= day < self.back

    @property
    def length(self) -> timedelta:
        return self.back - self.first

    @property
    def is_now(self) -> bool:
        return self.covers(localdate())

    def puts_off(self, posted: date) -> bool:
        """Whether a day that was promised as of today lies behind it."""
        return posted >= self.first

    @property
    def words(self) -> str:
        """``Inês is away, and back at the bench on Thursday 7 January.``"""
        days = {"name": self.name, "first": _weekday(self.first), "back": _weekday(self.back)}
        if self.is_now:
            return _("%(name)s is away, and back at the bench on %(back)s.") % days
        return _("%(name)s is away from %(first)s and back at the bench on %(back)s.") % days

    @property
    def invitation(self) -> str:
        """What a shopper can do meanwhile."""
        if self.is_now:
            return _("You can order as ever: it leaves after that day.")
        return _("What cannot leave before leaves after that.")


def of(designer: Designer, since: date | None = None) -> Holiday | None:
    """The maker's holiday, unless it is over on a day (today)."""
    first, back = designer.away_from, designer.back_on
    if first is None or back is None or back <= (since or localdate()):
        return None
    return Holiday(designer.short_name, first, back, designer.away_note)


def begin(designer: Designer, *, first: date, back: date, note: str) -> None:
    """Be away from a day on; what was promised to somebody before keeps its day."""
    designer.away_from, designer.back_on, designer.away_note = first, back, note
    designer.save(update_fields=["away_from", "back_on", "away_note"])


def end(designer: Designer) -> None:
    """Be back today; a holiday that has not begun is called off. What is over stays as it was."""
    away, today = of(designer), localdate()
    if away and away.first < today:
        begin(designer, first=away.first, back=today, note=away.note)
    elif away:
        Designer.objects.filter(pk=designer.pk).update(away_from=None, back_on=None, away_note="")
        designer.away_from = designer.back_on = None
        designer.away_note = ""


def _weekday(day: date) -> str:
    return date_format(day, "l j F")
