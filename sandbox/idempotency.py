"""Idempotency keys: the same request gets the same answer, another one is refused.

https://docs.stripe.com/api/idempotent_requests: answers of 4xx are remembered too, failed
validation is not.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sandbox.errors import Invalid
from sandbox.standin import Call, StandIn
from sandbox.store import Json

KEPT = 24 * 60 * 60


@dataclass(frozen=True)
class Remembered:
    """An answer given before under the same key."""

    status: int
    body: Json
    request_id: str


@contextmanager
def alone(stand: StandIn, key: str | None) -> Iterator[None]:
    """Only one request at a time may use a key; the second is told so with a 409."""
    if key is None:
        yield
        return
    if len(key) > 255:
        raise Invalid("Idempotency keys can be at most 255 characters.")
    with stand.running_lock:
        if key in stand.running:
            raise Invalid(
                "There is currently another in-progress request using this Idempotent Key (that "
                "probably means you "
                f"submitted twice, and the other request is still going through): {key}. Please "
                "try again later.",
                status=409,
                code="idempotency_key_in_use",
                type="idempotency_error",
            )
        stand.running.add(key)
    try:
        yield
    finally:
        with stand.running_lock:
            stand.running.discard(key)


def recall(stand: StandIn, call: Call) -> Remembered | None:
    """The answer given before; raises for a key used before with something else."""
    rows = stand.store.rows(
        "SELECT * FROM answers WHERE key = ? AND created > ?",
        call.idempotency_key,
        time.time() - KEPT,
    )
    if not rows:
        return None
    if rows[0]["request"] != _request(call):
        raise Invalid(
            "Keys for idempotent requests can only be used with the same parameters they were "
            "first used with. "
            f"Try using a key other than '{call.idempotency_key}' if you meant to execute a "
            "different request.",
            type="idempotency_error",
        )
    return Remembered(rows[0]["status"], json.loads(rows[0]["body"]), rows[0]["request_id"])


def remember(stand: StandIn, call: Call, status: int, body: Json) -> None:
    """Keeps an answer under the call's key, if it has one."""
    if call.idempotency_key is None:
        return
    stand.store.run(
        "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)",
        call.idempotency_key,
        _request(call),
        status,
        json.dumps(body),
        call.request_id,
        time.time(),
    )


def _request(call: Call) -> str:
    return f"{call.method} {call.path} {json.dumps(call.given, sort_keys=True)}"
