"""The days that figures are told of: a month, a quarter, a year, or the last four weeks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from django.utils.formats import date_format
from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.makers.statements import next_month

MONTH, QUARTER, YEAR, LATELY = "month", "quarter", "year", "lately"
SPANS = [
    (MONTH, gettext_lazy("a month")),
    (QUARTER, gettext_lazy("a quarter")),
    (YEAR, gettext_lazy("a year")),
]
_MONTHS = {MONTH: 1, QUARTER: 3, YEAR: 12}
DAYS_LATELY = 28


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day up to, and without, ``ends``; days of the shop's time zone."""

    span: str
    first: date
    ends: date

    @classmethod
    def of(cls, span: str, day: date) -> Self:
        """The month, quarter or year in which that day is."""
        months = _MONTHS[span]
        first = date(day.year, (day.month - 1) // months * months + 1, 1)
        return cls(span, first, next_month(first, months))

    @classmethod
    def lately(cls) -> Self:
        """The last four weeks, today included."""
        ends = localdate() + timedelta(1)
        return cls(LATELY, ends - timedelta(DAYS_LATELY), ends)

    @property
    def before(self) -> "Period":
        """As long a time, just before."""
        if self.span == LATELY:
            return Period(LATELY, self.first - timedelta(DAYS_LATELY), self.first)
        return Period.of(self.span, self.first - timedelta(1))

    @property
    def is_over(self) -> bool:
        """Whether all of its days are."""
        return self.ends <= localdate()

    @property
    def is_of_months(self) -> bool:
        """Whether it begins and ends with a month."""
        return self.span != LATELY

    def so_far(self, day: date) -> bool:
        """Whether a day is in the time before; while this goes on, as early in it as today."""
        early = self.is_over or day - self.before.first <= self.last - self.first
        return early and self.before.holds(day)

    @property
    def after(self) -> "Period | None":
        """The one that follows, unless it has not begun yet."""
        return Period.of(self.span, self.ends) if self.ends <= localdate() else None

    @property
    def last(self) -> date:
        """Its last day, or today while it goes on."""
        return min(self.ends - timedelta(1), max(localdate(), self.first))

    @property
    def month(self) -> str:
        """Its first month as an address has it."""
        return f"{self.first:%Y-%m}"

    @property
    def name(self) -> str:
        """As a heading: November 2026, July to September 2026, 2026."""
        if self.span == MONTH:
            return date_format(self.first, "F Y")
        if self.span == YEAR:
            return str(self.first.year)
        last = date_format(self.ends - timedelta(1), "F Y")
        return _("%(first)s to %(last)s") % {"first": date_format(self.first, "F"), "last": last}

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Its beginning and its end (aware)."""
        return _midnight(self.first), _midnight(self.ends)

    def holds(self, day: date) -> bool:
        """Whether the day is in it."""
        return self.first <= day < self.ends

    def steps(self) -> list[date]:
        """The first day of each bar of its charts: days, and months of a year."""
        if self.span == YEAR:
            return [date(self.first.year, month, 1) for month in range(1, 13)]
        return [self.first + timedelta(day) for day in range((self.ends - self.first).days)]

    def step_of(self, day: date) -> int:
        """In which of its steps a day is."""
        return day.month - 1 if self.span == YEAR else (day - self.first).days


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=get_current_timezone())
