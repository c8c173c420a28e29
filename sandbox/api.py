"""One API request from its headers to its answer: https://docs.stripe.com/api."""

import base64
import json
import logging
import time
from typing import Any
from urllib.parse import unquote

from sandbox import API_VERSION, expand, faults, forms, idempotency, parameters, routes, sessions
from sandbox.answers import Answer, Headers, as_json
from sandbox.errors import Invalid, Refused
from sandbox.objects import new_id
from sandbox.standin import Call, StandIn
from sandbox.store import Json

log = logging.getLogger(__name__)
FOR_ACCOUNTS = {"GET /v1/payouts/*"}


def answer(
    stand: StandIn, method: str, path: str, query: str, headers: Headers, body: bytes
) -> Answer:
    """Answers a request to /v1 or /v2, with an error body when it is refused."""
    request_id = new_id("req", 14)
    started = time.monotonic()
    try:
        result = _answer(stand, method, path, query, headers, body, request_id)
    except Refused as refusal:
        result = _refusal(refusal, request_id)
    except Exception:
        log.exception("%s %s %s", request_id, method, path)
        result = _refusal(
            Refused("An unknown error occurred", status=500, type="api_error"), request_id
        )
    finally:
        stand.call = None
    result.headers |= {"Request-Id": request_id, "Stripe-Version": API_VERSION}
    if key := headers.get("Idempotency-Key"):
        result.headers["Idempotency-Key"] = key
    taken = (time.monotonic() - started) * 1000
    log.info(
        "%s %s %s %s %.0f ms",
        request_id,
        method,
        path,
        "lost" if result.lost else result.status,
        taken,
    )
    return result


def _refusal(refusal: Refused, request_id: str) -> Answer:
    body = refusal.body()
    body["error"]["request_log_url"] = f"/panel?request={request_id}"
    retry = {"Stripe_Should_Retry": "true" if refusal.status in (409, 500) else "false"}
    return as_json(body, refusal.status, **retry)


def _answer(
    stand: StandIn,
    method: str,
    path: str,
    query: str,
    headers: Headers,
    body: bytes,
    request_id: str,
) -> Answer:
    _authenticate(headers)
    fault = faults.take(stand, method, path)
    if fault and faults.strike(fault):
        return Answer(lost=True)
    _check_version(headers)
    found = routes.find(method, path)
    account = _acting_for(found[0] if found else "", headers)
    if found is None:
        raise Invalid(
            f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs "
            "or we can help at "
            "https://support.stripe.com/.",
            status=404,
        )
    operation, ids = found
    call = Call(
        method,
        path,
        headers.get("Host", ""),
        _decode(operation, query, headers, body),
        ids=[unquote(id) for id in ids],
        request_id=request_id,
        idempotency_key=headers.get("Idempotency-Key") if method == "POST" else None,
        account=account,
    )
    with idempotency.alone(stand, call.idempotency_key):
        faults.linger(fault)
        result = _run(stand, operation, call)
        if fault and fault.mode == "timeout_after":
            return Answer(lost=True)
        return result


def _authenticate(headers: Headers) -> None:
    key = _key(headers.get("Authorization", ""))
    if not key:
        raise Invalid(
            "You did not provide an API key. You need to provide your API key in the "
            "Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=401,
        )
    if "_live_" in key:
        raise Invalid(
            "This is a sandbox on your own machine: never send it a live key.", status=401
        )
    if not key.startswith("sk_test_") or len(key) <= len("sk_test_"):
        raise Invalid(f"Invalid API Key provided: {key[:4]}{'*' * 8}{key[-4:]}", status=401)


def _key(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except ValueError:
        return ""


def _check_version(headers: Headers) -> None:
    version = headers.get("Stripe-Version", API_VERSION)
    if version != API_VERSION:
        raise Invalid(
            f"Invalid Stripe API version: {version}. This sandbox speaks {API_VERSION} only."
        )


def _acting_for(operation: str, headers: Headers) -> str:
    """The connected account that is acted for; only what the shop reads there can be."""
    account: str = headers.get("Stripe-Account", "")
    if (account and operation not in FOR_ACCOUNTS) or "Stripe-Context" in headers:
        raise Invalid("The sandbox does not act on behalf of connected accounts.")
    return account


def _decode(operation: str, query: str, headers: Headers, body: bytes) -> Json:
    if operation.startswith("GET"):
        return forms.decode(query)
    if query:
        raise Invalid("Parameters of a POST belong into its body.")
    if " /v2/" in operation:
        return _decode_json(body)
    kind = headers.get("Content-Type", "application/x-www-form-urlencoded")
    if body and not kind.startswith("application/x-www-form-urlencoded"):
        raise Invalid(
            f"Invalid request: Content-Type must be application/x-www-form-urlencoded, not {kind}."
        )
    try:
        return forms.decode(body.decode())
    except UnicodeDecodeError:
        raise Invalid("Invalid UTF-8 in the request body.") from None


def _decode_json(body: bytes) -> Json:
    try:
        given = json.loads(body or b"{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise Invalid("Invalid request body: it must be a JSON object.")
    kept: Json = _without_null(given)
    return kept


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_null(item) for key, item in value.items() if item is not None}
    return value


def _run(stand: StandIn, operation: str, call: Call) -> Answer:
    stand.call = call
    if call.idempotency_key and (before := idempotency.recall(stand, call)):
        return as_json(
            before.body,
            before.status,
            Idempotent_Replayed="true",
            Original_Request=before.request_id,
        )
    call.params = parameters.check(operation, call.given)
    try:
        with stand.store.transaction():
            body = routes.ROUTES[operation](stand, call)
            extras = {
                "checkout.session.line_items": lambda session: sessions.first_lines(stand, session)
            }
            body = expand.expand(stand, body, call.params.get("expand", []), extras)
            idempotency.remember(stand, call, 200, body)
    except Refused as refusal:
        # API v2 runs a refused request again under the same key; v1 remembers the refusal.
        if refusal.stored and not call.path.startswith("/v2/"):
            idempotency.remember(stand, call, refusal.status, refusal.body())
        raise
    return as_json(body)
