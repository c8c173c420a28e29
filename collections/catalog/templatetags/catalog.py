"""Tags for what the shop shows: photographs, touchmarks, availability, the header."""

import json
from collections.abc import Hashable
from decimal import Decimal
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from catalog import availability as wordings
from catalog import pictures, prices, shown
from catalog.models import Collection, Photo, Piece
from catalog.results import ResultPage
from designers.models import Designer
from shop.money import NBSP
from shop.remembered import remembered

register = template.Library()


@register.filter
def price(amount: int) -> str:
    """A piece's price: ``640 €``; in a preview perhaps that there is none yet."""
    return prices.in_words(amount)


@register.simple_tag(takes_context=True)
def site_header(context: dict[str, Any]) -> SafeString:
    """The header with its panel of collections; one query, unless the page gives ``panel``."""
    request, given = context.get("request"), context.get("panel")
    told = {
        "collections": list(shown.panel() if given is None else given),
        "path": request.path if request and request.path in _NAMED_PATHS else "",
        "shop_name": context.get("shop_name", ""),
    }
    parts = tuple(_collection_parts(collection) for collection in told["collections"])
    key = ("header", told["path"], told["shop_name"], parts)
    return remembered(key, lambda: render_to_string("shop/_site_header.html", told))


# The header marks these as the page one is on.
_NAMED_PATHS = {"/pieces/", "/designers/"}


def _collection_parts(collection: Collection) -> tuple[Hashable, ...]:
    inspiration = collection.inspiration.name if collection.inspiration else ""
    names = (collection.title, collection.slug, inspiration, collection.designer.name)
    return *names, pictures.parts(collection.seen)


@register.simple_tag(takes_context=True)
def piece_card(
    context: dict[str, Any], piece: Any, *, sizes: str, eager: bool = False, soon: bool = False
) -> SafeString:
    """A piece in a list; ``eager`` is the page's largest picture, ``soon`` in the first view."""
    preview, story = context.get("preview", ""), context.get("story", "")
    names = (piece.pk, piece.title, piece.slug, piece.price, piece.material_line)
    found = wordings.of_piece(piece)
    looks = (preview, story, sizes, eager, soon, found.state, found.in_lists)
    key = ("card", names, piece.designer.name, pictures.parts(piece.hero), looks)
    told = {"piece": piece, "sizes": sizes, "eager": eager, "soon": soon}
    told |= {"preview": preview, "story": story}
    return remembered(key, lambda: render_to_string("catalog/_piece_card.html", told))


@register.simple_tag
def facets(results: ResultPage) -> SafeString:
    """The filters with their counts."""
    groups = tuple((group.name, str(group.legend), *group.options) for group in results.groups)
    prices = (results.symbol, results.cheapest, results.dearest)
    key = ("facets", results.words, results.params.urlencode(), prices, groups)
    return remembered(key, lambda: render_to_string("catalog/_facets.html", {"results": results}))


@register.simple_tag
def picture(
    photo: Photo | None,
    *,
    sizes: str = "100vw",
    shape: str = "card",
    alt: str | None = None,
    eager: bool = False,
    lazy: bool = True,
    frame: bool = True,
    classes: str = "",
    most: int = 1600,
) -> SafeString:
    """A photograph in its frame: AVIF, WebP, JPEG in widths up to ``most`` pixels.

    ``shape`` is card (4:5 around the focal point) or full. ``eager`` is for the one largest
    picture of a page; ``lazy=False`` for others in the first view. ``frame=False`` leaves the
    frame to the template.
    """
    photo = photo or None  # a template's missing value is an empty text
    tag = pictures.tag(photo, shape, sizes, alt, eager=eager, lazy=lazy, most=most)
    if not frame:
        return tag
    return format_html('<div class="photo {}"{}>{}</div>', classes, tone(photo), tag)


@register.simple_tag
def tone(photo: Photo | None) -> SafeString:
    """The frame's attributes: the colour before the picture arrives, the side to keep."""
    if not photo:
        return SafeString("")
    focus = format_html(' data-focus="{}"', photo.focus) if photo.focus else ""
    return format_html(' data-tone="{}"{}', photo.tone, focus)


@register.simple_tag
def preload(photo: Photo | None, *, sizes: str, shape: str = "card") -> SafeString:
    """Asks for the page's largest picture before its HTML is read."""
    if not photo or not photo.shape(shape):
        return SafeString("")
    return format_html(
        '<link rel="preload" as="image" type="image/avif" imagesrcset="{}" imagesizes="{}"'
        ' fetchpriority="high">',
        pictures.srcset(photo, shape, "avif"),
        sizes,
    )


@register.filter
def large(photo: Photo, shape: str = "card") -> str:
    """The address of a photograph's widest file."""
    return pictures.largest(photo, shape)


@register.simple_tag
def large_size(photo: Photo) -> SafeString:
    """Width and height of the whole picture, for the zoom."""
    if not photo.shape("full"):
        return SafeString("")
    size = pictures.largest_size(photo, "full")
    return format_html(' data-pswp-width="{}" data-pswp-height="{}"', *size)


