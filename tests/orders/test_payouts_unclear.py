"""Money given back in the Dashboard is for no piece: a person says whether the maker is paid."""

import pytest
from django.contrib.auth.models import User
from django.core import mail

from orders import outbox, payouts, refunds, sweeping
from orders.models import Order, OutboxLetter, Payout
from sandbox.testing import StripeSandbox
from tests.factories import make_piece
from tests.orders.payout_builders import account, books_agree, fresh, paid_order, posted

pytestmark = pytest.mark.django_db
__all__ = ["books_agree"]


@pytest.fixture
def payout(stripe: StripeSandbox) -> Payout:
    """Due; all of the order was given back in the Dashboard meanwhile."""
    piece = make_piece(price=10_000)
    account(piece.designer, stripe)
    order = paid_order(stripe, piece)
    dashboard(stripe, order)
    return posted(order)[0]


def dashboard(stripe: StripeSandbox, order: Order, amount: int = 10_900) -> None:
    attempt = order.attempts.get()
    stripe.act("refund", attempt.charge, amount)
    refunds.sync(attempt.payment_intent)


def test_it_is_not_sent_before_a_person_has_said_so(payout: Payout, owner: User) -> None:
    sweeping.pay_makers()
    assert (fresh(payout).state, fresh(payout).hold) == ("held", "refund")
    outbox.send_letter.call(OutboxLetter.objects.get(kind="payout_stuck").pk)
    assert "for no piece yet" in str(mail.outbox[-1].body)
    assert sweeping.pay_makers() == 0

    payouts.try_again(fresh(payout), by=owner)
    assert fresh(payout).state == "sent"


def test_what_was_said_counts_for_what_was_known(stripe: StripeSandbox, owner: User) -> None:
    piece = make_piece(price=10_000)
    lost = account(piece.designer, stripe)
    order = paid_order(stripe, piece)
    dashboard(stripe, order, 500)
    payout = posted(order)[0]
    sweeping.pay_makers()
    stripe.act("restrict", lost.stripe_id or "")
    payouts.try_again(fresh(payout), by=owner)
    assert fresh(payout).state == "blocked"

    dashboard(stripe, order, 700)
    stripe.act("onboard", lost.stripe_id or "")
    payouts.release(piece.designer)
    sweeping.pay_makers()
    assert (fresh(payout).state, fresh(payout).hold) == ("held", "refund")
