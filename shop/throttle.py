"""How often one address may do something, counted in the cache."""

import hashlib
from collections.abc import Callable
from functools import wraps

from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from shop import network


def throttled[**P](
    name: str, *, times: int, seconds: int
) -> Callable[[Callable[P, HttpResponseBase]], Callable[P, HttpResponseBase]]:
    """Answers 429 to a POST when its address has sent more than ``times`` in ``seconds``."""

    def decorate(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
        @wraps(view)
        def counted(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            request = args[0]
            assert isinstance(request, HttpRequest)  # noqa: S101 - for the type checker
            if request.method == "POST" and _count(request, name, seconds) > times:
                response = render(request, "shop/429.html", {"minutes": seconds // 60}, status=429)
                response.headers["Retry-After"] = str(seconds)
                return response
            return view(*args, **kwargs)

        return counted

    return decorate


def _count(request: HttpRequest, name: str, seconds: int) -> int:
    who = hashlib.blake2b(network.address(request).encode(), digest_size=12).hexdigest()
    key = f"throttle:{name}:{who}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:  # the key ran out between the two
        return 1
