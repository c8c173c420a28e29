"""Disputes, refunds and parcels at the same moment, in real threads, on whichever database runs."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from orders import fulfilment, ledger, payments, refunds
from orders.banks import disputes, evidence
from orders.comparing import refund_mending
from orders.models import Dispute, Order, OutboxLetter, PaymentAttempt, Refund
from orders.refundable import Part
from sandbox.testing import StripeSandbox
from tests.orders.builders import deliver, events_of
from tests.orders.conftest import SECRET
from tests.orders.test_disputes import state
from tests.orders.test_races import kinds, together
from tests.orders.test_refunds import at_stripe, bought, line, stands, studs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def paid(stripe: StripeSandbox) -> PaymentAttempt:
    """Three pairs of studs at 100.00 and the post at 9.00."""
    return bought(stripe, (studs(), 3))


def test_all_news_at_once_has_one_effect(stripe: StripeSandbox, paid: PaymentAttempt) -> None:
    stripe.act("dispute", paid.charge)
    (told,) = payments.disputes_of(paid.payment_intent)
    stripe.act("dispute_won", told.id)
    mine = events_of(stripe, told.id)
    acts: list[Callable[[], Any]] = [
        lambda event=event: deliver(Client(), event, SECRET).status_code  # type: ignore[misc]
        for event in mine * 3
    ]

    results = together([*acts, *[partial(disputes.sync, told.id)] * 3])

    assert results[: len(acts)] == [200] * len(acts)
    assert (state(), Dispute.objects.get().status) == ("paid", "won")
    assert OutboxLetter.objects.filter(kind="dispute_closed").count() == 1
    order = Order.objects.get()
    assert not ledger.is_behind(order)
    assert ledger.balance("dispute", order.ledger.all()) == 0


def test_a_refund_and_a_dispute_at_once_agree_in_the_end(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    order = Order.objects.get()
    press = partial(refunds.request, order, free_amount=500, reason="x", by=owner, token=uuid4())

    def bank() -> None:
        stripe.act("dispute", paid.charge)
        (told,) = payments.disputes_of(paid.payment_intent)
        disputes.sync(told.id)

    together([press, bank])

    refunds.sync(paid.payment_intent)
    assert state() == "disputed"
    given = sum(at_stripe(paid))
    assert Order.objects.get().refunded_total == given
    assert given in {0, 500}


def test_a_parcel_is_posted_or_stopped(stripe: StripeSandbox, paid: PaymentAttempt) -> None:
    parcel = paid.order.parcels.get()
    stripe.act("dispute", paid.charge)
    (told,) = payments.disputes_of(paid.payment_intent)

    results = together(
        [
            partial(fulfilment.ship, parcel, carrier="An Post", tracking="RR1"),
            partial(disputes.sync, told.id),
        ]
    )

    assert set(kinds(results)) <= {"NoneType", "Dispute", "NotSendable"}
    assert state() == "disputed"
    posted = paid.order.parcels.get().shipped_at is not None
    assert posted == (results[0] is None)


def test_the_bank_gets_one_answer(stripe: StripeSandbox, paid: PaymentAttempt, owner: User) -> None:
    stripe.act("dispute", paid.charge)
    (told,) = payments.disputes_of(paid.payment_intent)
    dispute = disputes.sync(told.id)
    assert dispute

    results = together([partial(evidence.answer, dispute, f"{n}", by=owner) for n in range(6)])

    assert kinds(results) == {"Dispute": 1, "NotToAnswer": 5}
    assert payments.get_dispute(told.id).submissions == 1


def test_a_refund_is_allocated_once(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    stripe.act("refund", paid.charge, 20_000)
    refunds.sync(paid.payment_intent)
    refund = Refund.objects.get()
    parts = [Part(line(), 1, 10_000, restock=True)]

    results = together(
        [partial(refund_mending.allocate, refund, lines=parts, by=owner) for _owner in range(8)]
    )

    assert kinds(results) == {"NoneType": 1, "NotRefundable": 7}
    assert stands() == ("partially_refunded", 20_000, 0, 10_000, 1)
    assert line().restocked == 1


def test_two_refunds_never_allocate_more_of_a_line_than_it_cost(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    for amount in (15_000, 15_001):
        stripe.act("refund", paid.charge, amount)
    refunds.sync(paid.payment_intent)
    acts = [
        partial(refund_mending.allocate, refund, lines=[Part(line(), 2, refund.amount)], by=owner)
        for refund in Refund.objects.all()
    ]

    results = together(acts)

    assert kinds(results) == {"NoneType": 1, "TooMuch": 1}
    assert line().refunded_quantity == 2


def test_trying_again_at_once_is_one_refund(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    failed = refunds.request(paid.order, free_amount=500, reason="x", by=owner, token=uuid4())
    stripe.act("refund_comes_back", failed.stripe_id or "")
    refunds.sync(paid.payment_intent)
    failed.refresh_from_db()

    results = together([partial(refund_mending.try_again, failed, by=owner)] * 6)

    assert len({refund.pk for refund in results}) == 1
    assert at_stripe(paid) == [500]
