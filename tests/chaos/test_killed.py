"""kill -9 after every commit and write, before and after every call and letter: then healed."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from orders.models import Order
from tests.chaos.world import Run, World, let_time_pass, made_to_order

pytestmark = pytest.mark.race
# More than any act has.
MOST_POINTS = 250


@dataclass(frozen=True)
class Scenario:
    """How it begins, what the process does that dies, and what the world does after that."""

    begin: Callable[[World], Run]
    act: str
    then: Callable[[World, Run], object] = lambda _world, _run: None


def _cancelled(world: World) -> Run:
    """Paid after a person closed the order: the money goes back."""
    run = world.told(world.paid())
    Order.objects.filter(cart=run.cart).update(state=Order.State.CANCELLED)
    return run


def _slow(world: World) -> Run:
    """Paid by a bank that takes its time."""
    return world.told(world.paid(made_to_order(), card="delayed"))


def _run_out(world: World) -> Run:
    run = world.opened()
    world.walks_away(run)
    return world.told(run, "checkout.session.expired")


def _from_dashboard(world: World) -> Run:
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
    "webhook, then the bank pays": Scenario(_slow, "webhook", World.bank_pays),
    "webhook of a closed order": Scenario(_cancelled, "webhook"),
    "webhook of a session that ran out": Scenario(_run_out, "webhook"),
    "refund": Scenario(World.refundable, "give_back"),
    "refund from the Dashboard": Scenario(_from_dashboard, "webhook"),
    "letters": Scenario(World.bought, "work"),
}


# Payouts, their reversals and disputes belong here: how they begin goes into ``World``, what a
# process does into ``acts``, and then it is one line each.


@pytest.mark.parametrize("name", SCENARIOS)
def test_killed_anywhere_it_heals(world: World, name: str) -> None:
    scenario = SCENARIOS[name]
    for point in range(1, MOST_POINTS):
        run = scenario.begin(world)
        run.end = world.act(scenario.act, kill_at=point, **run.given)
        scenario.then(world, run)
        if not run.end.was_killed:
            break
    else:
        pytest.fail("It never came to its end.")

    world.heal()

    world.check()
    assert point > 3, "nothing was watched"


def test_who_heals_may_die_too(world: World) -> None:
    world.paid()
    _cancelled(world)
    _from_dashboard(world)
    world.told(world.bought())
    world.basket()
    world.opened()
    for point in range(1, MOST_POINTS):
        let_time_pass(minutes=16)
        if not world.act("heal", kill_at=point).was_killed:
            break
    else:
        pytest.fail("It never came to its end.")

    world.heal()

    world.check()
