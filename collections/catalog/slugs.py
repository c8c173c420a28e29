"""Addresses made from titles."""

from django.db import models
from django.utils.text import slugify


def free_slug(thing: models.Model, title: str) -> str:
    """An address from a title that no other row of the model has: low-water, low-water-2."""
    kind = type(thing)
    most: int = kind._meta.get_field("slug").max_length  # type: ignore[union-attr, assignment]
    stem = slugify(title)[: most - 6].strip("-") or kind._meta.model_name or "x"
    taken = set(
        kind._default_manager.filter(slug__startswith=stem)
        .exclude(pk=thing.pk)
        .values_list("slug", flat=True)
    )
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return stem if stem not in taken else next(slug for slug in numbered if slug not in taken)
