"""Rows of several tables with one query: each is read as JSON, and all are laid under another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONObject

type Row = dict[str, Any]
type Columns = Mapping[str, str | Combinable]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The first ``most`` rows of an ordered queryset, and the columns that are read of them.

    A column is a path as in ``F`` or an expression. Moments and days come as text: see
    ``moment`` and ``day``.
    """

    name: str
    rows: "QuerySet[Any]"
    columns: Columns
    most: int


def read_together(wanted: Iterable[Wanted]) -> dict[str, list[Row]]:
    """The rows by the name under which they are wanted, each with its ``pk``; one query."""
    first, *others = map(_as_json, wanted)
    found: dict[str, list[Row]] = {}
    for name, row in first.union(*others, all=True).order_by():
        found.setdefault(name, []).append(row)
    return {name: sorted(rows, key=lambda row: row["pk"]) for name, rows in found.items()}


def _as_json(one: Wanted) -> "QuerySet[Any]":
    # Not sliced itself: SQLite takes no LIMIT within a union.
    few = one.rows.model._default_manager.filter(pk__in=one.rows.values("pk")[: one.most])
    columns = {name: F(to) if isinstance(to, str) else to for name, to in one.columns.items()}
    name = Value(one.name, output_field=CharField())
    told: QuerySet[Any] = few.order_by().values_list(name, JSONObject(pk=F("pk"), **columns))
    return told


def moment(text: str) -> datetime:
    """A moment as JSON has it; SQLite's are in UTC and do not say so."""
    told = datetime.fromisoformat(text)
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def day(text: str | None) -> date | None:
    """A day as JSON has it."""
    return date.fromisoformat(text) if text else None
