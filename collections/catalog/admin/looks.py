"""Small pieces of HTML that lists and forms of the workshop show."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalog import pictures
from catalog.admin.readiness import Strike
from catalog.models import Photo


def smallest(photo: Photo | None, shape: str = "card") -> tuple[str, int, int] | None:
    """Address, width and height of the smallest file of a photograph; None without files."""
    found = photo.shape(shape) if photo else {}
    if not found:
        return None
    width, height = found["sizes"][0]
    return f"{pictures.base_url()}{found['base']}-{width}.webp", width, height


def thumb(photo: Photo | None, alt: str) -> SafeString:
    """A small picture in the shop's shape, or an empty plate."""
    file = smallest(photo)
    if file is None:
        words = format_html('<span class="visually-hidden">{}</span>', alt)
        return format_html('<span class="plate plate--thumb">{}</span>', words)
    return format_html(
        '<img class="plate plate--thumb" src="{}" width="{}" height="{}" alt="{}"'
        ' loading="lazy" decoding="async">',
        *file,
        alt,
    )


STATES = {
    "live": lambda: pgettext("state", "live"),
    "scheduled": lambda: pgettext("state", "scheduled"),
    "review": lambda: pgettext("state", "in review"),
    "returned": lambda: pgettext("state", "returned"),
    "waiting": lambda: pgettext("state", "waits for its review"),
    "draft": lambda: pgettext("state", "draft"),
    "retired": lambda: pgettext("state", "retired"),
}


def state(name: str) -> SafeString:
    """Where a thing stands: a word and a shape."""
    return format_html('<span class="state" data-state="{}">{}</span>', name, STATES[name]())


def strikes(row: Sequence[Strike]) -> SafeString:
    """A row of punches with the first lack in words."""
    punches = format_html_join(
        "",
        '<i aria-hidden="true"{}></i>',
        ((SafeString(_punch(strike)),) for strike in sorted(row, key=lambda s: not s.done)),
    )
    lack = next((strike for strike in row if not strike.done), None)
    whole = SafeString("" if lack else " data-all")
    return format_html(
        '<span class="strikes"{}>{}<span>{}</span></span>', whole, punches, _lack(lack)
    )


def _punch(strike: Strike) -> str:
    if strike.done:
        return " data-done"
    return " data-must" if strike.must else ""


def _lack(strike: Strike | None) -> str:
    if strike is None:
        return _("ready")
    return (_("must: %s") if strike.must else _("lacks %s")) % strike.word
