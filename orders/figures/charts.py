"""A row of numbers as bars, drawn by the server; static/js/workshop/figure-chart.js redraws it."""

import json
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from orders.figures.period import LATELY, YEAR, Period

# The drawing's own units; a stylesheet stretches it.
WIDTH, HEIGHT = 280, 72


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; ``is_peak`` is the first of the highest."""

    x: str
    y: str
    width: str
    height: str
    is_peak: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """So many times in each step of a period."""

    period: Period
    numbers: list[int]

    @classmethod
    def of(cls, period: Period, days: dict[date, int]) -> "Chart":
        numbers = [0] * len(period.steps())
        for day, number in days.items():
            if period.holds(day):
                numbers[period.step_of(day)] += number
        return cls(period, numbers)

    @property
    def total(self) -> int:
        return sum(self.numbers)

    @property
    def most(self) -> int:
        return max(self.numbers, default=0)

    @property
    def peak(self) -> str:
        """When it was the most, in words."""
        return self._said(self.period.steps()[self.numbers.index(self.most)])

    @property
    def rows(self) -> list[tuple[str, int]]:
        """Each step that has begun, with its number: the table behind the bars."""
        steps = zip(self.period.steps(), self.numbers, strict=True)
        return [(self._said(step), number) for step, number in steps if step <= localdate()]

    @property
    def begins(self) -> str:
        return self._said(self.period.first)

    @property
    def ends(self) -> str:
        is_now = self.period.span == LATELY
        return _("today") if is_now else self._said(self.period.steps()[-1])

    @property
    def bars(self) -> list[Bar]:
        """One for each step; what is nothing is still a line."""
        wide = WIDTH * 1000 // len(self.numbers)
        peak = self.numbers.index(self.most) if self.most else -1
        return [self._bar(place, wide, is_peak=place == peak) for place in range(len(self.numbers))]

    def _bar(self, place: int, wide: int, *, is_peak: bool) -> Bar:
        number = self.numbers[place]
        tall = max(1000, HEIGHT * 1000 * number // self.most) if number else 500
        gap = wide // 5
        return Bar(
            x=_thousandths(place * wide + gap // 2),
            y=_thousandths(HEIGHT * 1000 - tall),
            width=_thousandths(wide - gap),
            height=_thousandths(tall),
            is_peak=is_peak,
        )

    @property
    def data(self) -> str:
        """For the script: each step's words and number, as JSON."""
        steps = [self._said(step) for step in self.period.steps()]
        return json.dumps([steps, self.numbers], ensure_ascii=False)

    def _said(self, step: date) -> str:
        return date_format(step, "F" if self.period.span == YEAR else "j M")


def _thousandths(number: int) -> str:
    return f"{number // 1000}.{number % 1000:03}"
