"""The figures of a period as a table to download: days, pieces, stories and sizes, row by row."""

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from orders.figures.reading import Figures, Row

# A cell that begins so is a formula to some programs.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def written(told: Figures) -> str:
    """As CSV; numbers are how often, days are ISO 8601 and those of the shop."""
    text = io.StringIO()
    table = csv.writer(text)
    for cells in _cells(told):
        table.writerow([_plain(cell) for cell in cells])
    return text.getvalue()


def _cells(told: Figures) -> Iterator[list[str | int]]:
    columns = (_("looked at"), _("in a basket"), _("sold"), _("given back"), _("asked in vain"))
    yield [_("of"), _("name"), _("size"), *columns]
    steps = zip(
        told.period.steps(), told.seen.numbers, told.held.numbers, told.sold.numbers, strict=True
    )
    for day, seen, held, sold in steps:
        if day <= told.period.last:
            yield [_("day"), day.isoformat(), "", seen, held, sold, "", ""]
    for row in told.pieces:
        yield [_("piece"), *_of(row)]
    for row in told.stories:
        yield [_("story"), *_of(row)]
    for asked in told.asked:
        yield [_("size"), asked.title, asked.size, "", "", "", "", asked.number]


def _of(row: Row) -> list[str | int]:
    return [row.title, "", row.seen, row.held, row.sold, row.returned, ""]


def _plain(cell: str | int) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
