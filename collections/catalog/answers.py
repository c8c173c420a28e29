# ruff: noqa: SLF001 - Django shows no other way to tell a form its errors without asking for them.
"""What the fields of a form say, as plain JSON: to keep half-typed words apart from the thing.

A form and its rows are told as a tree. ``told`` reads it from what was sent, or else from the
thing itself; ``changes`` keeps what differs; ``lay`` writes the changes over the thing as it is
by now, so that what nobody touched (a price, a stock) is never put back to what it was.

    {"fields": {"title": ["Low Water"]},
     "rows": {"blocks": {"12": {"fields": …, "rows": {"pins": …}}, "new-0": …}}}

In changes a field is ``{"was": [...], "is": [...]}``.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS as ALL
from django.forms.formsets import DELETION_FIELD_NAME as DELETE
from django.forms.models import InlineForeignKeyField
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

type Answers = dict[str, Any]
# Whether a change is meant: of rows by this name ("" for the thing itself), of this field.
type Wanted = Callable[[str, str, Answers], bool]

# Rows that may be added to one thing at once.
MOST_NEW = 80
# What a form may send for a box without a tick.
_UNTICKED = {"", "0", "false", "False"}


def told(form: Any, formsets: Iterable[Any], *, live: bool = False) -> Answers:
    """What was sent of this form and its rows; else, or ``live``, what its thing says."""
    read = _initial if live else _values
    return {
        "fields": {name: read(form, name) for name in _told_fields(form)},
        "rows": {
            name: {key: told(row, nested(row), live=live) for key, row in _keyed(rows, live=live)}
            for name, rows in _named(form, formsets)
        },
    }


def _keyed(formset: Any, *, live: bool = False) -> Iterator[tuple[str, Any]]:
    """Each row with its number in the database, or its place among the new ones."""
    new = 0
    for row in formset.forms:
        if row.instance.pk:
            yield str(row.instance.pk), row
        elif not live and new < MOST_NEW and _is_used(row):
            yield f"new-{new}", row
            new += 1


def _is_used(row: Any) -> bool:
    """Whether somebody has written in an empty row; what only stands there does not count."""
    return any(_values(row, name) != _initial(row, name) for name in _told_fields(row)) or bool(
        row.is_bound and getattr(row, "always_used", False)
    )


def nested(row: Any) -> list[Any]:
    """The rows within a row."""
    pins = getattr(row, "pins", None)
    return [pins] if pins is not None else []


def _named(form: forms.BaseForm, formsets: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    for formset in formsets:
        yield formset.prefix.removeprefix(f"{form.prefix}-"), formset


def _told_fields(form: forms.BaseForm) -> Iterator[str]:
    """All fields but the hidden keys that tie a row to its thing."""
    for name, field in form.fields.items():
        if not isinstance(field, InlineForeignKeyField) and name != "id":
            yield name


def _values(form: forms.BaseForm, name: str) -> list[str]:
    if not form.is_bound:
        return _initial(form, name)
    sent = cast("QueryDict", form.data).getlist(form.add_prefix(name))
    if isinstance(form.fields[name].widget, forms.CheckboxInput):
        return ["on"] if sent and sent[-1] not in _UNTICKED else []
    return _plain(sent)


def _initial(form: forms.BaseForm, name: str) -> list[str]:
    """What a browser would send of the field untouched."""
    field = form.fields[name]
    value = field.prepare_value(form.get_initial_for_field(field, name))
    if isinstance(field.widget, forms.CheckboxInput):
        return ["on"] if value else []
    shown = field.widget.format_value(value)
    return _plain(shown if isinstance(shown, (list, tuple)) else [shown])


def _plain(values: Iterable[Any]) -> list[str]:
    """As compared and kept: nothing for empty, lines ended by one letter."""
    return [str(one).replace("\r\n", "\n") for one in values if one not in {None, ""}]


def changes(sent: Answers, live: Answers) -> Answers:
    """What differs; empty when nothing does. A row that ``sent`` lacks is left as it is."""
    fields = {
        name: {"was": live["fields"].get(name, []), "is": values}
        for name, values in sent["fields"].items()
        if sorted(values) != sorted(live["fields"].get(name, []))
    }
    rows = {
        name: _changed_rows(some, live["rows"].get(name, {})) for name, some in sent["rows"].items()
    }
    return _without_empty({"fields": fields, "rows": _without_empty(rows)})


def _changed_rows(sent: Answers, live: Answers) -> Answers:
    found = {
        key: changes(row, live[key]) if key in live else _new_row(row) for key, row in sent.items()
    }
    return _without_empty(found)


def _new_row(row: Answers) -> Answers:
    """All that it says: an empty answer is one too."""
    return {
        "fields": {name: {"was": [], "is": values} for name, values in row["fields"].items()},
        "rows": {name: _changed_rows(some, {}) for name, some in row["rows"].items()},
    }


def _without_empty(tree: Answers) -> Answers:
    return {key: value for key, value in tree.items() if value}


def missing_rows_go(sent: Answers, live: Answers) -> Answers:
    """``sent`` with each row that only ``live`` has, to be taken out."""
    rows = {}
    for name, there in live["rows"].items():
        wanted = sent["rows"].get(name, {})
        gone = {
            key: {"fields": row["fields"] | {DELETE: ["on"]}, "rows": {}}
            for key, row in there.items()
            if key not in wanted
        }
        rows[name] = {
            **{
                k: missing_rows_go(row, there[k]) if k in there else row
                for k, row in wanted.items()
            },
            **gone,
        }
    return {"fields": sent["fields"], "rows": rows}


def size(changed: Answers) -> int:
    """How many fields differ."""
    rows = [row for some in changed.get("rows", {}).values() for row in some.values()]
    return len(changed.get("fields", {})) + sum(max(1, size(row)) for row in rows)


def sheet() -> QueryDict:
    """What ``lay`` writes on. Never empty: Django's formsets take an empty one for none."""
    data = QueryDict(mutable=True)
    data["_laid"] = "1"
    return data


