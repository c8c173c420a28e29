"""What goes back to the shopper goes back from the maker, in the same proportion and no more."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from orders import refundable, refunds, sweeping
from orders.makers import takebacks
from orders.models import Debt, Order, Payout, Refund, Reversal
from sandbox.testing import StripeSandbox
from tests.factories import make_piece
from tests.orders.builders import deliver
from tests.orders.conftest import SECRET
from tests.orders.payout_builders import (
    account,
    books_agree,
    fresh,
    make_old,
    net_at_stripe,
    owed_to_makers,
    paid_order,
    posted,
    reversals,
    sent,
)

pytestmark = pytest.mark.django_db
__all__ = ["books_agree"]


def give_back(order: Order, by: User, amount: int = 0, **wishes: Any) -> Refund:
    """So much of the price of its first piece, or what ``wishes`` say."""
    lines = []
    if amount:
        lines = [refundable.Part(order.lines.order_by("pk")[0], quantity=0, amount=amount)]
    return refunds.request(order, lines=lines, reason="bent", by=by, token=uuid4(), **wishes)


def test_three_refunds_of_a_third_take_back_exactly_the_share(
    stripe: StripeSandbox, owner: User
) -> None:
    payout = sent(stripe, 10_001)[0]
    order = payout.parcel.order

    for amount in (3_333, 3_333, 3_335):
        give_back(order, owner, amount)
        assert sweeping.take_back() == 1
        assert owed_to_makers(order) == 0
    assert sum(reversals(payout)) == 8_201
    give_back(order, owner, shipping=900)
    sweeping.take_back()
    assert reversals(payout)[-1] == 900
    assert net_at_stripe(order) == 0
    assert fresh(payout).state == "reversed"


def test_a_reversal_is_once_a_refund(stripe: StripeSandbox, owner: User) -> None:
    payout = sent(stripe, 10_000)[0]
    refund = give_back(payout.parcel.order, owner, 5_000)

    assert [takebacks.take_back(payout.parcel.order) for _ in range(3)] == [1, 0, 0]
    reversal = Reversal.objects.get()
    assert (reversal.refund, reversal.amount) == (refund, 4_100)
    assert reversal.idempotency_key.startswith(f"reversal:{payout.parcel.order}:{refund.pk}:")
    assert fresh(payout).state == "partially_reversed"


def test_only_the_maker_of_the_piece_gives_back(stripe: StripeSandbox, owner: User) -> None:
    first, second = sent(stripe, 10_000, 20_000)

    give_back(first.parcel.order, owner, 10_000)
    sweeping.take_back()
    assert (reversals(first), reversals(second)) == ([8_200], [])


def test_what_is_for_no_piece_is_the_houses(stripe: StripeSandbox, owner: User) -> None:
    payout = sent(stripe, 10_000)[0]

    give_back(payout.parcel.order, owner, free_amount=2_000)
    assert sweeping.take_back() == 0
    assert fresh(payout).state == "sent"


def test_given_back_before_it_is_sent_less_is_sent(stripe: StripeSandbox, owner: User) -> None:
    piece = make_piece(price=10_000)
    account(piece.designer, stripe)
    order = paid_order(stripe, piece)
    payout = posted(order)[0]

    give_back(order, owner, 5_000)
    sweeping.pay_makers()
    assert fresh(payout).transferred == 4_100 + 900
    assert not Reversal.objects.exists()
    assert owed_to_makers(order) == 0


def test_given_back_whole_before_it_is_sent_nothing_is_sent(
    stripe: StripeSandbox, owner: User
) -> None:
    piece = make_piece(price=10_000)
    account(piece.designer, stripe)
    order = paid_order(stripe, piece)
    payout = posted(order)[0]

    give_back(order, owner, 10_000, shipping=900)
    assert sweeping.pay_makers() == 0
    assert fresh(payout).state == "nothing"


def test_a_refund_without_an_answer_is_not_sent_to_the_maker_meanwhile(
    stripe: StripeSandbox, owner: User
) -> None:
    piece = make_piece(price=10_000)
    account(piece.designer, stripe)
    order = paid_order(stripe, piece)
    payout = posted(order)[0]
    stripe.faults("/v1/refunds", "timeout_before", times=3, method="POST")
    refund = give_back(order, owner, 5_000)
    assert refund.state == "requested"

    sweeping.pay_makers()
    assert fresh(payout).transferred == 5_000
    assert owed_to_makers(order) == 4_100  # not given back yet
    refunds._mark_refused(refund, "no")
    sweeping.pay_makers()
    assert fresh(payout).transferred == 9_100
    assert owed_to_makers(order) == 0


def test_the_shopper_first_then_the_maker(stripe: StripeSandbox, owner: User) -> None:
    payout = sent(stripe, 10_000)[0]
    stripe.faults("/v1/refunds", "timeout_before", times=3, method="POST")
    refund = give_back(payout.parcel.order, owner, 5_000)
    assert sweeping.take_back() == 0

    stripe.act("clear_faults")
    make_old(refund)
    sweeping.send_refunds()
    assert sweeping.take_back() == 1


def test_a_refund_that_comes_back_is_the_makers_again(stripe: StripeSandbox, owner: User) -> None:
    payout = sent(stripe, 10_000)[0]
    order = payout.parcel.order
    refund = give_back(order, owner, 5_000)
    sweeping.take_back()

    stripe.act("refund_comes_back", refund.stripe_id or "")
    refunds.sync(order.attempts.get().payment_intent)
    assert (fresh(payout).state, fresh(payout).to_come) == ("pending", 4_100)
    sweeping.pay_makers()
    assert fresh(payout).state == "partially_reversed"
    assert (fresh(payout).transferred, fresh(payout).reversed) == (13_200, 4_100)
    assert net_at_stripe(order) == 9_100
    assert owed_to_makers(order) == 0
    # And back once more, this time for good: from both transfers.
    give_back(order, owner, 10_000, shipping=900)
    sweeping.take_back()
    assert net_at_stripe(order) == 0
    assert not Debt.objects.exists()


def test_a_reversal_whose_answer_was_lost_is_the_same(stripe: StripeSandbox, owner: User) -> None:
    payout = sent(stripe, 10_000)[0]
    order, transfer = payout.parcel.order, payout.transfers.get()
    give_back(order, owner, 5_000)
    path = f"/v1/transfers/{transfer.stripe_id}/reversals"
    stripe.faults(path, "timeout_after", times=3, method="POST")

    sweeping.take_back()
    reversal = Reversal.objects.get()
    assert (reversal.state, fresh(payout).taking) == ("asked", 4_100)
    assert sweeping.take_back() == 0
    make_old(reversal)
    assert sweeping.take_back() == 1
    assert Reversal.objects.get().state == "done"
    assert net_at_stripe(order) == 5_000


def test_the_webhook_of_our_own_reversal_changes_nothing(
    stripe: StripeSandbox, owner: User, client: Client
) -> None:
    payout = sent(stripe, 10_000)[0]
    give_back(payout.parcel.order, owner, 5_000)
    sweeping.take_back()

    event = stripe.events("transfer.reversed")[-1]
    assert deliver(client, event, SECRET).status_code == 200
    assert Reversal.objects.count() == 1
    assert fresh(payout).state == "partially_reversed"


def test_a_reversal_in_the_dashboard_is_taken_over_and_not_sent_again(
    stripe: StripeSandbox, owner: User, client: Client
) -> None:
    from orders import payments, payouts

    payout = sent(stripe, 10_000)[0]
    order, transfer = payout.parcel.order, payout.transfers.get()
    made = payments.client().v1.transfers.reversals.create(
        transfer.stripe_id or "", {"amount": 1_000}
    )

    for event in stripe.events("transfer.reversed")[-1:] * 2:
        assert deliver(client, event, SECRET).status_code == 200
    assert Reversal.objects.get().stripe_id == made.id
    assert (fresh(payout).state, fresh(payout).reversed) == ("held", 1_000)
    assert owed_to_makers(order) == 1_000
    assert sweeping.pay_makers() == 0
    payouts.try_again(fresh(payout), by=owner)
    assert owed_to_makers(order) == 0
    assert net_at_stripe(order) == 9_100


def test_the_shares_of_a_payout_are_bounded_by_the_database(stripe: StripeSandbox) -> None:
    from django.db import IntegrityError, transaction

    payout = sent(stripe, 10_000)[0]
    for columns in ({"transferred": 9_101}, {"reversed": 9_101}, {"by_hand": 1}, {"lost": 9_101}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payout.objects.filter(pk=payout.pk).update(**columns)
