"""A maker whose account takes no money waits, loudly, until it does."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils.timezone import now

from orders import outbox, payouts, sweeping
from orders.models import DesignerAccount, OrderEvent, OutboxLetter, Payout, Transfer
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
)

pytestmark = pytest.mark.django_db
__all__ = ["books_agree"]


def test_of_three_makers_the_one_not_onboarded_waits(stripe: StripeSandbox) -> None:
    pieces = [make_piece(price=price) for price in (10_000, 20_000, 30_000)]
    for piece, ready in zip(pieces, (True, False, True), strict=True):
        account(piece.designer, stripe, ready=ready)
    order = paid_order(stripe, *pieces)
    found = posted(order)

    sweeping.pay_makers()
    assert [fresh(payout).state for payout in found] == ["sent", "blocked", "sent"]
    assert owed_to_makers(order) == found[1].share
    letter = OutboxLetter.objects.get(kind="payout_stuck")
    assert letter.subject == found[1].pk

    waiting = found[1].parcel.designer
    stripe.act("onboard", waiting.account.stripe_id or "")
    DesignerAccount.objects.filter(designer=waiting).update(is_ready=True)
    assert payouts.release(waiting) == 1
    sweeping.pay_makers()
    assert fresh(found[1]).state == "sent"
    assert owed_to_makers(order) == 0
    assert len(at_stripe(order)) == 3


def capability_lost(stripe: StripeSandbox) -> Payout:
    """Stripe refuses, and nobody had told the shop."""
    piece = make_piece(price=10_000)
    lost = account(piece.designer, stripe)
    payout = posted(paid_order(stripe, piece))[0]
    stripe.act("restrict", lost.stripe_id or "")
    sweeping.pay_makers()
    return fresh(payout)


def test_a_capability_lost_is_told_and_kept(stripe: StripeSandbox) -> None:
    payout = capability_lost(stripe)

    assert payout.state == "blocked"
    assert "capabilities" in payout.error
    assert payout.transfers.get().state == Transfer.State.REFUSED
    assert OrderEvent.objects.get(kind="payout_stuck").text == payout.error
    outbox.send_letter.call(OutboxLetter.objects.get(kind="payout_stuck").pk)
    assert "could not be paid" in mail.outbox[-1].subject
    assert payout.parcel.order.number in str(mail.outbox[-1].body)
    # Once told is enough: the sweep does not ask again at once.
    assert sweeping.pay_makers() == 0
    assert OutboxLetter.objects.filter(kind="payout_stuck").count() == 1


def test_after_a_refusal_it_goes_under_a_new_key(stripe: StripeSandbox) -> None:
    payout = capability_lost(stripe)
    maker = payout.parcel.designer
    stripe.act("onboard", maker.account.stripe_id or "")

    # The refusal itself is stored under the old key, and would come again for a day.
    payouts.release(maker)
    sweeping.pay_makers()
    first, second = payout.transfers.order_by("number")
    assert (first.state, second.state) == ("refused", "sent")
    assert first.idempotency_key != second.idempotency_key
    assert (fresh(payout).state, fresh(payout).error) == ("sent", "")


def test_the_same_key_is_refused_again(stripe: StripeSandbox) -> None:
    payout = capability_lost(stripe)
    stripe.act("onboard", payout.parcel.designer.account.stripe_id or "")
    refused = payout.transfers.get()
    Transfer.objects.filter(pk=refused.pk).update(state=Transfer.State.ASKED)

    payouts.ask_again(Transfer.objects.get())
    assert Transfer.objects.get().state == "refused"


def test_blocked_before_it_is_due_it_waits_without_a_call(stripe: StripeSandbox) -> None:
    piece = make_piece()
    account(piece.designer, stripe)
    payout = posted(paid_order(stripe, piece))[0]

    assert payouts.block(piece.designer, "They cut the shop off.") == 1
    assert sweeping.pay_makers() == 0
    assert (fresh(payout).state, fresh(payout).error) == ("blocked", "They cut the shop off.")
    assert payouts.release(piece.designer) == 1
    sweeping.pay_makers()
    assert fresh(payout).state == "sent"


def test_news_of_a_ready_account_that_was_lost_is_made_up_for(stripe: StripeSandbox) -> None:
    payout = capability_lost(stripe)
    stripe.act("onboard", payout.parcel.designer.account.stripe_id or "")

    assert sweeping.pay_makers() == 0
    Payout.objects.update(tried_at=now() - timedelta(hours=25))
    sweeping.pay_makers()
    assert fresh(payout).state == "sent"