def lay(data: QueryDict, form: Any, formsets: Iterable[Any], changed: Answers) -> None:
    """Write into ``data``, to which these forms are bound, what they say with the changes.

    The forms must not have been asked for their rows yet.
    """
    _lay_form(data, form, changed)
    for name, formset in _named(form, formsets):
        _lay_rows(data, formset, changed.get("rows", {}).get(name, {}))


def _lay_form(data: QueryDict, form: Any, changed: Answers) -> None:
    fields = changed.get("fields", {})
    for name, field in form.fields.items():
        key = form.add_prefix(name)
        live = _initial(form, name)
        values = fields[name]["is"] if name in fields else live
        if field.show_hidden_initial:
            _set(data, form.add_initial_prefix(name), live)
            values = _carried(fields.get(name), live)
        _set(data, key, values)


def _carried(changed: Answers | None, live: list[str]) -> list[str]:
    """A number that is counted: the difference that was meant, from where it stands by now."""
    if changed is None:
        return live
    try:
        was, meant, stands = (
            int((some or ["0"])[0]) for some in (changed["was"], changed["is"], live)
        )
    except ValueError:
        return list(changed["is"])
    return [str(max(0, stands + meant - was))]


def _set(data: QueryDict, key: str, values: list[str]) -> None:
    MultiValueDict.setlist(data, key, list(values)) if values else data.pop(key, None)


def _lay_rows(data: QueryDict, formset: Any, changed: Answers) -> None:
    rows = list(formset.get_queryset())
    there = {str(row.pk) for row in rows}
    new = [row for key, row in changed.items() if key not in there and row.get("fields")]
    blank = max(0, min(formset.extra, formset.max_num - len(rows) - len(new)))
    prefix = formset.prefix
    counts = {
        "TOTAL": len(rows) + len(new) + blank,
        "INITIAL": len(rows),
        "MIN_NUM": 0,
        "MAX_NUM": 1000,
    }
    for name, count in counts.items():
        data[f"{prefix}-{name}_FORMS"] = str(count)
    for place, row in enumerate(rows):
        data[f"{prefix}-{place}-{formset.model._meta.pk.name}"] = str(row.pk)
    for place, row in enumerate(new, start=len(rows)):
        if kind := row.get("fields", {}).get("kind"):
            _set(data, f"{prefix}-{place}-kind", kind["is"])
    known = [changed.get(str(row.pk), {}) for row in rows]
    for form, said in zip(formset.forms, [*known, *new, *[{}] * blank], strict=True):
        _lay_form(data, form, said)
        for name, within in _named(form, nested(form)):
            _lay_rows(data, within, said.get("rows", {}).get(name, {}))


