"""A case of the owner's inbox: something that needs a person."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from designers.models import Designer


@dataclass(frozen=True, slots=True)
class Act:
    """A place to go, or with ``is_post`` a button that does it at once."""

    label: str
    url: str
    is_post: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """Something that needs a person: whose it is, what, since when, and what can be done."""

    who: str
    title: str
    since: datetime
    words: list[str]
    acts: list[Act] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    # The day that was promised to somebody, where one was.
    promised: date | None = None
    # What that day is, where it is no promise.
    day_is: str = ""
    maker: Designer | None = None
    # A template for what a case of its kind shows besides, and what that needs.
    template: str = ""
    more: Any = None

    @property
    def since_words(self) -> str:
        """``since 21:04``, ``since Saturday``, ``since 17 November``."""
        moment = localtime(self.since)
        days = (localdate() - moment.date()).days
        form = "H:i" if days <= 0 else "l" if days < 7 else "j F"
        return _("since %s") % date_format(moment, form)

    @property
    def due(self) -> tuple[bool, date, datetime]:
        """What somebody was promised comes first, then what waits longest."""
        return self.promised is None, self.promised or localdate(self.since), self.since


def opening(number: str, pk: int) -> Act:
    """The way to an order."""
    return Act(_("Open %s") % number, reverse("admin:orders_order_change", args=[pk]))
