"""A maker's share is sent some days after the parcel has left, in full and once."""

import pytest

from orders import ledger, payouts, sweeping
from orders.models import LedgerEntry, OrderEvent, Payout, Transfer
from sandbox.testing import StripeSandbox
from tests.factories import make_piece
from tests.orders.payout_builders import (
    account,
    at_stripe,
    books_agree,
    fresh,
    owed_to_makers,
    paid_order,
    posted,
    sent,
)

pytestmark = pytest.mark.django_db
__all__ = ["books_agree"]


def test_three_makers_of_one_order_each_get_their_share(stripe: StripeSandbox) -> None:
    found = sent(stripe, 10_000, 20_001, 333)
    order = found[0].parcel.order

    assert [payout.state for payout in found] == ["sent"] * 3
    # 82 % and the post of 9.00 each; half a cent of commission is the house's.
    shares = [8_200 + 900, 16_401 + 900, 273 + 900]
    assert [payout.transferred for payout in found] == [payout.share for payout in found] == shares
    assert [transfer.amount for transfer in at_stripe(order)] == shares
    assert owed_to_makers(order) == 0


def test_a_transfer_says_where_it_comes_from_and_whose_it_is(stripe: StripeSandbox) -> None:
    payout = sent(stripe, 10_000)[0]
    order, transfer = payout.parcel.order, payout.transfers.get()

    found = at_stripe(order)[0]
    assert found.charge == order.attempts.get().charge
    assert found.group == f"order_{order.pk}"
    assert found.destination == payout.parcel.designer.account.stripe_id
    assert found.metadata["transfer"] == transfer.idempotency_key
    assert transfer.idempotency_key == f"transfer:{order.number}:{payout.pk}:1"
    assert OrderEvent.objects.filter(kind="payout_sent", parcel=payout.parcel).count() == 1


def test_nothing_is_sent_before_its_day(stripe: StripeSandbox) -> None:
    piece = make_piece()
    account(piece.designer, stripe)
    order = paid_order(stripe, piece)

    posted(order, days_ago=6)
    assert sweeping.pay_makers() == 0
    assert Payout.objects.get().state == "pending"
    assert not Transfer.objects.exists()


def test_a_parcel_that_has_not_left_has_no_day(stripe: StripeSandbox) -> None:
    piece = make_piece()
    account(piece.designer, stripe)
    paid_order(stripe, piece)

    assert sweeping.pay_makers() == 0
    payout = Payout.objects.get()
    assert (payout.state, payout.due_at, payout.to_come) == ("pending", None, payout.share)


def test_sent_twice_it_is_sent_once(stripe: StripeSandbox) -> None:
    payout = sent(stripe, 10_000)[0]

    payouts.send(payout)
    payouts.send(fresh(payout))
    assert sweeping.pay_makers() == 0
    assert len(at_stripe(payout.parcel.order)) == 1


def test_after_it_the_house_keeps_its_commission(stripe: StripeSandbox) -> None:
    order = sent(stripe, 10_000)[0].parcel.order

    entries = order.ledger.all()
    sums = {str(name): ledger.balance(name, entries) for name in LedgerEntry.Account}
    assert {name: sum_ for name, sum_ in sums.items() if sum_} == {
        "stripe": 1_800,
        "commission": -1_800,
    }
