"""When a parcel leaves the bench and when it arrives: one honest date each, never a range.

While a maker is away nothing is made or posted: the days of a holiday do not count.
"""

from datetime import date, timedelta

from django.utils.timezone import localdate

from designers import holiday
from designers.holiday import Holiday
from designers.models import Designer

ENGRAVING_DAYS = 4
# On the way within Europe, in working days, where no rate is known yet.
USUAL_POST_DAYS = 3
_SATURDAY = 5


def post_by(
    designer: Designer, *, lead_days: int = 0, engraved: bool = False, since: date | None = None
) -> date:
    """The working day on which the maker posts at the latest, never one of their holiday.

    ``lead_days`` are the calendar days to make the slowest of its pieces (0: all are ready),
    ``since`` is the day of the order in the shop's time zone (today).
    """
    start = since or localdate()
    away = holiday.of(designer, start)
    made = _made(start, lead_days, away)
    busy = designer.processing_days + (ENGRAVING_DAYS if engraved else 0)
    return after_working_days(made, busy, away)


def making_days(designer: Designer, lead_days: int) -> int:
    """In how many calendar days from today a piece is made that takes ``lead_days`` of work."""
    today = localdate()
    return (_made(today, lead_days, holiday.of(designer, today)) - today).days


def arrives_by(posted: date, days_on_the_way: int) -> date:
    """The working day on which a parcel posted then is there at the latest."""
    return after_working_days(posted, days_on_the_way)


def after_working_days(start: date, days: int, away: Holiday | None = None) -> date:
    """So many working days, Monday to Friday, after a date; with 0 the next one from it on."""
    day = _working(start, away)
    for _day in range(days):
        day = _working(day + timedelta(days=1), away)
    return day


def _made(start: date, lead_days: int, away: Holiday | None) -> date:
    """Ordered in a holiday it is begun on the first day back; one on the way is waited out."""
    if away and away.covers(start):
        start = away.back
    made = start + timedelta(days=lead_days)
    return made + away.length if away and start < away.first <= made else made


def _working(day: date, away: Holiday | None) -> date:
    if away and away.covers(day):
        day = away.back
    over = day.weekday() - _SATURDAY
    day = day if over < 0 else day + timedelta(days=2 - over)
    return _working(day, away) if away and away.covers(day) else day
