"""What cannot be taken back from a maker is kept from what they get next."""

import pytest
from django.contrib.auth.models import User

from orders import refunds, sweeping
from orders.models import Debt, Payout, Reversal, SetOff
from sandbox.testing import StripeSandbox
from tests.factories import make_piece
from tests.orders.payout_builders import (
    at_stripe,
    books_agree,
    fresh,
    net_at_stripe,
    owed_to_makers,
    paid_order,
    posted,
    reversals,
    sent,
)
from tests.orders.test_payouts_taken_back import give_back

pytestmark = pytest.mark.django_db
__all__ = ["books_agree"]


@pytest.fixture
def owing(stripe: StripeSandbox, owner: User) -> Payout:
    """The maker's bank has the 91.00; of the price 50.00 went back, 41.00 of them theirs."""
    payout = sent(stripe, 10_000)[0]
    stripe.act("pay_out", payout.parcel.designer.account.stripe_id or "")
    give_back(payout.parcel.order, owner, 5_000)
    sweeping.take_back()
    return fresh(payout)


def next_order(stripe: StripeSandbox, payout: Payout, price: int) -> Payout:
    """Another piece of the same maker's, posted and due."""
    parcel = payout.parcel
    piece = make_piece(price=price, collection=parcel.lines.get().variant.piece.collection)  # type: ignore[union-attr]
    return posted(paid_order(stripe, piece))[0]


def test_a_reversal_that_is_refused_is_a_debt(owing: Payout) -> None:
    assert reversals(owing) == []
    assert Reversal.objects.get().state == "refused"
    debt = Debt.objects.get()
    assert (debt.amount, debt.left, debt.designer) == (4_100, 4_100, owing.parcel.designer)
    assert owed_to_makers(owing.parcel.order) == -4_100
    assert owing.state == "partially_reversed"
    assert sweeping.take_back() == 0


def test_it_is_kept_from_the_next_payout(stripe: StripeSandbox, owing: Payout) -> None:
    later = next_order(stripe, owing, 20_000)

    sweeping.pay_makers()
    later = fresh(later)
    assert (later.state, later.set_off, later.transferred) == ("sent", 4_100, 17_300 - 4_100)
    assert SetOff.objects.get().amount == 4_100
    assert Debt.objects.get().left == 0
    # In either order the maker's account ends at nothing.
    assert owed_to_makers(owing.parcel.order) == 0
    assert owed_to_makers(later.parcel.order) == 0
    assert net_at_stripe(later.parcel.order) == 13_200


def test_a_small_payout_is_kept_whole_and_the_rest_of_the_debt_waits(
    stripe: StripeSandbox, owing: Payout
) -> None:
    small, large = next_order(stripe, owing, 1_000), next_order(stripe, owing, 10_000)

    sweeping.pay_makers()
    assert (fresh(small).state, fresh(small).set_off, fresh(small).transferred) == (
        "sent",
        1_720,
        0,
    )
    assert (fresh(large).set_off, fresh(large).transferred) == (2_380, 9_100 - 2_380)
    assert owed_to_makers(owing.parcel.order) == 0


def test_a_debt_is_forgiven_when_its_refund_comes_back(
    stripe: StripeSandbox, owing: Payout
) -> None:
    refund = owing.parcel.order.refunds.get()
    stripe.act("refund_comes_back", refund.stripe_id or "")
    refunds.sync(refund.attempt.payment_intent)

    sweeping.pay_makers()
    assert (Debt.objects.get().amount, Debt.objects.get().left) == (0, 0)
    assert (fresh(owing).state, fresh(owing).transferred) == ("sent", 9_100)
    assert owed_to_makers(owing.parcel.order) == 0


def test_a_debt_that_was_paid_and_comes_back_is_sent_again(
    stripe: StripeSandbox, owing: Payout
) -> None:
    later = next_order(stripe, owing, 20_000)
    sweeping.pay_makers()
    refund = owing.parcel.order.refunds.get()
    stripe.act("refund_comes_back", refund.stripe_id or "")
    refunds.sync(refund.attempt.payment_intent)

    # Its charge carries 18.00 more; the rest is what stayed with the house of the later one.
    stripe.act("add_funds", value=2_300)
    sweeping.pay_makers()
    assert fresh(owing).transferred == 9_100 + 4_100
    assert [transfer.amount for transfer in at_stripe(owing.parcel.order)] == [9_100, 1_800, 2_300]
    for payout in (owing, later):
        assert owed_to_makers(payout.parcel.order) == 0


def test_what_was_kept_for_a_debt_can_be_owed_again(
    stripe: StripeSandbox, owing: Payout, owner: User
) -> None:
    """The second order goes back too, and of it only a part was ever sent."""
    later = next_order(stripe, owing, 10_000)
    sweeping.pay_makers()
    give_back(later.parcel.order, owner, 10_000, shipping=900)

    sweeping.take_back()
    assert reversals(later) == [5_000]
    assert [debt.left for debt in Debt.objects.order_by("pk")] == [0, 4_100]
    assert owed_to_makers(owing.parcel.order) == 0
    assert owed_to_makers(later.parcel.order) == -4_100
