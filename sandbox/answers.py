"""What the server sends back."""

import json
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
type Headers = Message[str, str]


@dataclass
class Answer:
    """One HTTP answer; `lost` closes the connection without a word, as a broken network does."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    lost: bool = False


def as_json(body: Any, status: int = 200, **headers: str) -> Answer:
    """JSON, indented as Stripe sends it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(
        status,
        json.dumps(body, indent=2, ensure_ascii=False).encode(),
        {"Content-Type": "application/json"} | named,
    )


def as_page(
    html: str,
    status: int = 200,
    *,
    images: list[str] | None = None,
    leads_to: list[str] | None = None,
) -> Answer:
    """An HTML page under a strict policy.

    `images` and `leads_to` are origins: of the pictures shown, and of the pages a form's redirect
    may reach
    (browsers apply form-action to redirects too).
    """
    policy = (
        f"{POLICY}; img-src {' '.join(["'self'", 'data:', *(images or [])])}"
        f"; form-action {' '.join(["'self'", *(leads_to or [])])}"
    )
    return Answer(
        status,
        html.encode(),
        {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )


def redirect(url: str) -> Answer:
    """Sends the browser on with a GET."""
    return Answer(303, b"", {"Location": url, "Cache-Control": "no-store"})
