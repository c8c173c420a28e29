"""Every change in a history: Django's log of the admin, with what was and what is, in words.

A form that is kept tells each field: ``Price: €120 → €135``. An act that tells nothing of
itself is told by the sentence it says to the person (``message_user``). Each entry notes
whose workshop it belongs to, so that it is found when its thing is gone.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from designers.models import Happening
from designers.told_values import told

if TYPE_CHECKING:
    from designers.ownership import OwnedAdmin


def sentences(form: Any, formsets: Iterable[Any] | None) -> str:
    """What a kept form and its rows have changed, a line each; empty when nothing did."""
    lines = list(_fields(form))
    for formset in formsets or []:
        lines += _rows(formset)
    return "\n".join(lines)


def _fields(form: Any) -> Iterator[str]:
    for name in form.changed_data:
        field = form.fields.get(name)
        label = capfirst(str((field and field.label) or name.replace("_", " ")))
        if field is None:
            yield _("%(label)s: changed") % {"label": label}
            continue
        before = form.get_initial_for_field(field, name)
        yield told(label, name, field, before, form.cleaned_data.get(name))


def _rows(formset: Any) -> Iterator[str]:
    if not hasattr(formset, "new_objects"):  # never kept
        return
    kind = capfirst(str(formset.model._meta.verbose_name))
    forms = {form.instance.pk: form for form in formset.forms}
    for row in formset.new_objects:
        yield _("%(kind)s “%(row)s” added") % {"kind": kind, "row": row}
    for row, _names in formset.changed_objects:
        yield f"{kind} “{row}”: {'; '.join(_fields(forms[row.pk]))}"
    for row in formset.deleted_objects:
        yield _("%(kind)s “%(row)s” taken out") % {"kind": kind, "row": row}
    for form in formset.forms:
        if pins := getattr(form, "pins", None):
            yield from _rows(pins)


def note(
    keeper: "OwnedAdmin",
    request: HttpRequest,
    pairs: Iterable[tuple[Any, LogEntry]],
    *,
    is_told: bool = True,
) -> None:
    """Write down whose workshop entries belong to; what is the house's belongs to nobody."""
    if is_told:
        request.workshop_told = True  # type: ignore[attr-defined]
    rows = []
    for thing, entry in pairs:
        if designer := keeper.designer_of_any(thing):
            rows.append(Happening(entry=entry, designer_id=designer))
    if rows:
        Happening.objects.bulk_create(rows)


def remember(keeper: "OwnedAdmin", request: HttpRequest, said: Any, level: int) -> None:
    """Keep in mind what an act says, in case it tells nothing of itself."""
    if level == messages.SUCCESS and request.method == "POST" and said != _("Kept."):
        request.__dict__.setdefault("workshop_said", []).append((keeper, str(said)))


def kept[**P](view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Wraps every page of the workshop: what an act said and did not tell goes into the history."""

    @wraps(view)
    def telling(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(*args, **kwargs)
        request = args[0]
        assert isinstance(request, HttpRequest)  # noqa: S101 - for the type checker
        said = getattr(request, "workshop_said", None)
        if said and not getattr(request, "workshop_told", False):
            _tell(request, said)
        return response

    return telling


def _tell(request: HttpRequest, said: "list[tuple[OwnedAdmin, str]]") -> None:
    keeper = said[0][0]
    words = "\n".join(sentence for _keeper, sentence in said)
    for thing in _things(request, keeper):
        keeper.log_change(request, thing, words)


def _things(request: HttpRequest, keeper: "OwnedAdmin") -> Iterable[models.Model]:
    """What the address names, or the rows that were ticked for an act upon many."""
    if (ticked := getattr(request, "workshop_ticked", None)) is not None:
        return list(keeper.get_queryset(request).filter(pk__in=ticked))
    match = request.resolver_match
    names = match.kwargs if match else {}
    pk = names.get("object_id", names.get("pk"))
    thing = keeper.get_object(request, unquote(str(pk))) if pk is not None else None
    return [thing] if thing else []
