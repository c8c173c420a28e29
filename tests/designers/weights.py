"""What a page of the workshop weighs without its pictures, as a shop sends it: packed.

Fonts (78 KB in all three, once a year) are not in it: they are the same on every page.
"""

import gzip
import re
from functools import cache
from pathlib import Path
from urllib.parse import urljoin

from django.contrib.staticfiles import finders
from django.http.response import HttpResponseBase

_LINKED = re.compile(
    r'<(?:link[^>]*rel="(?:stylesheet|preload)"[^>]*href|script[^>]*src)="([^"]+)"'
)
_IMPORTED = re.compile(
    r"""@import\s+(?:url\()?["']?([^"')]+)["']?\)?|^import\s+(?:[^"';\n]*from\s+)?["']([^"']+)["']""",
    re.M,
)


def weight_of(page: HttpResponseBase) -> int:
    """Bytes of its HTML, its stylesheets and its scripts, all of them fetched anew."""
    html: bytes = page.content  # type: ignore[attr-defined]
    named = {match for match in _LINKED.findall(html.decode()) if match.endswith((".css", ".js"))}
    files = {name for address in named for name in _with_imports(address)}
    return len(gzip.compress(html)) + sum(map(_size, files))


@cache
def _with_imports(address: str) -> frozenset[str]:
    found = {address}
    text = _text(address)
    if text is not None:
        inner = [one or other for one, other in _IMPORTED.findall(text)]
        for name in inner:
            found |= _with_imports(urljoin(address, name))
    return frozenset(found)


@cache
def _size(address: str) -> int:
    return len(gzip.compress(_path(address).read_bytes()))


def _text(address: str) -> str | None:
    return _path(address).read_text() if address.endswith((".css", ".js")) else None


def _path(address: str) -> Path:
    found = finders.find(address.removeprefix("/static/"))
    assert isinstance(found, str), address
    return Path(found)
