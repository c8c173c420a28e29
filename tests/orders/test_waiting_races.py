"""The line of who waits when everything happens at the same moment, in real threads."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils.timezone import now

from catalog.models import Piece, Variant
from orders import cart as carts
from orders import holds
from orders.models import Hold, OutboxLetter, Waiting
from orders.scarce import waiting
from tests.factories import make_cart, make_piece
from tests.orders.builders import only_variant
from tests.orders.test_holds import counts, let_lapse
from tests.orders.test_races import kinds, together
from tests.orders.test_waiting import in_line, state, told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
State = Waiting.State
ROUNDS = range(5)


def nothing_is_lost(variant: Variant) -> None:
    """What is reserved is what is held, and each offer has a hold of its own."""
    kept = Hold.objects.filter(variant=variant, state__in=holds.KEPT)
    assert sum(kept.values_list("quantity", flat=True)) == counts(variant)[1]
    offered = Waiting.objects.filter(variant=variant, state=State.OFFERED)
    assert offered.count() == kept.filter(offered_to__isnull=False).count()


def offered(variant: Variant) -> Waiting:
    waiting.serve(variant.pk)
    row = Waiting.objects.select_related("hold", "variant").get(state=State.OFFERED)
    told(row)
    return row


def test_one_free_piece_is_offered_to_one_of_two() -> None:
    ring = only_variant(make_piece())
    mara, jonas = in_line(ring, "mara", "jonas")

    results = together([partial(waiting.serve, ring.pk)] * 8)

    assert sum(results) == 1
    assert (state(mara), state(jonas)) == (State.OFFERED, State.WAITING)
    assert OutboxLetter.objects.count() == 1
    nothing_is_lost(ring)


def test_three_that_return_go_to_three_in_their_order() -> None:
    studs = only_variant(make_piece(stock=3, making=Piece.Making.STOCKED))
    people = in_line(studs, *(f"p{number}" for number in range(6)))
    shoppers: list[Callable[[], Any]] = [partial(carts.add, make_cart(), studs) for _ in range(4)]

    results = together([partial(waiting.serve, studs.pk)] * 6 + shoppers)

    assert kinds(results[6:]) == {"Taken": 4}
    assert [state(row) for row in people] == [State.OFFERED] * 3 + [State.WAITING] * 3
    assert OutboxLetter.objects.count() == 3
    nothing_is_lost(studs)


@pytest.mark.parametrize("_round", ROUNDS)
def test_released_while_shoppers_and_the_line_want_it(_round: int) -> None:
    ring = only_variant(make_piece())
    hold = holds.take(ring, make_cart())
    mara, jonas = in_line(ring, "mara", "jonas")
    shoppers: list[Callable[[], Any]] = [partial(carts.add, make_cart(), ring) for _ in range(4)]

    together([partial(holds.release, hold), *shoppers, *[partial(waiting.serve, ring.pk)] * 3])
    waiting.serve(ring.pk)

    assert (state(mara), state(jonas)) == (State.OFFERED, State.WAITING)
    assert not Hold.objects.filter(state=Hold.State.ACTIVE, cart__isnull=False).exists()
    nothing_is_lost(ring)


@pytest.mark.parametrize("_round", ROUNDS)
def test_claimed_as_it_lapses_while_a_third_adds_it(_round: int) -> None:
    """With nobody behind in line: it is the claimer's or the third's, never both's."""
    ring = only_variant(make_piece())
    (mara,) = in_line(ring, "mara")
    row = offered(ring)
    soon = now() + timedelta(milliseconds=60)
    Hold.objects.update(expires_at=soon)
    Variant.objects.update(held_until=soon)

    def late(act: Callable[[], Any]) -> Any:
        while now() < soon - timedelta(milliseconds=1):
            pass
        return act()

    claims = [partial(late, partial(carts.claim, make_cart(), row)) for _ in range(3)]
    adds = [partial(late, partial(carts.add, make_cart(), ring)) for _ in range(3)]
    sweeps = [partial(late, waiting.serve_all), partial(late, holds.release_lapsed)]
    results = together([*claims, *adds, *sweeps])
    waiting.serve_all()

    won = [r for r in results[:6] if type(r).__name__ == "CartLine"]
    assert set(kinds(results[:6])) <= {"CartLine", "Taken"}
    assert len(won) <= 1
    assert state(mara) == (State.CLAIMED if won and won[0] in results[:3] else State.MISSED)
    assert Hold.objects.filter(state=Hold.State.ACTIVE).count() == len(won)
    nothing_is_lost(ring)


@pytest.mark.parametrize("_round", ROUNDS)
def test_with_one_behind_in_line_the_third_never_has_it(_round: int) -> None:
    ring = only_variant(make_piece())
    mara, jonas = in_line(ring, "mara", "jonas")
    row = offered(ring)
    assert row.hold
    let_lapse(row.hold)
    adds: list[Callable[[], Any]] = [partial(carts.add, make_cart(), ring) for _ in range(4)]

    results = together(
        [partial(carts.claim, make_cart(), row), *adds, waiting.serve_all, holds.release_lapsed]
    )
    waiting.serve_all()

    assert kinds(results[:5]) == {"Taken": 5}
    assert (state(mara), state(jonas)) == (State.MISSED, State.OFFERED)
    nothing_is_lost(ring)


@pytest.mark.parametrize("_round", ROUNDS)
def test_leaving_and_claiming_in_the_same_instant(_round: int) -> None:
    ring = only_variant(make_piece())
    mara, jonas = in_line(ring, "mara", "jonas")
    row = offered(ring)

    left, claimed = together([partial(waiting.leave, row), partial(carts.claim, make_cart(), row)])
    waiting.serve_all()

    assert left is None
    if type(claimed).__name__ == "CartLine":
        assert (state(mara), state(jonas)) == (State.CLAIMED, State.WAITING)
        assert claimed.is_held
    else:
        assert type(claimed).__name__ == "Taken"
        assert (state(mara), state(jonas)) == (State.LEFT, State.OFFERED)
    nothing_is_lost(ring)
