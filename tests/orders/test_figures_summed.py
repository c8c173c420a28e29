"""Figures of months that are over are added up once, and read the same as before."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from catalog.models import Piece
from designers.models import Designer
from orders.figures import reading, summing
from orders.figures.period import MONTH, QUARTER, YEAR, Period
from orders.models import DaySum, Figure, MonthSum
from tests import factories as make

pytestmark = pytest.mark.django_db
DAYS = [0, 1, 20, 40, 41, 75, 130, 200, 380, 500]


@pytest.fixture
def ring(ines: Designer) -> Piece:
    """Looked at, put in a basket and asked for on some days of two years."""
    ring = make.make_piece(collection=make.make_collection(designer=ines), title="Tidestone ring")
    for ago in DAYS:
        day = localdate() - timedelta(ago)
        count(ring, day, 3 + ago)
        count(ring, day, 1, kind="basket", size="54")
        count(ring, day, 2, kind="asked", size="60")
        Figure.objects.create(
            day=day, kind="view", subject="inspiration", subject_id=1, number=ago, designer=None
        )
    return ring


def count(piece: Piece, day: date, number: int, *, kind: str = "view", size: str = "") -> None:
    whose = {"subject": "piece", "subject_id": piece.pk, "designer": piece.designer}
    Figure.objects.create(day=day, kind=kind, size=size, number=number, **whose)


def told(makers: list[int] | None) -> list[Any]:
    periods = [Period.of(span, localdate()) for span in (MONTH, QUARTER, YEAR)]
    return [
        reading.read(makers, period)
        for period in [*periods, *(one.before for one in periods), Period.lately()]
    ]


def test_they_read_the_same(ring: Piece) -> None:
    whose = [[ring.designer_id], None]
    before = [told(makers) for makers in whose]
    assert summing.sum_up() >= 5
    assert [told(makers) for makers in whose] == before
    count(ring, localdate(), 1_000, size="55")
    assert told(None)[0].seen.total == before[1][0].seen.total + 1_000


def test_what_is_added_up_is_read_instead(ring: Piece) -> None:
    before = told(None)[5]
    summing.sum_up()
    last_year = date(localdate().year - 1, 1, 1)
    Figure.objects.filter(day__lt=last_year + timedelta(365)).delete()
    assert told(None)[5] == before


def test_only_months_that_are_over_and_each_once(ring: Piece) -> None:
    summing.sum_up()
    rows = list(DaySum.objects.values()), list(MonthSum.objects.values())
    assert summing.sum_up() == 0
    month = localdate().replace(day=1)
    assert not MonthSum.objects.filter(month__gte=month).exists()
    summing._sum_up((month - timedelta(1)).replace(day=1))  # as another sweep beside this one
    assert (list(DaySum.objects.values()), list(MonthSum.objects.values())) == rows
