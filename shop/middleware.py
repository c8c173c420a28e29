"""One log line a request, with an id that every line of the same request carries."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

type GetResponse = Callable[[HttpRequest], HttpResponseBase]

log = logging.getLogger("shop.request")
_request_id: ContextVar[str] = ContextVar("request_id", default="-")
_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}\Z")
# Path parts that open something for whoever holds them must not reach a log.
_SECRET_PART = re.compile(r"(?<=/)[A-Za-z0-9_-]{24,}(?=/)")


class RequestIdFilter(logging.Filter):
    """Puts the id of the request being answered on each record, "-" outside of one."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request_id.get()
        return True


def request_log(get_response: GetResponse) -> GetResponse:
    """Middleware: gives the request an id (or takes the proxy's) and logs one line."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _GIVEN_ID.match(given) else secrets.token_hex(8)
        token = _request_id.set(request_id)
        started = time.perf_counter()
        try:
            response = get_response(request)
            response.headers["X-Request-ID"] = request_id
            milliseconds = (time.perf_counter() - started) * 1000
            path = _SECRET_PART.sub("…", request.path)
            log.info("%s %s %d %.0fms", request.method, path, response.status_code, milliseconds)
            return response
        finally:
            _request_id.reset(token)

    return middleware
