"""A statement as a table for a bookkeeper's program: decimals with a point, days as ISO 8601."""

import csv
import io
from collections.abc import Iterator

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from orders.makers.statements import Row, Statement, Sums
from shop.money import exponent, to_decimal

# A cell that begins so is a formula to some programs.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def written(statement: Statement) -> str:
    """The statement as CSV, each parcel a row, with its totals at the end."""
    text = io.StringIO()
    table = csv.writer(text)
    for cells in _cells(statement):
        table.writerow(cells)
    return text.getvalue()


def _cells(statement: Statement) -> Iterator[list[str]]:
    money = _Amounts(statement.currency)
    yield [
        *(_("order"), _("day"), _("pieces"), _("sold"), _("discount"), _("commission")),
        *(_("post"), _("given back"), _("set off"), _("comes to"), _("paid out"), _("how")),
    ]
    yield [_("brought forward"), "", "", *[""] * 6, money(statement.before), "", ""]
    for row in statement.rows:
        yield [*_whose(row), *money.of(row), "; ".join(_way(way.day, way.name) for way in row.ways)]
    yield [_("together"), "", "", *money.of(statement.total), ""]
    yield [_("to come"), "", "", *[""] * 6, money(statement.after), "", statement.currency.upper()]


def _whose(row: Row) -> list[str]:
    order = row.parcel.order
    day = localdate(order.paid_at).isoformat() if order.paid_at else ""
    return [order.number, day, _plain(", ".join(row.pieces))]


def _way(day: object, name: str) -> str:
    return _plain(f"{day} {name}")


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


class _Amounts:
    def __init__(self, currency: str) -> None:
        self.currency = currency

    def __call__(self, amount: int) -> str:
        return f"{to_decimal(amount, self.currency):.{exponent(self.currency)}f}"

    def of(self, sums: Sums) -> list[str]:
        """The columns; what was paid out without its sign, which is the maker's."""
        parts = (sums.sold, sums.discount, sums.commission, sums.post, sums.given_back)
        return [*map(self, parts), self(sums.set_off), self(sums.earned), self(sums.paid_out)]
