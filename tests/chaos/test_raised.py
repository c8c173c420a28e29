"""Several deaths in a row, of any act at any point, the healing's too; then all is put right."""

import os
import random

import pytest
from pytest_django import Settings

from sandbox.testing import StripeSandbox
from shop.mail import mailers_from_url
from tests.chaos.raised import Raised
from tests.chaos.scenarios import SCENARIOS
from tests.chaos.world import World, let_time_pass
from tests.services.smtp import Mailbox

pytestmark = pytest.mark.race
# A long run: CHAOS_SEEDS=500.
SEEDS = int(os.environ.get("CHAOS_SEEDS", "6"))
STORIES = 6


@pytest.fixture
def world(
    transactional_db: None, stripe: StripeSandbox, mailbox: Mailbox, settings: Settings
) -> World:
    settings.MAILERS = mailers_from_url(mailbox.url)
    mailbox.letters.clear()
    return World(stripe, mailbox, Raised())


@pytest.mark.parametrize("seed", range(SEEDS))
def test_died_again_and_again_it_heals(world: World, seed: int) -> None:
    dice = random.Random(seed)
    for name in dice.choices(sorted(SCENARIOS), k=STORIES):
        scenario = SCENARIOS[name]
        run = scenario.begin(world)
        run.end = world.act(scenario.act, kill_at=dice.randint(1, 30), **run.given)
        if dice.random() < 0.5:
            let_time_pass(minutes=dice.choice([3, 12, 16]))
            world.act("heal", kill_at=dice.randint(1, 60))
        scenario.then(world, run)

    world.heal()

    world.check()
