"""Adding up the figures of months that are over, once; the sweep does it (docs/figures.md).

By day what a maker's things had, by month what each thing had: a year of a shop with thousands
of pieces is then read from some thousand rows instead of some hundred thousand.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, Sum
from django.utils.timezone import localdate

from orders.makers.statements import next_month
from orders.models import DaySum, Figure, MonthSum

_BATCH = 2_000
# What began to be counted before midnight is written by then.
_LATE = timedelta(1)


def sum_up() -> int:
    """Add up each month that is over and is not added up; how many there were."""
    done = 0
    while month := _next():
        _sum_up(month)
        done += 1
    return done


def _next() -> date | None:
    """The first day of the oldest month to do: always in order, so that the last tells all."""
    last = DaySum.objects.aggregate(last=Max("day"))["last"]
    rows = Figure.objects.filter(day__gt=last) if last else Figure.objects.all()
    ends = (localdate() - _LATE).replace(day=1)
    first: date | None = rows.filter(day__lt=ends).aggregate(first=Min("day"))["first"]
    return first.replace(day=1) if first else None


def _sum_up(month: date) -> None:
    """Both or none; two sweeps at once write the same rows, and the later one's are passed over.

    Read before the transaction, which keeps others from writing (SQLite): it does not change.
    """
    figures = Figure.objects.order_by().filter(day__gte=month, day__lt=next_month(month))
    things = figures.values("kind", "subject", "subject_id", "size", "designer_id")
    days = figures.values("day", "kind", "designer_id")
    months = [MonthSum(month=month, **row) for row in _summed(things)]
    by_day = [DaySum(**row) for row in _summed(days)]
    with transaction.atomic():
        MonthSum.objects.bulk_create(months, _BATCH, ignore_conflicts=True)
        DaySum.objects.bulk_create(by_day, _BATCH, ignore_conflicts=True)


def _summed(rows: Any) -> Iterator[dict[str, Any]]:
    for row in rows.annotate(many=Sum("number")):
        yield {"number": row.pop("many"), **row}
