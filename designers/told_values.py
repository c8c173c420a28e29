"""A field before and after, in words: ``Price: €120 → €135``."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.files.base import File
from django.db import models
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from shop.money import format_money
from shop.money_field import MoneyField

NOTHING = "–"
LONGEST = 60  # letters of a value; of a longer text is told where it differs
SECRETS = ("password", "token", "secret", "iban", "bic", "account_number", "api_key")


def told(label: str, name: str, field: Any, before: Any, after: Any) -> str:
    """One field's change; of what is secret, or a file, only that it changed."""
    if isinstance(field, forms.FileField) or any(word in name.lower() for word in SECRETS):
        return _("%(label)s: changed") % {"label": label}
    was, now = _cut(in_words(field, before), in_words(field, after))
    return f"{label}: {was} → {now}"


def in_words(field: Any, value: Any) -> str:
    """A value as people read it in the form."""
    if value is None or value == "" or value == []:
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, forms.ModelChoiceField):
        return _chosen(field, value)
    if choices := getattr(field, "choices", None):
        return _labels(choices, value)
    return _measured(field, value) if isinstance(value, int) else _plain(value)


def _measured(field: Any, value: int) -> str:
    if isinstance(field, MoneyField):
        return format_money(value, field.currency)
    if hasattr(field, "show"):
        return f"{field.show(value)} {getattr(field, 'unit', '')}".strip()
    return str(value)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return date_format(localtime(value), "j M Y, H:i")
    return date_format(value, "j M Y") if isinstance(value, date) else str(value)


def _chosen(field: Any, value: Any) -> str:
    """Things by their names; the form knows what was by its number."""
    many = isinstance(value, models.QuerySet | list | tuple | set)
    values: Iterable[Any] = value if many else [value]
    numbers = [one for one in values if not isinstance(one, models.Model | File)]
    names = [str(one) for one in values if isinstance(one, models.Model)]
    if numbers:
        key = field.to_field_name or "pk"
        names += map(str, field.queryset.model._default_manager.filter(**{f"{key}__in": numbers}))
    return ", ".join(sorted(names)) or NOTHING


def _labels(choices: Any, value: Any) -> str:
    known = {str(key): str(label) for key, label in choices if not isinstance(label, list | tuple)}
    values = value if isinstance(value, list | tuple | set) else [value]
    return ", ".join(known.get(str(one), str(one)) for one in values)


def _cut(was: str, now: str) -> tuple[str, str]:
    """Both, short enough to read: of long texts the place where they begin to differ."""
    if max(len(was), len(now)) <= LONGEST:
        return was, now
    start = max(0, _alike(was, now) - LONGEST // 4)
    return _piece(was, start), _piece(now, start)


def _alike(was: str, now: str) -> int:
    """How many letters both begin with."""
    pairs = enumerate(zip(was, now, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(was), len(now)))


def _piece(text: str, start: int) -> str:
    piece = " ".join(text[start : start + LONGEST].split())
    before, after = "…" if start else "", "…" if len(text) > start + LONGEST else ""
    return f"“{before}{piece}{after}”" if piece else NOTHING
