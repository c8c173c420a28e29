"""Photographs: look at an upload, refuse it in a sentence, or make the files the shop shows.

Knows no app and no model. Nothing of an original is ever published: the shop shows only pixels that
were decoded here and encoded again, without any metadata. Originals stay private.
"""

from shop.images.colours import COLOUR_NAMES, colour_name, palette, suggest_colour, tone
from shop.images.cropping import crop_box
from shop.images.facts import ImageFacts, distance, inspect
from shop.images.opening import (
    ACCEPTED,
    LIMITS,
    MAX_BYTES,
    MAX_PIXELS,
    MAX_STRETCH,
    MIN_SIDE,
    Limits,
)
from shop.images.refusals import ImageRefused, shown_name
from shop.images.rendering import FORMATS, WIDTHS, Rendered, Rendition, render

__all__ = [
    "ACCEPTED",
    "COLOUR_NAMES",
    "FORMATS",
    "LIMITS",
    "MAX_BYTES",
    "MAX_PIXELS",
    "MAX_STRETCH",
    "MIN_SIDE",
    "WIDTHS",
    "ImageFacts",
    "ImageRefused",
    "Limits",
    "Rendered",
    "Rendition",
    "colour_name",
    "crop_box",
    "distance",
    "inspect",
    "palette",
    "render",
    "shown_name",
    "suggest_colour",
    "tone",
]