@register.simple_tag
def structured_data(data: dict[str, Any]) -> SafeString:
    """Data for search engines; browsers do not run it, so the CSP does not forbid it."""
    text = json.dumps(data, ensure_ascii=False).translate(_JSON_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text))


# As django.utils.html.json_script does: nothing in it may end the element.
_JSON_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&"}


@register.simple_tag
def hallmarks(piece: Piece) -> SafeString:
    """The assay office's punches: the fineness of the metal, the letter of the year."""
    made_of = getattr(piece, "made_of", [])
    fineness = next((m.material.fineness for m in made_of if m.material.fineness), None)
    year = piece.collection.year
    marks = [(_FINENESS, str(fineness), _("Fineness mark: %s") % fineness)] if fineness else []
    if year and year >= _FIRST_YEAR:
        letter = chr(ord("a") + (year - _FIRST_YEAR) % 26)
        marks.append((_YEAR, letter, _("Year letter: %s") % f"{letter}, {year}"))
    return format_html_join("", _PUNCH, (_drawn(*mark) for mark in marks))


def _drawn(shape: SafeString, text: str, label: str) -> tuple[SafeString, str, SafeString]:
    """Cut by hand where we have it, set in type where not."""
    if text in _CUT:
        address = f"{static('img/hallmarks.svg')}#{_CUT[text]}"
        return format_html('<use href="{}"/>', address), label, SafeString("")
    letters = format_html('<text class="touchmark__letters" x="50" y="51">{}</text>', text)
    return shape, label, letters


_CUT = {"925": "f925", "750": "f750", "375": "f375", "b": "y26"}


_FIRST_YEAR = 2025
_FINENESS = SafeString('<path d="M20 26 80 26 94 40 94 60 80 74 20 74 6 60 6 40Z"/>')
_YEAR = SafeString('<path d="M18 18 50 17 82 18 83 50 82 82 50 83 18 82 17 50Z"/>')
_PUNCH = (
    '<svg class="touchmark" width="40" height="40" viewBox="0 0 100 100" role="img"'
    ' aria-label="{1}">{0}{2}</svg>'
)


@register.simple_tag
def touchmark(designer: Designer, *, classes: str = "", label: str = "") -> SafeString:
    """A maker's mark; decoration unless it is given a ``label``."""
    meaning = format_html('role="img" aria-label="{}"', label)
    return format_html(
        '<svg class="touchmark {}" width="40" height="40" viewBox="0 0 100 100" {}>{}</svg>',
        classes,
        meaning if label else SafeString('aria-hidden="true"'),
        _mark(designer),
    )


def _mark(designer: Designer) -> SafeString:
    if designer.mark_path:
        return format_html('<path fill-rule="evenodd" d="{}"/>', designer.mark_path)
    letters = designer.mark_letters or "".join(word[0] for word in designer.name.split()[:2])
    return format_html(
        '<ellipse cx="50" cy="50" rx="44" ry="35"/>'
        '<text class="touchmark__letters" x="50" y="50">{}</text>',
        letters.upper(),
    )


@register.simple_tag
def availability(piece: Any, tag: str = "p", plain: bool = False) -> SafeString:
    """Whether a piece of a list can be had, kept true by availability.js.

    ``plain`` is for the middle of a sentence.
    """
    found = wordings.of_piece(piece)
    return format_html(
        '<{0} class="{1}" data-state="{2}" data-piece="{3}">{4}</{0}>',
        mark_safe(tag),  # noqa: S308 - p or span, written in a template
        "availability-word" if plain else "availability",
        found.state,
        piece.pk,
        found.in_lists,
    )


@register.filter
def state(piece: Any) -> str:
    """available, held, made or sold."""
    return wordings.of_piece(piece).state


@register.simple_tag(takes_context=True)
def piece_url(context: dict[str, Any], piece: Piece) -> str:
    """A piece's page; its preview on the pages of a preview; from a story, it says which."""
    if preview := context.get("preview"):
        return reverse("catalog:piece_preview", args=[preview, piece.slug])
    story = context.get("story")
    return f"{piece.get_absolute_url()}?from={story}" if story else piece.get_absolute_url()


@register.simple_tag(takes_context=True)
def collection_url(context: dict[str, Any], collection: Collection) -> str:
    """A collection's page; its preview on the pages of a preview."""
    if preview := context.get("preview"):
        return reverse("catalog:collection_preview", args=[preview])
    return collection.get_absolute_url()


@register.filter
def quoted(text: str) -> str:
    """A quotation in the marks of the house, whether or not they were typed."""
    return f"“{text.strip().strip('“”"')}”"


@register.filter
def grams(milligrams: int) -> str:
    """``11200`` as 11.2 g."""
    return f"{number_format(Decimal(milligrams) / _MILLIGRAMS, decimal_pos=1)}{NBSP}g"


@register.filter
def millimetres(hundredths: int) -> str:
    """``1719`` as 17.2, without a unit; whole numbers without a point."""
    value = (Decimal(hundredths) / _HUNDREDTHS).quantize(Decimal("0.1"))
    return number_format(value, decimal_pos=0 if value == int(value) else 1)


_MILLIGRAMS, _HUNDREDTHS = Decimal(10) ** 3, Decimal(10) ** 2
