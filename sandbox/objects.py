"""Stripe's objects as JSON: new ids, and every nullable field there from the start."""

import json
import secrets
import string
from functools import cache
from pathlib import Path

from sandbox.store import Json

ALPHABET = string.ascii_letters + string.digits
BLANKS = Path(__file__).parent / "rules" / "blanks.json"


def new_id(prefix: str, length: int = 24) -> str:
    """An id that looks like Stripe's: `new_id("pi")` is "pi_3Qx…"."""
    return f"{prefix}_{''.join(secrets.choice(ALPHABET) for _ in range(length))}"


@cache
def _blanks() -> dict[str, Json]:
    known: dict[str, Json] = json.loads(BLANKS.read_text())
    return known


def complete(kind: str, **fields: object) -> Json:
    """An object of that kind with the given fields; what Stripe would send as null is null."""
    return {"object": kind} | _blanks()[kind] | fields


def card_details(**fields: object) -> Json:
    """`payment_method_details.card` of a charge."""
    return _blanks()["card"] | fields


def listing(url: str, items: list[Json], *, has_more: bool = False) -> Json:
    """A page of a list."""
    return {"object": "list", "data": items, "has_more": has_more, "url": url}


def merged(old: dict[str, str], new: dict[str, str] | str | None) -> dict[str, str]:
    """Metadata after an update: an empty value takes its key away, "" takes all away."""
    if new is None:
        return old
    if isinstance(new, str):
        return {}
    return {key: value for key, value in (old | new).items() if value != ""}
