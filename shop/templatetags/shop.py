"""Tags and filters that every template has without loading them."""

from typing import Any

import nh3
from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from shop.money import format_money
from shop.numbers import spell

register = template.Library()
_markdown = MarkdownIt("zero", {"typographer": False}).enable(
    ["emphasis", "link", "list", "newline", "escape", "backticks", "entity", "text"]
)
_TAGS = {"p", "em", "strong", "a", "ul", "ol", "li", "br", "code"}


@register.filter
def money(amount: int, currency: str = "") -> str:
    """Minor units as the shop writes them: ``{{ piece.price|money }}`` is ``640 €``."""
    return format_money(int(amount), currency or settings.SHOP_CURRENCY)


@register.filter
def in_full(amount: int, currency: str = "") -> str:
    """The same in a column of sums: ``{{ order.total|in_full }}`` is ``640.00 €``."""
    return format_money(int(amount), currency or settings.SHOP_CURRENCY, in_full=True)


@register.filter
def markdown(text: str) -> SafeString:
    """A designer's Markdown as clean HTML: paragraphs, emphasis, links and lists only."""
    html = _markdown.render(text or "")
    return mark_safe(  # noqa: S308 - nh3 has cleaned it
        nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"https", "mailto"})
    )


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """``mapping[key]``, or nothing."""
    return mapping.get(key) if mapping else None


@register.filter
def spelled(number: int) -> str:
    """A number in words up to ninety-nine: ``{{ 46|spelled }}`` is ``forty-six``."""
    return spell(int(number))
