"""Pages that are the same bytes for everybody, kept whole for a few seconds.

A public view is wrapped in ``public_page``: no cookie, an ETag, Cache-Control, compressed
once. The middleware answers a repeated request before sessions, database and templates.
``forget`` drops everything kept, as after publishing. What changes by itself at a moment that is
known (``TURNS``) is kept until then, by us and by whoever keeps it for us.
"""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.timezone import localdate, localtime, now
from django.views.decorators.http import require_safe

from shop.middleware import GetResponse

# Each tells when what the shop shows changes next by itself (aware), or None; one query each.
TURNS: list[Callable[[], datetime | None]] = []
_GENERATION = "public-pages:generation"
_BROWSER_SECONDS = 0  # browsers ask again each time; an unchanged page answers 304


@dataclass(frozen=True, slots=True)
class Page:
    """A finished page: its body plain and compressed, its type, its ETag, and until when it holds.

    ``until`` is None where nothing is to change by itself.
    """

    body: bytes
    compressed: bytes
    content_type: str
    etag: str
    until: datetime | None = None

    @property
    def holds(self) -> bool:
        return self.until is None or self.until > now()


def public_page[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponseBase]:
    """Makes a view's page public: the same bytes for every visitor, and kept."""

    @wraps(view)
    def shown(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request = args[0]
        assert isinstance(request, HttpRequest)  # noqa: S101 - for the type checker
        response = view(*args, **kwargs)
        if response.status_code != 200 or response.streaming:
            return response
        page = _finish(response)
        if settings.PUBLIC_PAGE_SECONDS:
            cache.set(_key(request), page, settings.PUBLIC_PAGE_SECONDS)
        return _answer(request, page)

    return require_safe(shown)


def middleware(get_response: GetResponse) -> GetResponse:
    """Answers from what is kept, when it is kept."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if settings.PUBLIC_PAGE_SECONDS and request.method in {"GET", "HEAD"}:
            page = cache.get(_key(request))
            if isinstance(page, Page) and page.holds:
                return _answer(request, page)
        return get_response(request)

    return answer


def forget() -> None:
    """Drop every kept page of this cache, because what the shop shows has changed."""
    try:
        cache.incr(_GENERATION)
    except ValueError:
        cache.set(_GENERATION, 1, None)


def _key(request: HttpRequest) -> str:
    # Promised days and holidays turn at midnight: what was kept yesterday is not shown today.
    where = f"{localdate()} {request.get_host()} {request.get_full_path()}"
    digest = hashlib.blake2b(where.encode(), digest_size=16).hexdigest()
    return f"public-page:{cache.get(_GENERATION, 0)}:{digest}"


def _next_turn() -> datetime | None:
    """When the next change comes by itself; asked once for all pages that are kept meanwhile."""
    if not settings.PUBLIC_PAGE_SECONDS:
        return None
    key = f"public-pages:turn:{cache.get(_GENERATION, 0)}"
    known: tuple[datetime | None] | None = cache.get(key)
    if known is None or (known[0] and known[0] <= now()):
        moments = [moment for turn in TURNS if (moment := turn())]
        known = (min(moments, default=None),)
        cache.set(key, known, settings.PUBLIC_PAGE_SECONDS)
    return known[0]


def _finish(response: HttpResponse) -> Page:
    body = response.content
    # mtime=0: the same page compresses to the same bytes.
    compressed = gzip.compress(body, compresslevel=6, mtime=0)
    digest = hashlib.blake2b(body, digest_size=12).hexdigest()
    return Page(body, compressed, response.headers["Content-Type"], digest, _next_turn())


def _answer(request: HttpRequest, page: Page) -> HttpResponse:
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    etag = f'"{page.etag}{"-gz" if zipped else ""}"'
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(
            page.compressed if zipped else page.body, content_type=page.content_type
        )
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        # A kept page passes CommonMiddleware by, and without a length it would be sent in chunks.
        response.headers["Content-Length"] = str(len(response.content))
        if request.method == "HEAD":  # gunicorn warns of each body that it has to drop
            response.content = b""
    response.headers["ETag"] = etag
    shared = min(settings.PUBLIC_PAGE_SECONDS, _seconds_of_today(), _seconds_left(page))
    response.headers["Cache-Control"] = f"public, max-age={_BROWSER_SECONDS}, s-maxage={shared}"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _seconds_left(page: Page) -> int:
    """Whole seconds until the page changes by itself."""
    if page.until is None:
        return int(settings.PUBLIC_PAGE_SECONDS)
    return max(0, int((page.until - now()).total_seconds()))


def _seconds_of_today() -> int:
    """Until the shop's midnight; an hour that is set back or forward makes no difference."""
    here = localtime()
    return 86_400 - (here.hour * 60 + here.minute) * 60 - here.second
