"""A transfer whose answer was lost is asked for again, and is the same transfer."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from orders import payments, payouts, sweeping
from orders.models import Payout, Transfer
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
    paid_order,
    posted,
)

pytestmark = pytest.mark.django_db
__all__ = ["books_agree"]


@pytest.fixture
def payout(stripe: StripeSandbox) -> Payout:
    """Due, and not sent yet: 82.00 and the post."""
    piece = make_piece(price=10_000)
    account(piece.designer, stripe)
    return posted(paid_order(stripe, piece))[0]


def test_sent_and_the_answer_lost_it_is_the_same_transfer(
    stripe: StripeSandbox, payout: Payout
) -> None:
    stripe.faults("/v1/transfers", "timeout_after", times=3, method="POST")
    payouts.send(payout)
    assert fresh(payout).state == "sending"
    transfer = Transfer.objects.get()

    # A worker on its way is left alone for a while.
    assert sweeping.pay_makers() == 0
    make_old(transfer)
    assert sweeping.pay_makers() == 1
    assert fresh(payout).state == "sent"
    assert [found.amount for found in at_stripe(payout.parcel.order)] == [9_100]
    assert net_at_stripe(payout.parcel.order) == 9_100


@pytest.mark.parametrize("fault", ["timeout_before", "500", "409", "429"])
def test_never_arrived_it_goes_under_the_same_key(
    stripe: StripeSandbox, payout: Payout, fault: str
) -> None:
    stripe.faults("/v1/transfers", fault, times=3, method="POST")
    payouts.send(payout)
    transfer = Transfer.objects.get()
    assert (fresh(payout).state, transfer.state) == ("sending", "asked")

    stripe.act("clear_faults")
    make_old(transfer)
    sweeping.pay_makers()
    assert Transfer.objects.get().idempotency_key == transfer.idempotency_key
    assert fresh(payout).state == "sent"


def test_a_key_forgotten_after_a_day_sends_nothing_twice(
    stripe: StripeSandbox, payout: Payout
) -> None:
    stripe.faults("/v1/transfers", "timeout_after", times=3, method="POST")
    payouts.send(payout)
    # What a day does: Stripe no longer knows the key. It still lists the transfer.
    Transfer.objects.update(
        idempotency_key="transfer:of-another-day", created_at=now() - timedelta(days=2)
    )
    sent = payments.list_transfers(payout.parcel.order.transfer_group)[0]
    Transfer.objects.update(idempotency_key=sent.metadata["transfer"])

    stripe.faults("/v1/transfers", "500", times=3, method="POST")
    assert sweeping.pay_makers() == 1
    assert fresh(payout).state == "sent"


def test_the_webhook_may_be_quicker_than_the_answer(
    stripe: StripeSandbox, payout: Payout, client: Client
) -> None:
    stripe.faults("/v1/transfers", "timeout_after", times=3, method="POST")
    payouts.send(payout)
    event = stripe.events("transfer.created")[-1]

    for _ in range(3):
        assert deliver(client, event, SECRET).status_code == 200
    assert fresh(payout).state == "sent"
    make_old(Transfer.objects.get())
    assert sweeping.pay_makers() == 0


def test_a_stopped_worker_leaves_nothing_half_done(stripe: StripeSandbox, payout: Payout) -> None:
    """Killed between writing down and asking."""
    from django.db import transaction

    with transaction.atomic():
        payouts._write_down(payout)
    assert fresh(payout).state == "sending"
    assert not at_stripe(payout.parcel.order)

    make_old(Transfer.objects.get())
    sweeping.pay_makers()
    assert fresh(payout).state == "sent"
    assert len(at_stripe(payout.parcel.order)) == 1


def test_a_key_that_was_used_for_something_else_makes_no_second_transfer(
    stripe: StripeSandbox, payout: Payout
) -> None:
    stripe.faults("/v1/transfers", "timeout_after", times=3, method="POST")
    payouts.send(payout)
    # Our own mistake: the stored parameters are no longer those that were sent.
    transfer = Transfer.objects.get()
    transfer.parameters["description"] = "changed"
    transfer.save(update_fields=["parameters"])

    payouts._ask(transfer)
    assert Transfer.objects.get().state == "sent"
    assert len(at_stripe(payout.parcel.order)) == 1
