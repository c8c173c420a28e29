"""What the shop may be doing when its process dies: one line each at the end of this file."""

from collections.abc import Callable
from dataclasses import dataclass

from orders.models import Order
from tests.chaos.world import Run, World, made_to_order


@dataclass(frozen=True)
class Scenario:
    """How it begins, what the process does that dies, and what the world does after that."""

    begin: Callable[[World], Run]
    act: str
    then: Callable[[World, Run], object] = lambda _world, _run: None


def cancelled(world: World) -> Run:
    """Paid after a person closed the order: the money goes back."""
    run = world.told(world.paid())
    Order.objects.filter(cart=run.cart).update(state=Order.State.CANCELLED)
    return run


def slow(world: World) -> Run:
    """Paid by a bank that takes its time."""
    return world.told(world.paid(made_to_order(), card="delayed"))


def run_out(world: World) -> Run:
    run = world.opened()
    world.walks_away(run)
    return world.told(run, "checkout.session.expired")


def from_dashboard(world: World) -> Run:
    run = world.bought()
    world.stripe.act("refund", world.attempt(run).charge, 500)
    return world.told(run, "charge.refunded")


SCENARIOS = {
    "checkout, then paid": Scenario(World.basket, "check_out", World.pays),
    "checkout, then once more": Scenario(World.basket, "check_out", World.tries_again),
    "checkout, then nobody": Scenario(World.basket, "check_out", World.walks_away),
    "basket changed, then paid": Scenario(World.opened, "change_basket", World.tries_again),
    "webhook": Scenario(lambda world: world.told(world.paid()), "webhook"),
    "return page": Scenario(World.paid, "return_page"),
    "webhook, then the bank pays": Scenario(slow, "webhook", World.bank_pays),
    "webhook of a closed order": Scenario(cancelled, "webhook"),
    "webhook of a session that ran out": Scenario(run_out, "webhook"),
    "refund": Scenario(World.refundable, "give_back"),
    "refund from the Dashboard": Scenario(from_dashboard, "webhook"),
    "letters": Scenario(World.bought, "work"),
    "makers paid": Scenario(World.posted, "pay_out"),
    "refund after makers were paid": Scenario(World.paid_out, "give_back"),
    "taken back from makers": Scenario(World.given_back, "take_back"),
}
