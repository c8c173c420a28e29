"""Whatever shoppers, owner, Stripe, clock and death do in whichever order: healing mends it.

Hypothesis draws the acts and shrinks what fails to the few that matter. `pytest --long
tests/orders/model` does 200,000 steps; docs/money.md has its figures.
"""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from pytest_django import Settings

from sandbox.testing import StripeSandbox
from tests.orders.model.fates import Fate, Process
from tests.orders.model.world import SECRET, World

pytestmark = pytest.mark.django_db
# What one run draws: PARTS tests of EXAMPLES worlds, each of at most STEPS acts.
PARTS, EXAMPLES, STEPS = 4, 13, 100
ACTS = {
    "add": 3,
    "change": 1,
    "extend": 1,
    "release": 1,
    "check_out": 3,
    "pay": 3,
    "come_back": 1,
    "expire": 1,
    "delayed_arrives": 1,
    "hear": 3,
    "refund": 2,
    "refund_at_stripe": 1,
    "refund_comes_back": 1,
    "cancel": 1,
    "sell": 4,
    "ship": 2,
    "reverse_at_stripe": 1,
    "pay_by_hand": 2,
    "try_again": 1,
    "call_off": 1,
    "account_changes": 1,
    "look_at_account": 1,
    "add_funds": 1,
    "dispute": 1,
    "bank_decides": 1,
    "time_passes": 2,
    "work": 1,
    "sweep": 3,
}
picks = st.integers(0, 2_000)
acts = st.sampled_from([name for name, weight in ACTS.items() for _ in range(weight)])
fates = st.none() | st.builds(
    Fate, st.sampled_from(["call", "answer", "silence", "commit"]), st.integers(1, 4)
)


class Count:
    """How many steps were done, by act, in all worlds of a test."""

    steps = 0


def machine(stripe: StripeSandbox, settings: Settings, process: Process, count: Count) -> Any:
    """The class of state machines over new worlds; each world is rolled back in the end."""

    class Model(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.inside = transaction.atomic()
            self.inside.__enter__()
            self.world = World(stripe, settings, process)

        @rule(name=acts, pick=picks, fate=fates)
        def act(self, name: str, pick: int, fate: Fate | None) -> None:
            count.steps += 1
            self.world.act(name, pick, fate)

        def teardown(self) -> None:
            try:
                self.world.heal()
                self.world.check()
            finally:
                transaction.set_rollback(True)
                self.inside.__exit__(None, None, None)

    return Model


@pytest.mark.parametrize("part", range(PARTS))
def test_healing_puts_everything_right(
    stripe: StripeSandbox,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    part: int,
) -> None:
    settings.STRIPE_WEBHOOK_SECRET = settings.STRIPE_CONNECT_WEBHOOK_SECRET = SECRET
    settings.STRIPE_CONNECT = True
    is_long = request.config.getoption("--long")
    examples = 550 if is_long else EXAMPLES
    count = Count()
    model = machine(stripe, settings, Process(monkeypatch), count)
    seed(part)(model)  # each part draws its own, the same every time

    run_state_machine_as_test(model, settings=_drawn(examples))
    assert count.steps >= examples * STEPS * 0.8


def _drawn(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
