"""Files on a disk: whole or not there at all; private ones have no address on the web."""

import secrets
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class WholeFileSystemStorage(FileSystemStorage):
    """A file appears under its name once all of it is written, so that a process killed in the
    middle leaves none that looks finished.
    """

    def _save(self, name: str, content: Any) -> str:
        part = super()._save(f"{name}.{secrets.token_hex(4)}.part", content)  # type: ignore[misc]
        Path(self.path(part)).replace(self.path(name))
        return name


class PrivateFileSystemStorage(WholeFileSystemStorage):
    """A folder that nothing serves; a view hands its files to whom they belong."""

    def url(self, name: str | None) -> str:
        raise ValueError("This file is not accessible via a URL.")
