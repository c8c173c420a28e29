"""Reconciling: what was sent to the makers here, and what Stripe says was sent."""

from typing import Any

import pytest

from orders import payments, sweeping
from orders.comparing.difference import Difference
from orders.comparing.reconciliation import reconcile
from orders.models import Transfer
from sandbox.testing import StripeSandbox
from tests.factories import make_piece
from tests.orders.payout_builders import (
    account,
    books_agree,
    fresh,
    make_old,
    paid_order,
    posted,
    sent,
)
from tests.orders.test_payouts_blocked import capability_lost

pytestmark = pytest.mark.django_db
__all__ = ["books_agree"]


def told(*, needs_person: bool) -> list[str]:
    found = [one for one in reconcile() if isinstance(one, Difference)]
    return [one.text for one in found if one.needs_person == needs_person]


def test_where_all_agrees_nothing_is_told(stripe: StripeSandbox) -> None:
    sent(stripe, 10_000, 20_000)
    list(reconcile())  # events that nobody delivered

    assert not [found for found in reconcile() if isinstance(found, Difference)]


def test_a_reversal_that_nobody_told_of_is_found(stripe: StripeSandbox) -> None:
    payout = sent(stripe, 10_000)[0]
    transfer = payout.transfers.get().stripe_id or ""
    payments.client().v1.transfers.reversals.create(transfer, {"amount": 1_000})

    list(reconcile())
    assert (fresh(payout).state, fresh(payout).reversed) == ("held", 1_000)
    assert told(needs_person=True) == []


def test_a_transfer_that_nobody_here_made_needs_a_person(stripe: StripeSandbox) -> None:
    payout = sent(stripe, 10_000)[0]
    order = payout.parcel.order
    foreign: Any = {
        "amount": 500,
        "currency": "eur",
        "destination": payout.parcel.designer.account.stripe_id,
        "source_transaction": order.attempts.get().charge,
        "transfer_group": order.transfer_group,
        "metadata": {"env": payments.environment()},
    }
    made = payments.client().v1.transfers.create(foreign)

    found = told(needs_person=True)
    assert any(made.id in text for text in found)
    assert any("91\u00a0€ sent to makers here, 96\u00a0€ at Stripe" in text for text in found)


def test_what_another_shop_sent_does_not_count(stripe: StripeSandbox, settings: Any) -> None:
    payout = sent(stripe, 10_000)[0]
    list(reconcile())

    Transfer.objects.update(stripe_id="tr_gone")
    settings.SITE_URL = "http://another.example"
    assert told(needs_person=True) == [
        f"{payout.parcel.order}: 91\u00a0€ sent to makers here, 0\u00a0€ at Stripe"
    ]


def test_a_lost_answer_is_made_good(stripe: StripeSandbox) -> None:
    piece = make_piece(price=10_000)
    account(piece.designer, stripe)
    payout = posted(paid_order(stripe, piece))[0]
    stripe.faults("/v1/transfers", "timeout_before", times=3, method="POST")
    sweeping.pay_makers()
    stripe.act("clear_faults")
    make_old(Transfer.objects.get())

    assert any("asked for" in text for text in told(needs_person=False))
    assert fresh(payout).state == "sent"


def test_a_maker_who_cannot_be_paid_needs_a_person(stripe: StripeSandbox) -> None:
    payout = capability_lost(stripe)

    assert any(str(payout) in text for text in told(needs_person=True))
