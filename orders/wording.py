"""Numbers, days and lists as a person would write them."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop.numbers import spell


def sentence(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def weekday(day: date) -> str:
    """``Tuesday 1 December``: how every promise names its day."""
    return date_format(day, "l j F")


def day(when: date | datetime) -> str:
    """``3 November``, in the shop's own time zone."""
    return date_format(localtime(when) if isinstance(when, datetime) else when, "j F")


def pieces(count: int) -> str:
    words = ngettext("%(number)s piece", "%(number)s pieces", count)
    return words % {"number": spell(count)}


def parcels(count: int) -> str:
    words = ngettext("%(number)s parcel", "%(number)s parcels", count)
    return words % {"number": spell(count)}


def makers(count: int) -> str:
    words = ngettext("%(number)s maker", "%(number)s makers", count)
    return words % {"number": spell(count)}


def joined(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return _("%(some)s and %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}
