"""Events: a snapshot of what changed, kept for listing and sent to the webhook."""

import copy
from datetime import UTC, datetime

from sandbox import API_VERSION, lists, webhooks
from sandbox.errors import Invalid
from sandbox.objects import new_id
from sandbox.standin import Call, StandIn
from sandbox.store import Json

# https://docs.stripe.com/api/events/list
MOST_TYPES = 20


def record(
    stand: StandIn, type: str, subject: Json, *, previous: Json | None = None, connect: bool = False
) -> Json:
    """Keeps an event about the object as it is now, and queues it for the webhook."""
    data: Json = {"object": copy.deepcopy(subject)}
    if previous is not None:
        data["previous_attributes"] = previous
    call = stand.call
    event: Json = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": stand.now(),
        "data": data,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {
            "id": call.request_id if call else None,
            "idempotency_key": call.idempotency_key if call else None,
        },
        "type": type,
    }
    if connect:
        event["account"] = subject["id"]
    stand.store.add(event)
    webhooks.enqueue(stand, event["id"], "connect" if connect else "platform")
    return event


def record_thin(stand: StandIn, type: str, account: str) -> Json:
    """Keeps an event of API v2, which names what changed and carries no snapshot."""
    event: Json = {
        "id": new_id("evt"),
        "object": "v2.core.event",
        "created": iso(stand.now()),
        "context": None,
        "livemode": False,
        "reason": None,
        "related_object": {
            "id": account,
            "type": "v2.core.account",
            "url": f"/v2/core/accounts/{account}",
        },
        "type": type,
    }
    stand.store.add(event)
    webhooks.enqueue(stand, event["id"], "thin")
    return event


def iso(seconds: int) -> str:
    """A time as API v2 writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def list_events(stand: StandIn, call: Call) -> Json:
    """GET /v1/events, by `type` or `types` and `created`."""
    found = stand.store.find("event")
    types = call.params.get("types", [])
    if len(types) > MOST_TYPES:
        raise Invalid(f"Array types exceeded maximum {MOST_TYPES} allowed elements.", param="types")
    if "type" in call.params:
        if types:
            raise Invalid("You may pass either type or types, but not both.", param="types")
        types = [call.params["type"]]
    if types:
        found = [event for event in found if _wanted(event["type"], types)]
    return lists.page(stand, call, found, kind="event")


def _wanted(type: str, patterns: list[str]) -> bool:
    return any(
        type == pattern or (pattern.endswith("*") and type.startswith(pattern[:-1]))
        for pattern in patterns
    )


def retrieve(stand: StandIn, call: Call) -> Json:
    """GET /v1/events/{id}."""
    return stand.need("event", call.ids[0])
