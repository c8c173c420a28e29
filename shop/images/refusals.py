"""Why a file is not taken, in one sentence for the person who dropped it."""

import unicodedata
from pathlib import PureWindowsPath

from django.utils.translation import gettext_lazy as _

NAME_LENGTH = 80

# The part before the dot is the code callers may branch on.
SENTENCES = {
    "empty": _("%(name)s is empty: no picture arrived. Drop it once more."),
    "not_an_image": _(
        "%(name)s is not a picture we can read. We take JPEG, PNG, WebP, AVIF, TIFF and HEIC."
    ),
    "corrupt": _(
        "%(name)s is not a picture we can read: it is damaged. "
        "Export it again and drop it once more."
    ),
    "truncated": _(
        "%(name)s is not a picture we can read: it ends in the middle. "
        "Export it again and drop it once more."
    ),
    "too_large": _(
        "%(name)s is larger than %(limit)s MB. Export it as a JPEG and drop it once more."
    ),
    "too_many_pixels": _(
        "%(name)s has more than %(limit)s million pixels. Export it smaller and drop it once more."
    ),
    "too_small": _(
        "%(name)s is too small to show: its shorter side needs %(limit)s pixels or more. "
        "Look for the original."
    ),
    "animated": _("%(name)s moves. Export one picture of it as a JPEG and drop that."),
    "lost": _("The file of %(name)s is not there any more. Drop it once more."),
    "too_heavy": _(
        "%(name)s could not be made ready, three times over. Export it smaller and replace it."
    ),
    "unsupported": _("%(name)s is a file we do not take. Export it as a JPEG and drop that."),
    "unsupported.kind": _(
        "%(name)s is %(kind)s, which we do not take. Export it as a JPEG and drop that."
    ),
    "unsupported.pages": _("%(name)s has several pages. Export the one you mean as a JPEG."),
    "unsupported.colours": _(
        "%(name)s counts its colours in a way we cannot read. Export it as a JPEG and drop that."
    ),
    "unsupported.strip": _(
        "%(name)s is a strip, more than %(limit)s times as long as it is wide. "
        "Crop it and drop it once more."
    ),
}


class ImageRefused(ValueError):
    """An upload that is no photograph for the shop.

    ``str()`` is a sentence in the reader's language which names the file, not escaped for HTML.
    ``code`` is one of not_an_image, corrupt, truncated, too_large, too_many_pixels, animated,
    unsupported, too_small, empty, lost, too_heavy.
    """

    def __init__(self, reason: str, name: str, **details: object) -> None:
        super().__init__(reason, name)
        self.reason = reason
        self.code = reason.partition(".")[0]
        self.name = shown_name(name)
        self.details = details

    def __str__(self) -> str:
        name = self.name or _("This file")
        return str(SENTENCES[self.reason]) % {"name": name, **self.details}


def shown_name(name: str) -> str:
    """Return what of a browser's file name may be shown: no folders, nothing invisible, 80 long."""
    base = PureWindowsPath(name.replace("\0", "")).name
    visible = "".join(c for c in base if unicodedata.category(c)[0] != "C").strip()
    if len(visible) <= NAME_LENGTH:
        return visible
    return f"{visible[: NAME_LENGTH - 1]}…"
