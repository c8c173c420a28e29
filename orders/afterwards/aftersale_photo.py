"""A photograph sent with a request: what is kept is a small clean picture, for two to see.

The file itself is never kept: its pixels are decoded and encoded again, without any metadata, as
every picture of the shop is, and lie where only the views below reach them.
"""

from typing import IO

from django.core.files.base import ContentFile
from django.http import FileResponse, Http404

from catalog.models.photo import originals
from orders.models import AfterSale
from orders.models.aftersale import photo_name
from shop import images

# Of a telephone, not of a studio.
LIMITS = images.Limits(max_bytes=30 * 1024 * 1024, min_side=160)
_WIDTHS = (160, 400, 800, 1200)


def clean(file: IO[bytes], name: str) -> ContentFile[bytes]:
    """A JPEG of it, at most 1200 pixels wide. Raises images.ImageRefused, a sentence in itself."""
    made = images.render(file, name=name, widths=_WIDTHS, formats=("jpeg",), limits=LIMITS)
    natural = [one for one in made.renditions if one.shape == "natural"]
    return ContentFile(max(natural, key=lambda one: one.width).content, "photograph.jpg")


def keep(photo: ContentFile[bytes] | None) -> str:
    """Store it under a name that nobody can guess; empty without one. Before the transaction."""
    if photo is None:
        return ""
    return originals().save(photo_name(AfterSale(), ""), photo)


def drop(name: str) -> None:
    """Remove what was stored for a request that did not come about."""
    if name:
        originals().delete(name)


def answer(asked: AfterSale) -> FileResponse:
    """The picture, for whom the caller has let in; Http404 without one."""
    try:
        file = asked.photo.open("rb")
    except (ValueError, FileNotFoundError) as error:
        raise Http404 from error
    response = FileResponse(file, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
