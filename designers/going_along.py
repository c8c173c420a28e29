"""What goes along when something is taken out for good, and what forbids it: asked at once.

Django's own answer reads every row of every kind, kind by kind. Here one query counts all of
them; only what forbids the act, or has a page of its own in the workshop, is named.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import CASCADE, PROTECT, RESTRICT, Count, IntegerField, Value
from django.db.models.deletion import get_candidate_relations_to_delete
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

# So many of one kind are named.
MOST = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows that hang on something; ``path`` leads from one of them to it."""

    model: type[models.Model]
    path: str
    forbids: bool

    def rows(self, things: Sequence[models.Model]) -> models.QuerySet[Any]:
        found: models.QuerySet[Any] = self.model._base_manager.all()  # noqa: SLF001 - all of them
        return found.filter(**{f"{self.path}__in": [thing.pk for thing in things]}).order_by()


@dataclass(slots=True)
class Told:
    """Lists for ``unordered_list``; numbers by kind; the kinds that one may not take out."""

    along: list[Any] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    lacking: set[str] = field(default_factory=set)
    forbidding: list[Any] = field(default_factory=list)


def told(things: Sequence[models.Model], request: HttpRequest, site: admin.AdminSite) -> Told:
    """Of things of one kind: one query, and one for each kind of which rows are named.

    Whoever only looks has some of each kind named; before it is done (POST) each row is asked
    about.
    """
    found = Told()
    for kind, number in _numbers(things):
        opts = kind.model._meta
        words = str(opts.verbose_name_plural if number > 1 else opts.verbose_name)
        found.numbers[words] = number
        lines: list[Any] = [f"{capfirst(words)}: {number}"]
        if kind.forbids or site.is_registered(kind.model):
            rows = _rows(kind, things, None if request.method == "POST" else MOST)
            if not kind.forbids and _may_not(rows, request, site):
                found.lacking.add(words)
            lines += _named(rows[:MOST], number, request, site)
        (found.forbidding if kind.forbids else found.along).extend(lines)
    return found


def _numbers(things: Sequence[models.Model]) -> Iterator[tuple[Kind, int]]:
    """The kinds of which there are rows, and how many; one query."""
    kinds = list(_kinds(type(things[0]))) if things else []
    counted = [_count(place, kind.rows(things)) for place, kind in enumerate(kinds)]
    if not counted:
        return
    for place, number in counted[0].union(*counted[1:], all=True).order_by("place"):
        if number:
            yield kinds[place], number


def _count(place: int, rows: models.QuerySet[Any]) -> Any:
    which = Value(place, output_field=IntegerField())
    return (
        rows.annotate(place=which).values("place").annotate(n=Count("pk")).values_list("place", "n")
    )


def _kinds(
    model: type[models.Model], path: str = "", above: tuple[Any, ...] = ()
) -> Iterator[Kind]:
    """What the database takes along with a row of this model, and what forbids that."""
    relations: Iterable[Any] = get_candidate_relations_to_delete(model._meta)
    for relation in relations:
        rule, kind = relation.field.remote_field.on_delete, relation.related_model
        leads = f"{relation.field.name}__{path}" if path else relation.field.name
        if rule not in {CASCADE, PROTECT, RESTRICT}:
            continue
        if not kind._meta.auto_created:  # which only ties two things together
            yield Kind(kind, leads, forbids=rule is not CASCADE)
        if rule is CASCADE and kind not in {model, *above}:
            yield from _kinds(kind, leads, (model, *above))


def _rows(kind: Kind, things: Sequence[models.Model], most: int | None) -> list[Any]:
    rows = kind.rows(things).select_related(kind.path).order_by("pk")
    return list(rows.fetch_mode(models.FETCH_PEERS)[:most])


def _may_not(rows: list[Any], request: HttpRequest, site: admin.AdminSite) -> bool:
    """Whether this person may not take out any one of them."""
    keepers = [(site.get_model_admin(type(row)), row) for row in rows]
    return not all(keeper.has_delete_permission(request, row) for keeper, row in keepers)


def _named(
    rows: list[Any], number: int, request: HttpRequest, site: admin.AdminSite
) -> list[list[Any]]:
    """Those that one may see, as a list within a list; how many more there are."""
    names = [name for row in rows if (name := _name(row, request, site))]
    if names and number > len(names):
        names.append(_("and %s more") % (number - len(names)))
    return [names] if names else []


def _name(row: models.Model, request: HttpRequest, site: admin.AdminSite) -> str:
    if not site.is_registered(type(row)):
        return str(row)
    if not site.get_model_admin(type(row)).has_view_permission(request, row):
        return ""
    page = f"{site.name}:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html('<a href="{}">{}</a>', reverse(page, args=[row.pk]), str(row))
