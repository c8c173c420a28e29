"""While a maker is away no day is promised: not of what is ready, not of what is made."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import promise
from designers import holiday
from designers.models import Designer

# From Monday the 14th; back on Monday the 28th of December 2026.
FIRST, BACK = date(2026, 12, 14), date(2026, 12, 28)


def maker(**columns: object) -> Designer:
    kept = {"processing_days": 2, "away_from": FIRST, "back_on": BACK, "short_name": "Inês"}
    return Designer(**kept | columns)


@pytest.mark.parametrize(
    ("since", "lead_days", "posted"),
    [
        # Ready: it leaves before (Friday the 11th), or when she is back.
        (date(2026, 12, 9), 0, date(2026, 12, 11)),
        (date(2026, 12, 10), 0, date(2026, 12, 28)),
        (date(2026, 12, 11), 0, date(2026, 12, 29)),
        (date(2026, 12, 20), 0, date(2026, 12, 30)),
        (date(2026, 12, 27), 0, date(2026, 12, 30)),
        # The day she is back is a day like any other.
        (BACK, 0, date(2026, 12, 30)),
        # Made: done before; waited out; begun on the day she is back.
        (date(2026, 11, 20), 7, date(2026, 12, 1)),
        (date(2026, 12, 4), 21, date(2027, 1, 12)),
        (date(2026, 12, 20), 21, date(2027, 1, 20)),
        (BACK, 21, date(2027, 1, 20)),
    ],
)
def test_the_day_moves_behind_the_holiday(since: date, lead_days: int, posted: date) -> None:
    assert promise.post_by(maker(), lead_days=lead_days, since=since) == posted


@pytest.mark.parametrize("engraved", [False, True])
def test_engraving_is_work_too(*, engraved: bool) -> None:
    posted = promise.post_by(maker(), engraved=engraved, since=date(2026, 12, 9))
    assert posted == (date(2026, 12, 31) if engraved else date(2026, 12, 11))


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.integers(1, 60),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.integers(0, 90),
    st.integers(0, 10),
)
def test_no_day_is_promised_within_one_and_none_becomes_earlier(
    first: date, length: int, since: date, lead_days: int, busy: int
) -> None:
    back = date.fromordinal(first.toordinal() + length)
    away = maker(away_from=first, back_on=back, processing_days=busy)
    there = Designer(processing_days=busy)
    posted = promise.post_by(away, lead_days=lead_days, since=since)
    plain = promise.post_by(there, lead_days=lead_days, since=since)
    assert posted >= plain
    assert not first <= posted < back or back <= since
    assert posted.weekday() < 5
    if back <= since or plain < first:
        assert posted == plain


def test_one_that_is_over_is_none() -> None:
    assert holiday.of(maker(), BACK) is None
    assert holiday.of(maker(), date(2026, 12, 27)) is not None
    assert holiday.of(Designer(), FIRST) is None
