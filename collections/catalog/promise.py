"""When a parcel leaves the bench and when it arrives: one honest date each, never a range."""

from datetime import date, timedelta

from django.utils.timezone import localdate

from designers.models import Designer

ENGRAVING_DAYS = 4
# On the way within Europe, in working days, where no rate is known yet.
USUAL_POST_DAYS = 3
_SATURDAY = 5


def post_by(
    designer: Designer, *, lead_days: int = 0, engraved: bool = False, since: date | None = None
) -> date:
    """The working day on which the maker posts at the latest.

    ``lead_days`` are the calendar days to make the slowest of its pieces (0: all are ready),
    ``since`` is the day of the order in the shop's time zone (today).
    """
    made = (since or localdate()) + timedelta(days=lead_days)
    busy = designer.processing_days + (ENGRAVING_DAYS if engraved else 0)
    return after_working_days(made, busy)


def arrives_by(posted: date, days_on_the_way: int) -> date:
    """The working day on which a parcel posted then is there at the latest."""
    return after_working_days(posted, days_on_the_way)


def after_working_days(start: date, days: int) -> date:
    """So many working days, Monday to Friday, after a date; with 0 the next one from it on."""
    day = _working(start)
    for _day in range(days):
        day = _working(day + timedelta(days=1))
    return day


def _working(day: date) -> date:
    over = day.weekday() - _SATURDAY
    return day if over < 0 else day + timedelta(days=2 - over)
