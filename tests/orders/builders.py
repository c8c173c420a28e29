"""Baskets and orders for tests, made the way a shopper makes them."""

import hashlib
import hmac
import json
import time
from datetime import timedelta
from typing import Any

from django.test import Client

from catalog.models import Piece, Variant
from orders import cart as carts
from orders import checkout, outbox
from orders.models import Cart, PaymentAttempt, ShippingRate
from sandbox.testing import StripeSandbox
from tests.factories import make_cart, make_rate

EMAIL = "jonas@example.eu"


def only_variant(piece: Piece) -> Variant:
    """The piece's one size, as the database has it now."""
    return piece.variants.select_related("piece__designer").get()


def basket_of(*pieces: Piece) -> Cart:
    """A new basket with one of each; posting costs 9.00 unless rates were made before."""
    if not ShippingRate.objects.exists():
        make_rate()
    cart = make_cart()
    for piece in pieces:
        carts.add(cart, only_variant(piece))
    return cart


def begin(cart: Cart, **wishes: Any) -> PaymentAttempt:
    """Check out to Ireland, up to the attempt that is written but not yet sent."""
    return checkout.start(cart, **{"email": EMAIL, "country": "IE"} | wishes)


def opened(*pieces: Piece) -> PaymentAttempt:
    """A basket of these on its way: its session is open at the stand-in."""
    return checkout.open_session(begin(basket_of(*pieces)))


def post_letters() -> int:
    """Send what waits in the outbox; how many letters that were."""
    return outbox.send_dropped(timedelta(0))


def session_of(attempt: PaymentAttempt) -> str:
    assert attempt.session_id
    return attempt.session_id


def deliver(client: Client, event: dict[str, Any], secret: str) -> Any:
    """Post an event as Stripe does, signed for real."""
    body = json.dumps(event)
    return post_signed(client, body, secret)


def post_signed(
    client: Client, body: str, secret: str, path: str = "/stripe/webhook/", **more: Any
) -> Any:
    return client.post(
        path,
        body,
        content_type="application/json",
        headers=signed(body, secret, **more),
    )


def signed(
    body: str, secret: str, *, at: float | None = None, scheme: str = "v1"
) -> dict[str, str]:
    """The header by which Stripe signs what it sends."""
    moment = int(at or time.time())
    digest = hmac.new(secret.encode(), f"{moment}.{body}".encode(), hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={moment},{scheme}={digest}"}


def events_of(stripe: StripeSandbox, session: str, *types: str) -> list[dict[str, Any]]:
    """The stand-in's events about one object, the oldest first."""
    return [event for event in stripe.events(*types) if _about(event) == session]


def _about(event: dict[str, Any]) -> str:
    """Whose id the event names; a thin one has no object."""
    return str(event.get("data", {}).get("object", {}).get("id", ""))
