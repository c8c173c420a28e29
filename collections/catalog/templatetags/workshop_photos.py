"""A photograph in the workshop's tray."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin import looks
from catalog.models import Photo

register = template.Library()


@register.simple_tag
def snap(photo: Photo) -> SafeString:
    """Its smallest file, or an empty plate while there is none."""
    file = looks.smallest(photo)
    if file is None:
        return format_html('<span class="plate" aria-hidden="true">{}</span>', "")
    return format_html(
        '<img class="plate" src="{}" width="{}" height="{}" alt="" loading="lazy"'
        ' decoding="async">',
        *file,
    )
