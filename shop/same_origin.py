"""Unsafe requests from public pages, which carry no CSRF token, must come from the shop itself.

Browsers say so themselves: https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def same_origin[**P](
    view: Callable[P, HttpResponseBase],
) -> Callable[P, HttpResponseBase]:
    """Answers 403 to a POST that another site sent; takes the place of the CSRF token."""

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request = args[0]
        assert isinstance(request, HttpRequest)  # noqa: S101 - for the type checker
        if request.method in _SAFE or _is_ours(request):
            return view(*args, **kwargs)
        return render(request, "shop/sent_from_elsewhere.html", status=403)

    return csrf_exempt(checked)


def _is_ours(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    if not origin:
        return False
    return urlsplit(origin).netloc in {request.get_host(), urlsplit(settings.SITE_URL).netloc}
