"""The day of a promise is a working day, and never earlier than the work allows."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import promise
from designers.models import Designer

MAKER = Designer(processing_days=2)
THURSDAY, FRIDAY, SATURDAY = date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 28)


@pytest.mark.parametrize(
    ("since", "posted"),
    [
        (THURSDAY, date(2026, 11, 30)),
        (FRIDAY, date(2026, 12, 1)),
        (SATURDAY, date(2026, 12, 2)),
    ],
)
def test_what_is_ready_leaves_after_the_makers_working_days(since: date, posted: date) -> None:
    assert promise.post_by(MAKER, since=since) == posted


def test_making_counts_every_day_and_packing_the_working_ones() -> None:
    assert promise.post_by(MAKER, lead_days=21, since=THURSDAY) == date(2026, 12, 21)


def test_engraving_takes_four_days_more() -> None:
    assert promise.post_by(MAKER, engraved=True, since=THURSDAY) == date(2026, 12, 4)


def test_it_arrives_after_its_days_on_the_way() -> None:
    assert promise.arrives_by(date(2026, 11, 30), 3) == date(2026, 12, 3)
    assert promise.arrives_by(FRIDAY, 1) == date(2026, 11, 30)


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)), st.integers(0, 400), st.integers(0, 60))
def test_no_promise_falls_on_a_weekend(since: date, lead_days: int, days: int) -> None:
    maker = Designer(processing_days=days)
    posted = promise.post_by(maker, lead_days=lead_days, since=since)
    assert posted.weekday() < 5
    assert (posted - since).days >= lead_days