def lacks(form: Any, formsets: Iterable[Any]) -> Answers:
    """The sentences beside the fields of validated forms, as a tree; empty when there is none.

    Those about a whole form or a set of rows stand under ``__all__``.
    """
    fields = {name: [str(one) for one in said] for name, said in form.errors.items()}
    rows = {name: _lacking_rows(formset) for name, formset in _named(form, formsets)}
    return _without_empty({"fields": fields, "rows": _without_empty(rows)})


def _lacking_rows(formset: Any) -> Answers:
    gone = formset.deleted_forms if formset.is_valid() else _gone(formset)
    rows = {key: lacks(row, nested(row)) for key, row in _keyed(formset) if row not in gone}
    whole = [str(one) for one in formset.non_form_errors()]
    return _without_empty({**rows, ALL: whole})


def _gone(formset: Any) -> list[Any]:
    return [row for row in formset.forms if formset.can_delete and formset._should_delete_form(row)]


def tell(form: Any, formsets: Iterable[Any], lacking: Answers) -> None:
    """Show sentences beside the fields of forms that are laid but not validated."""
    form._errors = ErrorDict(
        {
            name: ErrorList(
                said, error_class="nonfield" if name == ALL else None, renderer=form.renderer
            )
            for name, said in lacking.get("fields", {}).items()
        },
        renderer=form.renderer,
    )
    form.cleaned_data = {}
    for name, formset in _named(form, formsets):
        some = lacking.get("rows", {}).get(name, {})
        for row in formset.forms:
            tell(row, nested(row), {})
        for key, row in _keyed(formset):
            tell(row, nested(row), some.get(key, {}))
        formset._errors = [row._errors for row in formset.forms]
        formset._non_form_errors = ErrorList(
            some.get(ALL, []), error_class="nonform", renderer=formset.renderer
        )


def sentences(lacking: Answers) -> list[str]:
    """All of them in a row, each once."""
    found = [one for said in lacking.get("fields", {}).values() for one in said]
    for rows in lacking.get("rows", {}).values():
        for key, row in rows.items():
            found += row if key == ALL else sentences(row)
    return list(dict.fromkeys(found))


def split(changed: Answers, wanted: Wanted) -> tuple[Answers, Answers]:
    """The changes that are ``wanted``, and all the others.

    Rows that are new, or go, are never wanted: they are whole or not at all.
    """
    parts: tuple[Answers, Answers] = ({"rows": {}}, {"rows": {}})
    for part, is_wanted in zip(parts, (True, False), strict=True):
        part["fields"] = {
            name: change
            for name, change in changed.get("fields", {}).items()
            if wanted("", name, change) == is_wanted
        }
        for name, rows in changed.get("rows", {}).items():
            part["rows"][name] = _without_empty(
                {key: _split_row(name, key, row, wanted, is_wanted) for key, row in rows.items()}
            )
        part["rows"] = _without_empty(part["rows"])
    return _without_empty(parts[0]), _without_empty(parts[1])


def _split_row(name: str, key: str, row: Answers, wanted: Wanted, is_wanted: bool) -> Answers:
    fields = row.get("fields", {})
    if key.startswith("new-") or DELETE in fields:
        return {} if is_wanted else row
    some = {f: change for f, change in fields.items() if wanted(name, f, change) == is_wanted}
    return _without_empty({"fields": some, "rows": {} if is_wanted else row.get("rows", {})})


def without(changed: Answers, lacking: Answers) -> Answers:
    """The changes but what does not validate: such a field stays as it is, a new row away."""
    wrong = lacking.get("fields", {})
    fields = (
        {}
        if ALL in wrong
        else {n: v for n, v in changed.get("fields", {}).items() if n not in wrong}
    )
    rows = {
        name: _rows_without(some, lacking.get("rows", {}).get(name, {}))
        for name, some in changed.get("rows", {}).items()
    }
    return _without_empty({"fields": fields, "rows": _without_empty(rows)})


def _rows_without(changed: Answers, lacking: Answers) -> Answers:
    if ALL in lacking:
        return {}
    return {
        key: without(row, lacking.get(key, {}))
        for key, row in changed.items()
        if not (key.startswith("new-") and key in lacking)
    }
