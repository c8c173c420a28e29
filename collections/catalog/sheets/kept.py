"""The file that somebody sent, kept between looking at it and taking it over.

In the private storage, one a person, under a name that cannot be guessed: every process of
the shop finds it there, and the next one of the same person takes its place.
"""

import logging
import re
import secrets

from django.core.files.base import ContentFile

from catalog.models.photo import originals

logger = logging.getLogger(__name__)
_TOKEN = re.compile(r"[0-9a-f]{32}\Z")


def keep(content: bytes, *, person: int) -> str:
    """Keep a file in place of the person's last; the token by which it is found."""
    forget(person=person)
    token = secrets.token_hex(16)
    originals().save(_name(person, token), ContentFile(content))
    return token


def find(token: str, *, person: int) -> bytes | None:
    """The file of this person under this token; None when it is not there any more."""
    if not _TOKEN.match(token):
        return None
    try:
        with originals().open(_name(person, token)) as file:
            content: bytes = file.read()
    except OSError:
        return None
    return content


def forget(*, person: int) -> None:
    """Delete whatever is kept of this person."""
    storage = originals()
    try:
        names = storage.listdir(_folder(person))[1]
    except OSError:
        return
    for name in names:
        storage.delete(f"{_folder(person)}/{name}")


def _folder(person: int) -> str:
    return f"tables/{person}"


def _name(person: int, token: str) -> str:
    return f"{_folder(person)}/{token}"
