"""Webhooks: signed, delivered by workers of their own, tried again with growing waits.

Stripe promises neither order nor a single delivery, so the workers run side by side, and the
panel can hold, delay, double or drop what is sent. https://docs.stripe.com/webhooks
"""

import hashlib
import hmac
import http.client
import json
import sqlite3
import time
from urllib.parse import urlsplit

from sandbox.standin import Endpoint, StandIn

WORKERS = 4
TIMEOUT = 15
LONGEST_WAIT = 60.0


def enqueue(stand: StandIn, event: str, endpoint: str) -> None:
    """Queues an event as the switches say; it is sent once the transaction is done."""
    if endpoint not in stand.options.endpoints:
        return
    state = "waiting"
    if _count_down(stand, "drop_next"):
        state = "dropped"
    elif stand.store.switch("hold") == "on":
        state = "held"
    due = time.time() + float(stand.store.switch("delay_next") or 0)
    stand.store.set_switch("delay_next", "")
    copies = 2 if _count_down(stand, "duplicate_next") else 1
    for _ in range(copies):
        add(stand, event, endpoint, due=due, state=state)


def _count_down(stand: StandIn, switch: str) -> bool:
    left = int(stand.store.switch(switch) or 0)
    if left:
        stand.store.set_switch(switch, str(left - 1))
    return left > 0


def add(stand: StandIn, event: str, endpoint: str, *, due: float, state: str = "waiting") -> None:
    """Adds one delivery of an event."""
    stand.store.run(
        "INSERT INTO deliveries (event, endpoint, due, state) VALUES (?, ?, ?, ?)",
        event,
        endpoint,
        due,
        state,
    )
    stand.tell_workers()


def recover(stand: StandIn) -> None:
    """Takes up again what was being sent when the stand-in last stopped."""
    stand.store.run("UPDATE deliveries SET state = 'waiting' WHERE state = 'sending'")


def run(stand: StandIn) -> None:
    """Delivers one after another until the stand-in stops; several of these run side by side."""
    while not stand.stopping.is_set():
        delivery = _claim(stand)
        if delivery is not None:
            _deliver(stand, delivery)
            continue
        # Asked before the lock is taken: whoever adds a delivery holds the store's lock meanwhile.
        pause = _until_next(stand)
        with stand.wake:
            stand.wake.wait(pause)


def _claim(stand: StandIn) -> sqlite3.Row | None:
    rows = stand.store.rows(
        "UPDATE deliveries SET state = 'sending' WHERE seq = (SELECT seq FROM deliveries "
        "WHERE state = 'waiting' AND due <= ? ORDER BY due, seq LIMIT 1) RETURNING *",
        time.time(),
    )
    return rows[0] if rows else None


def _until_next(stand: StandIn) -> float:
    rows = stand.store.rows("SELECT min(due) AS due FROM deliveries WHERE state = 'waiting'")
    due = rows[0]["due"]
    return 0.25 if due is None else min(0.25, max(0.01, due - time.time()))


def _deliver(stand: StandIn, delivery: sqlite3.Row) -> None:
    event = stand.store.get(delivery["event"])
    endpoint = stand.options.endpoints.get(delivery["endpoint"])
    if event is None or endpoint is None:
        _settle(
            stand,
            delivery,
            state="failed",
            status=None,
            answer="No such event or endpoint any more",
        )
        return
    payload = json.dumps(event, indent=2, ensure_ascii=False).encode()
    try:
        status, answer = _post(endpoint, payload)
    except (OSError, http.client.HTTPException) as error:
        status, answer = None, f"{type(error).__name__}: {error}"
    if status is not None and 200 <= status < 300:
        _settle(stand, delivery, state="delivered", status=status, answer=answer)
        return
    _settle(stand, delivery, state=_after_failure(stand, delivery), status=status, answer=answer)


def _after_failure(stand: StandIn, delivery: sqlite3.Row) -> str:
    return "failed" if delivery["tries"] + 1 >= stand.options.retry_limit else "waiting"


def _settle(
    stand: StandIn, delivery: sqlite3.Row, *, state: str, status: int | None, answer: str
) -> None:
    wait = min(LONGEST_WAIT, stand.options.retry_first * 2 ** delivery["tries"])
    stand.store.run(
        "UPDATE deliveries SET state = ?, status = ?, answer = ?, tries = tries + 1, due = ? "
        "WHERE seq = ?",
        state,
        status,
        answer[:500],
        time.time() + wait,
        delivery["seq"],
    )


def _post(endpoint: Endpoint, payload: bytes) -> tuple[int, str]:
    """Sends once. Redirects are not followed: Stripe counts them as failures."""
    parts = urlsplit(endpoint.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=TIMEOUT)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks) sandbox",
        "Stripe-Signature": sign(payload, endpoint.secret, int(time.time())),
    }
    try:
        connection.request("POST", parts.path or "/", payload, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(500).decode("utf-8", "replace")
    finally:
        connection.close()


def sign(payload: bytes, secret: str, timestamp: int) -> str:
    """The Stripe-Signature header: HMAC-SHA256 over "timestamp.payload"."""
    digest = hmac.new(
        secret.encode(), f"{timestamp}.".encode() + payload, hashlib.sha256
    ).hexdigest()
    return f"t={timestamp},v1={digest}"
