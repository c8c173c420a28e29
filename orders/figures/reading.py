"""The figures of a period, read in four queries however much there is, five with the sizes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import CharField, DateField, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest, TruncDate

from catalog.models import Collection, Piece
from orders.banks import standing
from orders.figures.charts import Chart
from orders.figures.period import Period
from orders.models import DaySum, Figure, MonthSum, OrderLine

_Kind, _Subject = Figure.Kind, Figure.Subject
type Key = tuple[str, int]


@dataclass(slots=True)
class Row:
    """A piece or a story: how often it was looked at, put in a basket, sold, and given back."""

    title: str
    subject: str = _Subject.PIECE
    pk: int = 0
    seen: int = 0
    held: int = 0
    sold: int = 0
    returned: int = 0


@dataclass(slots=True)
class Asked:
    """A size of a piece that could not be had, and how often somebody wanted it."""

    piece: int
    title: str
    size: str
    number: int


@dataclass(slots=True)
class Figures:
    """All that happened to some makers' things in a period."""

    period: Period
    seen: Chart
    held: Chart
    sold: Chart
    returned: int
    # As often in as many days of the time before.
    seen_before: int
    pieces: list[Row] = field(default_factory=list)
    stories: list[Row] = field(default_factory=list)
    inspirations: Counter[int] = field(default_factory=Counter)
    asked: list[Asked] = field(default_factory=list)
    makers: dict[int, Counter[str]] = field(default_factory=dict)

    @property
    def more(self) -> int:
        """By how much it was looked at more than before; below nothing, less."""
        return self.seen.total - self.seen_before

    @property
    def fewer(self) -> int:
        """By how much it was looked at less than before."""
        return max(0, -self.more)

    @property
    def from_stories(self) -> int:
        """How many of the pieces sold were reached from a story."""
        return sum(row.sold for row in self.stories)

    @property
    def best_story(self) -> Row | None:
        """The story that sold most, if one did."""
        best = max(self.stories, key=lambda row: row.sold, default=None)
        return best if best and best.sold else None


def read(makers: list[int] | None, period: Period) -> Figures:
    """Of these designers' things; None is the whole shop's, inspirations included."""
    days = _days(makers, period)
    sales = list(_sales(makers, period))
    sold: Counter[date] = Counter()
    for sale in sales:
        sold[sale["on"]] += sale["many"]
    seen = days[_Kind.VIEW]
    figures = Figures(
        period=period,
        seen=Chart.of(period, seen),
        held=Chart.of(period, days[_Kind.BASKET]),
        sold=Chart.of(period, sold),
        returned=sum(sale["back"] for sale in sales),
        seen_before=sum(number for day, number in seen.items() if period.so_far(day)),
    )
    _tell(figures, makers, list(_subjects(makers, period)), sales)
    return figures


