"""One event fifty times at once, and all events in any order: each has its effect once."""

import http.client
import json
import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from catalog.models import Piece, Variant
from orders import checkout
from orders.models import Order, OrderEvent, PaymentAttempt, Refund, StripeEvent
from tests.factories import make_piece
from tests.orders.builders import basket_of, begin, session_of, signed
from tests.services.live_shop import WEBHOOK_SECRET, LiveShop

pytestmark = [pytest.mark.journey, pytest.mark.race, pytest.mark.serve(workers=4)]

MANY = 50
EMAIL = "jonas@example.eu"


@pytest.fixture
def paid(live_shop: LiveShop, settings: Settings) -> PaymentAttempt:
    """One of five studs is paid for, and nothing that Stripe says of it has arrived."""
    settings.STRIPE_SECRET_KEY = live_shop.stripe.secret_key
    settings.STRIPE_API_BASE = live_shop.stripe.base_url
    settings.SITE_URL = live_shop.url
    live_shop.stripe.act("hold")
    studs = make_piece(stock=5, making=Piece.Making.STOCKED)
    cart = basket_of(studs)
    attempt = checkout.open_session(begin(cart, email=EMAIL))
    live_shop.stripe.pay(session_of(attempt), email=EMAIL)
    return attempt


def deliver(shop: LiveShop, events: Sequence[dict[str, Any]]) -> Counter[int]:
    """Post all of these at the same moment, each over a line of its own; how they were answered."""
    together = Barrier(len(events))

    def post(event: dict[str, Any]) -> int:
        body = json.dumps(event)
        line = http.client.HTTPConnection(urlsplit(shop.url).netloc, timeout=60)
        together.wait()
        headers = signed(body, WEBHOOK_SECRET) | {"Content-Type": "application/json"}
        line.request("POST", "/stripe/webhook/", body.encode(), headers)
        status = line.getresponse().status
        line.close()
        return status

    with ThreadPoolExecutor(len(events)) as pool:
        return Counter(pool.map(post, events))


def stands(order: Order) -> tuple[str, int]:
    order.refresh_from_db()
    return order.state, order.refunded_total


def test_fifty_at_once_have_one_effect(live_shop: LiveShop, paid: PaymentAttempt) -> None:
    (event,) = live_shop.stripe.events("checkout.session.completed")

    assert deliver(live_shop, [event] * MANY) == {200: MANY}

    assert stands(paid.order) == (Order.State.PAID, 0)
    assert OrderEvent.objects.filter(kind="paid").count() == 1
    kept = StripeEvent.objects.get()
    assert (kept.event_id, kept.state) == (event["id"], StripeEvent.State.PROCESSED)
    assert Variant.objects.values_list("stock", "reserved").get() == (4, 0)
    live_shop.wait_for_letter(EMAIL)
    assert deliver(live_shop, [event] * MANY) == {200: MANY}
    assert len(live_shop.mailbox.letters) == 1


def test_in_any_order_and_three_times_each(live_shop: LiveShop, paid: PaymentAttempt) -> None:
    (charge,) = live_shop.stripe.events("charge.succeeded")
    for amount in (500, 700):
        live_shop.stripe.act("refund", charge["data"]["object"]["id"], amount)
    events = live_shop.stripe.events() * 3
    random.Random(3).shuffle(events)

    assert deliver(live_shop, events) == {200: len(events)}

    assert stands(paid.order) == (Order.State.PARTIALLY_REFUNDED, 1_200)
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [500, 700]
    assert Variant.objects.values_list("stock", "reserved").get() == (4, 0)
    known = {event["id"] for event in events}
    assert set(StripeEvent.objects.values_list("event_id", flat=True)) == known
    assert not StripeEvent.objects.exclude(state=StripeEvent.State.PROCESSED).exists()


def test_held_back_and_then_the_newest_first(live_shop: LiveShop, paid: PaymentAttempt) -> None:
    """By the stand-in's own deliveries, which come again until they are taken."""
    live_shop.stripe.act("duplicate_next", value=4)
    live_shop.stripe.act("release", value="reversed")

    live_shop.wait_for_letter(EMAIL)
    assert stands(paid.order) == (Order.State.PAID, 0)
    assert len(live_shop.mailbox.letters) == 1
