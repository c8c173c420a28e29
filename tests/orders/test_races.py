"""Many at once, in real threads with connections of their own, on whichever database runs."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django_tasks_db.models import DBTaskResult

from catalog.models import Piece, Variant
from orders import attempts, checkout, holds, settlement
from orders import cart as carts
from orders.models import Hold, Order, OrderEvent, PaymentAttempt, Refund, StripeEvent
from sandbox.testing import StripeSandbox
from tests.factories import make_cart, make_piece, make_rate
from tests.orders.builders import (
    basket_of,
    begin,
    deliver,
    events_of,
    only_variant,
    opened,
    session_of,
)
from tests.orders.conftest import SECRET
from tests.orders.test_holds import counts, let_lapse

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def together(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all of it at the same moment, each in a thread; what each returned or raised."""
    results: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int) -> None:
        try:
            start.wait(30)
            results[place] = acts[place]()
        except Exception as error:  # the test knows which may be
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results


def kinds(results: Sequence[Any]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


@pytest.mark.parametrize("buyers", [20, 60])
def test_of_many_who_want_one_ring_one_holds_it(buyers: int) -> None:
    ring = only_variant(make_piece())
    baskets = [make_cart() for _buyer in range(buyers)]

    results = together([partial(carts.add, cart, ring) for cart in baskets])

    assert kinds(results) == {"CartLine": 1, "Taken": buyers - 1}
    assert counts(ring) == (1, 1)
    assert Hold.objects.filter(state=Hold.State.ACTIVE).count() == 1


def test_a_recount_beside_buyers_miscounts_nothing() -> None:
    studs = only_variant(make_piece(stock=40, making=Piece.Making.STOCKED))
    given = [holds.take(studs, make_cart()) for _hold in range(8)]
    Variant.objects.update(reserved=11)

    acts: list[Callable[[], Any]] = [partial(holds.release, hold) for hold in given]
    acts += [partial(holds.take, studs, make_cart()) for _buyer in range(12)]
    results = together(acts + [partial(holds.recount, studs.pk)] * 8)

    assert kinds(results) == {"bool": 8, "Hold": 12, "NoneType": 8}
    assert counts(studs) == (40, 12)


def test_a_lapsed_hold_passes_to_exactly_one() -> None:
    ring = only_variant(make_piece())
    let_lapse(holds.take(ring, make_cart()))
    baskets = [make_cart() for _buyer in range(20)]
    acts: list[Callable[[], Any]] = [partial(holds.take, ring, cart) for cart in baskets]

    results = together(acts + [holds.release_lapsed] * 4)

    assert kinds(results[:20]) == {"Hold": 1, "Taken": 19}
    assert kinds(results[20:]) == {"int": 4}
    assert counts(ring) == (1, 1)


def test_taking_putting_off_and_giving_back_keep_the_count() -> None:
    studs = only_variant(make_piece(stock=10, making=Piece.Making.STOCKED))
    held = [holds.take(studs, make_cart()) for _hold in range(6)]
    acts: list[Callable[[], Any]] = []
    for hold in held[:3]:
        acts += [partial(holds.release, hold)] * 3
    for hold in held[3:]:
        acts += [partial(holds.resize, hold, 2)] * 2
    acts += [lambda: holds.take(studs, make_cart())] * 4

    results = together(acts)

    assert set(kinds(results)) <= {"bool", "NoneType", "Taken", "Hold"}
    kept = Hold.objects.filter(state__in=holds.KEPT)
    assert sum(kept.values_list("quantity", flat=True)) == counts(studs)[1]
    studs.refresh_from_db()
    assert studs.held_until == min(kept.values_list("expires_at", flat=True))


def test_baskets_in_opposite_order_do_not_lock_each_other_out() -> None:
    make_rate()
    first, second = (make_piece(stock=30, making=Piece.Making.STOCKED) for _piece in range(2))
    baskets = [
        basket_of(first, second) if number % 2 else basket_of(second, first) for number in range(12)
    ]

    results = together([partial(begin, cart) for cart in baskets])

    assert kinds(results) == {"PaymentAttempt": 12}
    assert counts(only_variant(first)) == (30, 12)


def test_clicking_pay_ten_times_is_one_order() -> None:
    cart = basket_of(make_piece(making=Piece.Making.MADE_TO_ORDER))

    results = together([lambda: begin(cart)] * 10)

    assert kinds(results) == {"PaymentAttempt": 10}
    assert Order.objects.count() == 1
    assert len({attempt.pk for attempt in results}) == 1


def test_ten_who_open_the_session_get_the_same(stripe: StripeSandbox) -> None:
    attempt = begin(basket_of(make_piece()))

    def open_it() -> str | None:
        fresh = PaymentAttempt.objects.select_related("order").get(pk=attempt.pk)
        return checkout.open_session(fresh).session_id

    results = together([open_it] * 10)

    assert set(kinds(results)) <= {"str", "Unknown"}  # 409: the same call is under way
    assert len({result for result in results if isinstance(result, str)}) == 1


def test_one_event_twenty_times_at_once_settles_once(stripe: StripeSandbox) -> None:
    piece = make_piece(stock=5, making=Piece.Making.STOCKED)
    attempt = opened(piece)
    stripe.pay(session_of(attempt))
    (event,) = events_of(stripe, session_of(attempt), "checkout.session.completed")

    answers = together([lambda: deliver(Client(), event, SECRET).status_code] * 20)

    assert answers == [200] * 20
    assert StripeEvent.objects.get().state == StripeEvent.State.PROCESSED
    assert Order.objects.get().state == Order.State.PAID
    assert OrderEvent.objects.filter(kind="paid").count() == 1
    assert DBTaskResult.objects.filter(task_path="orders.outbox.send_letter").count() == 1
    assert counts(only_variant(piece)) == (4, 0)


def test_events_return_page_and_sweep_at_once_settle_once(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece())
    stripe.pay(session_of(attempt))
    events = events_of(stripe, session_of(attempt))

    together(
        [partial(deliver, Client(), event, SECRET) for event in events]
        + [lambda: settlement.settle(session_of(attempt))] * 8
    )

    assert Order.objects.get().state == Order.State.PAID
    assert OrderEvent.objects.filter(kind="paid").count() == 1


def test_what_cannot_be_honoured_goes_back_once(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece())
    Order.objects.update(state=Order.State.CANCELLED)
    stripe.pay(session_of(attempt))

    together([lambda: settlement.settle(session_of(attempt))] * 10)

    refund = Refund.objects.get()
    assert refund.state == Refund.State.SUCCEEDED
    assert refund.amount == attempt.expected_total
    assert OrderEvent.objects.filter(kind="review").count() == 1


@pytest.mark.parametrize("_round", range(4))
def test_paying_and_walking_away_in_the_same_instant(stripe: StripeSandbox, _round: int) -> None:
    piece = make_piece()
    attempt = opened(piece)
    cart = attempt.order.cart
    assert cart

    _paid, left = together(
        [lambda: stripe.pay(session_of(attempt)), lambda: attempts.abandon(cart)]
    )

    order = Order.objects.get()
    if order.state == Order.State.PAID:
        assert isinstance(left, attempts.Paid)
        assert counts(only_variant(piece)) == (0, 0)
    else:
        assert left is None
        assert order.state == Order.State.EXPIRED
        assert counts(only_variant(piece)) == (1, 1)
        assert cart.lines.get().is_held


def test_twenty_buyers_pay_for_three(stripe: StripeSandbox) -> None:
    make_rate()
    piece = make_piece(stock=3, making=Piece.Making.LIMITED)
    variant = only_variant(piece)

    def buy() -> str:
        cart = make_cart()
        carts.add(cart, variant)
        attempt = checkout.open_session(begin(cart))
        stripe.pay(session_of(attempt))
        settled = settlement.settle(session_of(attempt))
        assert settled
        return settled.order.state

    results = together([buy] * 20)

    assert kinds(results) == {"str": 3, "Taken": 17}
    assert Order.objects.filter(state=Order.State.PAID).count() == 3
    assert counts(variant) == (0, 0)
    assert Variant.objects.get(pk=variant.pk).held_until is None


def test_the_last_of_an_edition_is_ordered_once() -> None:
    piece = make_piece(stock=0, making=Piece.Making.LIMITED, edition_size=2)
    Variant.objects.update(can_be_made=True)
    baskets = [basket_of(piece) for _buyer in range(8)]

    results = together([partial(begin, cart) for cart in baskets])

    assert kinds(results) == {"PaymentAttempt": 2, "Gone": 6}
    assert Order.objects.count() == 2
