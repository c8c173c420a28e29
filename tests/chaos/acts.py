"""What one process of the shop does in one go; by name, so that it can be told to another."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client

from orders import cart as carts
from orders import payouts, refundable, refunds, sweeping
from orders.makers import takebacks
from orders.models import Cart, CartLine, Order
from tests.orders.builders import post_signed


def check_out(cart: int, email: str) -> None:
    """The basket's shopper presses the button that leads to Stripe."""
    answer = _browser(cart).post("/checkout/", {"email": email, "country": "IE", "gifts": "1"})
    _expect(answer, 303)


def change_basket(cart: int) -> None:
    """The shopper takes a piece out of a basket that is being paid for."""
    line = CartLine.objects.filter(cart=cart).order_by("pk").last()
    assert line
    _expect(_browser(cart).post(f"/cart/lines/{line.pk}/", {"act": "release"}), 303)


def return_page(cart: int, session: str) -> None:
    """Stripe sends the shopper back."""
    _expect(_browser(cart).get("/checkout/return/", {"session_id": session}), 303)


def webhook(event: dict[str, Any], secret: str) -> None:
    """Stripe posts an event."""
    client = Client(headers={"host": "127.0.0.1"})
    _expect(post_signed(client, json.dumps(event), secret), 200)


def give_back(order: int, by: int, token: str) -> None:
    """The owner gives the first line's pieces and some of the post back."""
    row = Order.objects.get(pk=order)
    line = row.lines.order_by("pk")[0]
    part = refundable.Part(line, 1, refundable.due(line, 1), restock=not line.is_made)
    refunds.request(
        row,
        lines=[part],
        shipping=300,
        reason="The clasp is loose",
        by=User.objects.get(pk=by),
        token=UUID(token),
    )


def pay_out(order: int) -> None:
    """What an order's makers are owed is sent."""
    for payout in payouts.due().filter(parcel__order=order):
        payouts.send(payout)


def take_back(order: int) -> None:
    """What was given back to the shopper is taken from the makers."""
    takebacks.take_back(Order.objects.get(pk=order))


def work(**_given: object) -> None:
    """A worker does every task that waits."""
    call_command("db_worker", queue_name="*", batch=True, interval=0, verbosity=0)


def heal(**_given: object) -> None:
    """What runs behind: the sweep, a worker, and the comparison with Stripe's books."""
    failed = [name for name, count in sweeping.sweep().items() if count < 0]
    assert not failed, failed
    work()
    try:
        call_command("reconcile", verbosity=0)
    except CommandError as told:
        # A person is needed, as the scenario may want; or somebody died while comparing.
        if not any(words in str(told) for words in ("person", "under way")):
            raise


def _browser(cart: int) -> Client:
    """The browser to which the basket belongs."""
    client = Client(headers={"host": "127.0.0.1", "sec-fetch-site": "same-origin"})
    answer = HttpResponse()
    carts.remember(answer, Cart.objects.get(pk=cart))
    client.cookies.update(answer.cookies)
    return client


def _expect(answer: Any, status: int) -> None:
    assert answer.status_code == status, f"{answer.status_code}: {answer.content.decode()[:2000]}"


ACTS: dict[str, Callable[..., object]] = {
    "check_out": check_out,
    "change_basket": change_basket,
    "return_page": return_page,
    "webhook": webhook,
    "give_back": give_back,
    "pay_out": pay_out,
    "take_back": take_back,
    "work": work,
    "heal": heal,
}
