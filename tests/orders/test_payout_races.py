"""Two workers at once, in real threads, on whichever database runs."""

from functools import partial

import pytest
from django.contrib.auth.models import User
from django.test import Client

from orders import payouts, sweeping
from orders.makers import takebacks
from orders.models import Debt, Payout, Reversal, SetOff, Transfer
from sandbox.testing import StripeSandbox
from tests.factories import make_piece
from tests.orders.builders import deliver
from tests.orders.conftest import SECRET
from tests.orders.payout_builders import (
    account,
    at_stripe,
    books_agree,
    fresh,
    make_old,
    net_at_stripe,
    owed_to_makers,
    paid_order,
    posted,
    sent,
)
from tests.orders.test_payouts_taken_back import give_back
from tests.orders.test_races import kinds, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
__all__ = ["books_agree"]


def due_payout(stripe: StripeSandbox) -> Payout:
    piece = make_piece(price=10_000)
    account(piece.designer, stripe)
    return posted(paid_order(stripe, piece))[0]


def test_of_many_workers_one_sends(stripe: StripeSandbox) -> None:
    payout = due_payout(stripe)

    results = together([partial(payouts.send, payout)] * 6 + [sweeping.pay_makers] * 4)

    assert set(kinds(results)) == {"Payout", "int"}
    assert [found.amount for found in at_stripe(payout.parcel.order)] == [9_100]
    assert Transfer.objects.count() == 1
    assert fresh(payout).state == "sent"


def test_asked_again_by_many_at_once_it_is_one(stripe: StripeSandbox) -> None:
    payout = due_payout(stripe)
    stripe.faults("/v1/transfers", "timeout_before", times=3, method="POST")
    payouts.send(payout)
    stripe.act("clear_faults")
    make_old(Transfer.objects.get())
    transfer = Transfer.objects.select_related("payout__parcel__order").get()

    together([partial(payouts.ask_again, transfer)] * 5 + [sweeping.pay_makers] * 3)
    sweeping.pay_makers()
    assert net_at_stripe(payout.parcel.order) == 9_100
    assert fresh(payout).state == "sent"


def test_of_many_who_take_back_one_does(stripe: StripeSandbox, owner: User) -> None:
    payout = sent(stripe, 10_000)[0]
    order = payout.parcel.order
    give_back(order, owner, 5_000)

    results = together([partial(takebacks.take_back, order)] * 6 + [sweeping.take_back] * 2)

    assert set(kinds(results)) == {"int"}
    assert net_at_stripe(order) == 5_000
    assert Reversal.objects.count() == 1
    assert fresh(payout).reversed == 4_100


def test_a_refund_and_a_payout_at_once_agree_in_the_end(stripe: StripeSandbox, owner: User) -> None:
    payout = due_payout(stripe)
    order = payout.parcel.order

    together([partial(payouts.send, payout), partial(give_back, order, owner, 5_000)] * 2)
    sweeping.take_back()
    sweeping.pay_makers()
    order.refresh_from_db()
    assert net_at_stripe(order) == 9_100 - 82 * order.lines.get().refunded // 100
    assert owed_to_makers(order) == 0


def test_a_debt_is_kept_once_from_two_payouts_at_once(stripe: StripeSandbox, owner: User) -> None:
    first = sent(stripe, 10_000)[0]
    stripe.act("pay_out", first.parcel.designer.account.stripe_id or "")
    give_back(first.parcel.order, owner, 5_000)
    sweeping.take_back()
    collection = first.parcel.lines.get().variant.piece.collection  # type: ignore[union-attr]
    later = [
        posted(paid_order(stripe, make_piece(price=10_000, collection=collection)))[0]
        for _ in range(3)
    ]

    results = together([partial(payouts.send, payout) for payout in later] * 2)

    assert kinds(results) == {"Payout": 6}
    assert sum(SetOff.objects.values_list("amount", flat=True)) == 4_100
    assert Debt.objects.get().left == 0
    assert sum(net_at_stripe(payout.parcel.order) for payout in later) == 3 * 9_100 - 4_100


def test_one_event_delivered_ten_times_at_once_counts_once(
    stripe: StripeSandbox, owner: User
) -> None:
    payout = sent(stripe, 10_000)[0]
    give_back(payout.parcel.order, owner, 5_000)
    takebacks.take_back(payout.parcel.order)
    event = stripe.events("transfer.reversed")[-1]
    Reversal.objects.update(state="asked", stripe_id=None)
    Transfer.objects.update(reversed=0)

    results = together([lambda: deliver(Client(), event, SECRET).status_code] * 10)

    assert results == [200] * 10
    assert Reversal.objects.count() == 1
    assert Transfer.objects.get().reversed == 4_100
