"""What the lists of the workshop need on a phone, where each row is a card."""

import re
from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst

register = template.Library()
# Columns that say by themselves what they are.
_PLAIN = re.compile(r'class="[^"]*(?:action-checkbox|field-photo|_thumb|field-__str__)')
_EMPTY = {"", "-", "–"}


@register.filter
def labelled(row: Iterable[SafeString], headers: list[dict[str, Any]]) -> list[SafeString]:
    """The cells of a row with their columns' names in ``data-l``; ``data-none`` where empty.

    The first linked cell is the card's heading and has no label.
    """
    return [_labelled(cell, head) for cell, head in zip(row, headers, strict=False)]


def _labelled(cell: SafeString, head: dict[str, Any]) -> SafeString:
    if cell.startswith("<th") or _PLAIN.search(cell.partition(">")[0]):
        return cell
    told = f' data-l="{escape(capfirst(strip_tags(str(head["text"]))))}"'
    if strip_tags(cell).strip() in _EMPTY and "<img" not in cell and "<svg" not in cell:
        told += " data-none"
    return SafeString(cell.replace("<td", f"<td{told}", 1))