def _of(makers: list[int] | None, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by() if makers is None else rows.order_by().filter(designer__in=makers)


def _not_summed(first: date, ends: date) -> Q:
    """Of days that ``summing`` has not added up: it does so in order, so its last one tells.

    One lower bound, not two: the database begins to read at the first that it is given.
    """
    before = Value(first - timedelta(1), output_field=DateField())
    last = Subquery(DaySum.objects.order_by("-day").values("day")[:1])
    return Q(day__gt=Greatest(Coalesce(last, before), before), day__lt=ends)


def _days(makers: list[int] | None, period: Period) -> dict[str, Counter[date]]:
    """By kind and day, in the period and before it."""
    first, ends = period.before.first, period.ends
    summed = _of(makers, DaySum.objects.filter(day__gte=first, day__lt=ends))
    rest = _of(makers, Figure.objects.filter(_not_summed(first, ends)))
    found: dict[str, Counter[date]] = {kind: Counter() for kind in _Kind.values}
    for one in _together(summed, rest, "kind", "day"):
        found[one["kind"]][one["day"]] += one["many"]
    return found


def _subjects(makers: list[int] | None, period: Period) -> Any:
    """By what happened to which thing; several rows of the same are to be added."""
    first, ends = period.first, period.ends
    what = ("kind", "subject", "subject_id", "size", "designer")
    if not period.is_of_months:
        days = _of(makers, Figure.objects.filter(day__gte=first, day__lt=ends))
        return days.values(*what).annotate(many=Sum("number"))
    months = MonthSum.objects.filter(month__gte=first, month__lt=ends)
    rest = Figure.objects.filter(_not_summed(first, ends))
    return _together(_of(makers, months), _of(makers, rest), *what)


def _together(summed: QuerySet[Any], rest: QuerySet[Any], *what: str) -> Any:
    """One query for what is added up and for what is not."""
    parts = [rows.values(*what).annotate(many=Sum("number")) for rows in (summed, rest)]
    return parts[0].union(parts[1], all=True)


def _sales(makers: list[int] | None, period: Period) -> Any:
    """Of orders paid for in the period, whatever became of them."""
    begins, ends = period.moments
    paid = Q(order__paid_at__gte=begins, order__paid_at__lt=ends)
    rows = OrderLine.objects.filter(paid, order__state__in=standing.DERIVED)
    if makers is not None:
        rows = rows.filter(parcel__designer__in=makers)
    parts = ("title", "variant__piece", "story", "parcel__designer")
    return (
        rows.order_by()
        .values(*parts, on=TruncDate("order__paid_at"))
        .annotate(many=Sum("quantity"), back=Sum("refunded_quantity"))
    )


def _tell(
    figures: Figures,
    makers: list[int] | None,
    counted: list[dict[str, Any]],
    sales: list[dict[str, Any]],
) -> None:
    rows: dict[Key, Row] = {}
    asked: Counter[Key] = Counter()
    for one in counted:
        _tell_counted(figures, rows, asked, one)
    for sale in sales:
        for row in _sold_rows(rows, sale):
            row.sold += sale["many"]
            row.returned += sale["back"]
        _of_maker(figures, sale["parcel__designer"])["sold"] += sale["many"]
    pieces = {pk: _row(rows, (_Subject.PIECE, pk)) for _size, pk in asked}
    for subject, pk, title in _titles(makers):
        if (subject, pk) in rows:
            rows[subject, pk].title = title
    figures.pieces = _sorted(row for row in rows.values() if row.subject == _Subject.PIECE)
    figures.stories = _sorted(row for row in rows.values() if row.subject == _Subject.COLLECTION)
    figures.asked = [
        Asked(pk, pieces[pk].title, size, number)
        for (size, pk), number in asked.most_common()
        if pieces[pk].title
    ]


def _tell_counted(
    figures: Figures, rows: dict[Key, Row], asked: Counter[Key], one: dict[str, Any]
) -> None:
    kind, many, key = one["kind"], one["many"], (one["subject"], one["subject_id"])
    if one["subject"] == _Subject.INSPIRATION:
        figures.inspirations[one["subject_id"]] += many
        return
    _of_maker(figures, one["designer"])[kind] += many
    if kind == _Kind.ASKED:
        asked[one["size"], one["subject_id"]] += many
    elif kind == _Kind.BASKET:
        _row(rows, key).held += many
    elif one["subject"] != _Subject.DESIGNER:
        _row(rows, key).seen += many


def _of_maker(figures: Figures, maker: int | None) -> Counter[str]:
    return figures.makers.setdefault(maker or 0, Counter())


def _row(rows: dict[Key, Row], key: Key) -> Row:
    if key not in rows:
        rows[key] = Row("", *key)
    return rows[key]


def _sold_rows(rows: dict[Key, Row], sale: dict[str, Any]) -> Iterator[Row]:
    """Its piece, under the name it was sold by when it is gone, and the story that led to it."""
    piece = _row(rows, (_Subject.PIECE, sale["variant__piece"] or _nobody(sale["title"])))
    piece.title = piece.title or sale["title"]
    yield piece
    if sale["story"]:
        yield _row(rows, (_Subject.COLLECTION, sale["story"]))


def _nobody(title: str) -> int:
    """In place of a primary key, for what was sold and is in no list any more."""
    return -1 - abs(hash(title))


def _titles(makers: list[int] | None) -> Any:
    """Of their pieces and collections, in one query: what is deleted has none."""
    pieces = _titled(Piece.objects.all(), _Subject.PIECE, makers)
    stories = _titled(Collection.objects.all(), _Subject.COLLECTION, makers)
    return pieces.union(stories, all=True).order_by()


def _titled(things: Any, subject: str, makers: list[int] | None) -> Any:
    found = things if makers is None else things.filter(designer__in=makers)
    what = Value(subject, output_field=CharField())
    return found.order_by().values_list(what, "pk", "title")


def _sorted(rows: Iterator[Row]) -> list[Row]:
    """What was looked at most comes first; what is deleted and was not sold has no name."""
    named = [row for row in rows if row.title]
    return sorted(named, key=lambda row: (-row.seen, -row.held, -row.sold, row.title))
