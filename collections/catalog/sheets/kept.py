"""The file that somebody sent, kept between looking at it and taking it over.

In the private storage, one a person, under a name that cannot be guessed: every process of
the shop finds it there, the next one of the same person takes its place, and one that nobody
came back to goes after a day.
"""

import logging
import re
import secrets
import time

from django.core.files.base import ContentFile

from catalog.models.photo import originals

logger = logging.getLogger(__name__)
_TOKEN = re.compile(r"[0-9a-f]{32}\Z")
_FOLDER = "tables"
_WAITS = 24 * 60 * 60  # seconds


def keep(content: bytes, *, person: int) -> str:
    """Keep a file in place of the person's last; the token by which it is found."""
    forget(person=person)
    # It begins with the moment, so that nobody needs to ask the storage how old a file is.
    token = f"{int(time.time()):08x}{secrets.token_hex(12)}"
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
    for name in _listed(_folder(person))[1]:
        originals().delete(f"{_folder(person)}/{name}")


def sweep() -> int:
    """Delete what waits for longer than a day; how many files."""
    old = [
        f"{_FOLDER}/{person}/{name}"
        for person in _listed(_FOLDER)[0]
        for name in _listed(f"{_FOLDER}/{person}")[1]
        if _is_old(name)
    ]
    for name in old:
        originals().delete(name)
    return len(old)


def _is_old(token: str) -> bool:
    is_ours = _TOKEN.match(token)
    return not is_ours or abs(time.time() - int(token[:8], 16)) > _WAITS


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """The folders and the files in it; none where it was never made."""
    try:
        folders, files = originals().listdir(folder)
    except OSError:
        return [], []
    return folders, files


def _folder(person: int) -> str:
    return f"{_FOLDER}/{person}"


def _name(person: int, token: str) -> str:
    return f"{_folder(person)}/{token}"
