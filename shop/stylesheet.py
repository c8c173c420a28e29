"""All of the shop's CSS in one file, so that a page waits for one request and not for thirty.

The parts in ``static/css`` stay plain files. ``css/built/shop.css`` is put together from them
whenever static files are looked for: on each change in development, once by ``collectstatic``.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

# Two folders deep like its parts, so that their relative addresses of fonts stay true.
NAME = "css/built/shop.css"


def parts() -> list[Path]:
    """The files that make the stylesheet; tokens come first, since they fix the layers."""
    css = Path(settings.BASE_DIR) / "static" / "css"
    base = sorted((css / "base").glob("*.css"), key=lambda path: (path.stem != "tokens", path.stem))
    rest = [*sorted((css / "layout").glob("*.css")), *sorted((css / "components").glob("*.css"))]
    return [*base, *rest, css / "utilities.css"]


class StylesheetFinder(BaseFinder):
    """Finds one static file, the stylesheet, and writes it anew when a part has changed."""

    storage = FileSystemStorage(location=Path(settings.BASE_DIR) / "var" / "stylesheet")

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path != NAME:
            return []
        found = str(self._built())
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        self._built()
        yield NAME, self.storage

    def _built(self) -> Path:
        path = Path(self.storage.path(NAME))
        if not path.exists() or path.stat().st_mtime < max(p.stat().st_mtime for p in parts()):
            _write(path, _tightened("\n".join(part.read_text() for part in parts())))
        return path


def _tightened(text: str) -> str:
    """Without comments and indentation; our files have no strings with several spaces."""
    return " ".join(_COMMENT.sub("", text).split())


_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def _write(path: Path, text: str) -> None:
    """Whole or not at all: another process may be reading it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
        file.write(text)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)
