"""Tags for what the shop shows: photographs, touchmarks, availability, the header."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from catalog import availability as wordings
from catalog import pictures, shown
from catalog.models import Photo
from designers.models import Designer

register = template.Library()


@register.inclusion_tag("shop/_site_header.html", takes_context=True)
def site_header(context: dict[str, Any]) -> dict[str, Any]:
    """The header with its panel of collections; one query."""
    request = context.get("request")
    return {
        "collections": shown.panel(),
        "path": request.path if request else "",
        "shop_name": context.get("shop_name", ""),
    }


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
    tag = pictures.tag(photo, shape, sizes, alt, eager=eager, lazy=lazy, most=most)
    if not frame:
        return tag
    return format_html('<div class="photo {}"{}>{}</div>', classes, tone(photo), tag)


@register.simple_tag
def tone(photo: Photo | None) -> SafeString:
    """The frame's attributes: the colour before the picture arrives, the side to keep."""
    if photo is None:
        return SafeString("")
    focus = format_html(' data-focus="{}"', photo.focus) if photo.focus else ""
    return format_html(' data-tone="{}"{}', photo.tone, focus)


@register.simple_tag
def preload(photo: Photo | None, *, sizes: str, shape: str = "card") -> SafeString:
    """Asks for the page's largest picture before its HTML is read."""
    if photo is None or not photo.shape(shape):
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
def availability(piece: Any, tag: str = "p") -> SafeString:
    """Whether a piece of a list can be had, kept true by availability.js."""
    found = wordings.of_piece(piece)
    return format_html(
        '<{0} class="availability" data-state="{1}" data-piece="{2}">{3}</{0}>',
        mark_safe(tag),  # noqa: S308 - p or span, written in a template
        found.state,
        piece.pk,
        found.in_lists,
    )


@register.filter
def state(piece: Any) -> str:
    """available, held, made or sold."""
    return wordings.of_piece(piece).state
