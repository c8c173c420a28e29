"""Whatever happens to transfers, refunds, accounts and processes: each maker ends with their own.

The same model as of the shop's payments, with the makers' acts more often.
"""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import seed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from pytest_django import Settings

from sandbox.testing import StripeSandbox
from tests.orders.model.fates import Fate, Process
from tests.orders.model.makers import MakersWorld
from tests.orders.model.test_model import Count, _drawn, fates, picks
from tests.orders.model.world import SECRET

pytestmark = pytest.mark.django_db
PARTS, EXAMPLES, STEPS = 2, 6, 50
ACTS = {
    "sell": 6,
    "post": 2,
    "week_passes": 3,
    "time_passes": 2,
    "pay_makers": 5,
    "take_back": 4,
    "refund": 4,
    "refund_at_stripe": 1,
    "refund_comes_back": 2,
    "account_changes": 2,
    "bank_takes": 2,
    "reverse_at_stripe": 1,
    "by_hand": 2,
    "look_at": 2,
    "dispute": 1,
    "hear": 3,
    "sweep": 1,
}
acts = st.sampled_from([name for name, weight in ACTS.items() for _ in range(weight)])


def machine(stripe: StripeSandbox, settings: Settings, process: Process, count: Count) -> Any:
    class Model(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.inside = transaction.atomic()
            self.inside.__enter__()
            self.world = MakersWorld(stripe, settings, process)

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
def test_each_maker_ends_with_their_own(
    stripe: StripeSandbox,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    part: int,
) -> None:
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    examples = 400 if request.config.getoption("--long") else EXAMPLES
    count = Count()
    model = machine(stripe, settings, Process(monkeypatch), count)
    seed(part)(model)

    run_state_machine_as_test(model, settings=_drawn(examples))
    assert count.steps >= examples * STEPS * 0.8
