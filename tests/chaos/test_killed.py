"""kill -9 around every commit, call and letter: new processes heal what the dead one left."""

import pytest

from tests.chaos.scenarios import SCENARIOS, cancelled, from_dashboard
from tests.chaos.world import World, let_time_pass

pytestmark = pytest.mark.race
# More than any act has.
MOST_POINTS = 250


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
    cancelled(world)
    from_dashboard(world)
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
