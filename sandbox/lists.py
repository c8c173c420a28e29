"""Lists, newest first, a page at a time: https://docs.stripe.com/api/pagination."""

from sandbox.errors import Invalid, missing
from sandbox.objects import listing
from sandbox.standin import Call, StandIn
from sandbox.store import Json

COMPARISONS = {
    "gt": lambda created, limit: created > limit,
    "gte": lambda created, limit: created >= limit,
    "lt": lambda created, limit: created < limit,
    "lte": lambda created, limit: created <= limit,
}


def page(stand: StandIn, call: Call, items: list[Json], *, kind: str) -> Json:
    """The page of `items` that the call's limit, starting_after and ending_before ask for."""
    items = _by_time(items, call.params.get("created"))
    limit = _limit(call)
    if "starting_after" in call.params and "ending_before" in call.params:
        raise Invalid("You cannot parameterize both starting_after and ending_before.")
    if "ending_before" in call.params:
        before = items[: _place(items, call.params["ending_before"], kind, "ending_before")]
        return listing(call.path, before[-limit:], has_more=len(before) > limit)
    start = 0
    if "starting_after" in call.params:
        start = _place(items, call.params["starting_after"], kind, "starting_after") + 1
    return listing(call.path, items[start : start + limit], has_more=len(items) > start + limit)


def _limit(call: Call) -> int:
    limit: int = call.params.get("limit", 10)
    if limit < 1:
        raise Invalid(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param="limit",
        )
    if limit > 100:
        raise Invalid(
            "Invalid integer: limit must be less than or equal to 100",
            code="parameter_invalid_integer",
            param="limit",
        )
    return limit


def _by_time(items: list[Json], created: int | dict[str, int] | None) -> list[Json]:
    if created is None:
        return items
    if isinstance(created, int):
        return [item for item in items if item["created"] == created]
    for name, limit in created.items():
        items = [item for item in items if COMPARISONS[name](item["created"], limit)]
    return items


def _place(items: list[Json], id: str, kind: str, param: str) -> int:
    for place, item in enumerate(items):
        if item["id"] == id:
            return place
    raise missing(kind, id, param=param, status=400)
