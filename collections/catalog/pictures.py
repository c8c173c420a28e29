"""A photograph as HTML: which files there are is in its columns, no file is looked at."""

from collections.abc import Hashable
from functools import lru_cache
from typing import cast

from django.core.files.storage import Storage, storages
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.models import Photo

# Browsers that know neither AVIF nor WebP are rare: they get one good file.
_FALLBACK_WIDTH = 800


def tag(
    photo: Photo | None,
    shape: str,
    sizes: str,
    alt: str | None,
    *,
    eager: bool = False,
    lazy: bool = True,
    most: int = 1600,
) -> SafeString:
    """The <picture>; nothing while the photograph has no files yet."""
    found = photo.shape(shape) if photo else {}
    if photo is None or not found:
        return SafeString("")
    width, height = _fallback(found)
    return format_html(
        '<picture>{}<img src="{}" width="{}" height="{}" alt="{}"{}></picture>',
        format_html_join(
            "",
            '<source type="image/{}" srcset="{}" sizes="{}">',
            ((kind, srcset(photo, shape, kind, most), sizes) for kind in ("avif", "webp")),
        ),
        f"{base_url()}{found['base']}-{width}.jpg",
        width,
        height,
        photo.alt if alt is None else alt,
        _loading(eager=eager, lazy=lazy),
    )


def srcset(photo: Photo, shape: str, kind: str, most: int = 1600) -> str:
    """The addresses of one format with their widths."""
    found = photo.shape(shape)
    start = f"{base_url()}{found['base']}"
    widths = [width for width, _ in found["sizes"]]
    fitting = [width for width in widths if width <= most] or widths[:1]
    return ", ".join(f"{start}-{width}.{kind} {width}w" for width in fitting)


def largest(photo: Photo, shape: str, kind: str = "webp") -> str:
    """The address of the widest file of a shape; empty while there is none."""
    found = photo.shape(shape)
    return f"{base_url()}{found['base']}-{found['sizes'][-1][0]}.{kind}" if found else ""


def largest_size(photo: Photo, shape: str) -> tuple[int, int]:
    """Its width and height in pixels."""
    width, height = photo.shape(shape)["sizes"][-1]
    return width, height


def parts(photo: Photo | None) -> tuple[Hashable, ...]:
    """All that a photograph's HTML depends on."""
    if photo is None:
        return ()
    bases = (photo.shape("card").get("base"), photo.shape("full").get("base"))
    return photo.pk, *bases, photo.alt, photo.tone, photo.focus_x, photo.focus_y


def base_url() -> str:
    """What every public file's address begins with."""
    return _base_of(cast(Hashable, storages["default"]))


@lru_cache(maxsize=4)
def _base_of(storage: Hashable) -> str:
    # One call for all: S3's url() costs a signature each time, although ours needs none.
    return cast(Storage, storage).url("x").removesuffix("x")


def _fallback(found: dict[str, list[list[int]]]) -> tuple[int, int]:
    sizes = [(width, height) for width, height in found["sizes"]]
    return next((size for size in sizes if size[0] >= _FALLBACK_WIDTH), sizes[-1])


def _loading(*, eager: bool, lazy: bool) -> SafeString:
    if eager:
        return SafeString(' fetchpriority="high"')
    return SafeString(' loading="lazy" decoding="async"') if lazy else SafeString("")
