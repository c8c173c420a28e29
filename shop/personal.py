"""Pages that are for one person: never kept, never indexed, their address never told on."""

from collections.abc import Callable
from functools import wraps

from django.http.response import HttpResponseBase


def personal[**P](view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Keeps a page out of caches and search engines, and its address out of Referer."""

    @wraps(view)
    def kept_private(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response

    return kept_private


def secret[**P](view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """A personal page that its address alone opens."""

    @wraps(view)
    def kept_secret(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return personal(kept_secret)
