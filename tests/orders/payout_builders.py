"""Orders that were paid and posted, and makers with an account at the stand-in."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.utils.timezone import now

from catalog.models import Piece
from designers.models import Designer
from orders import ledger, payments, payouts, settlement, sweeping
from orders.models import (
    DesignerAccount,
    LedgerEntry,
    Order,
    Parcel,
    Payout,
    Reversal,
    Transfer,
)
from orders.records import Transferred
from sandbox.testing import StripeSandbox
from tests.factories import make_piece
from tests.orders.builders import opened, session_of

ACCOUNT: Any = {
    "contact_email": "ines@example.eu",
    "display_name": "Inês Carvalho",
    "dashboard": "express",
    "identity": {"country": "pt"},
    "configuration": {
        "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
    },
}
_accounts = count(1)


def account(designer: Designer, stripe: StripeSandbox, *, ready: bool = True) -> DesignerAccount:
    """The maker's account at Stripe; ``ready`` to take money, here and there."""
    made = payments.client().v2.core.accounts.create(ACCOUNT)
    if ready:
        stripe.act("onboard", made.id)
    return DesignerAccount.objects.create(
        designer=designer,
        stripe_id=made.id,
        is_ready=ready,
        parameters=ACCOUNT,
        idempotency_key=f"designer-account:{next(_accounts)}",
    )


def paid_order(stripe: StripeSandbox, *pieces: Piece) -> Order:
    """Paid at the stand-in, with 9.00 for the post of each parcel."""
    attempt = opened(*pieces)
    stripe.pay(session_of(attempt))
    settlement.settle(session_of(attempt))
    return Order.objects.get(pk=attempt.order_id)


def posted(order: Order, *, days_ago: int = 8) -> list[Payout]:
    """All its parcels left so long ago; their payouts, each known to be due or not."""
    order.parcels.update(state=Parcel.State.SHIPPED, shipped_at=now() - timedelta(days=days_ago))
    payouts.open_missing()
    payouts.set_due()
    return list(Payout.objects.filter(parcel__order=order).order_by("pk"))


def sent(stripe: StripeSandbox, *prices: int, ready: bool = True) -> list[Payout]:
    """One order of a piece of each price, each of a maker of its own, posted and paid out."""
    pieces = [make_piece(price=price) for price in prices]
    for piece in pieces:
        account(piece.designer, stripe, ready=ready)
    found = posted(paid_order(stripe, *pieces))
    assert sweeping.pay_makers() == len(found)
    return [fresh(payout) for payout in found]


def fresh(payout: Payout) -> Payout:
    return Payout.objects.select_related("parcel__order", "parcel__designer").get(pk=payout.pk)


def at_stripe(order: Order) -> list[Transferred]:
    """What the stand-in has of the order's transfers, the oldest first."""
    known = set(Transfer.objects.filter(payout__parcel__order=order).values_list("stripe_id"))
    found = payments.list_transfers(order.transfer_group)
    return [transfer for transfer in reversed(found) if (transfer.id,) in known]


def net_at_stripe(order: Order) -> int:
    return sum(transfer.amount - transfer.reversed for transfer in at_stripe(order))


def owed_to_makers(order: Order) -> int:
    """What the ledger says the house owes the makers of an order; below nothing, they owe it."""
    return -ledger.balance(LedgerEntry.Account.DESIGNER, order.ledger.all())


def make_old(*rows: Any) -> None:
    """Asked for so long ago that the sweep no longer takes them to be under way."""
    for row in rows:
        type(row).objects.filter(pk=row.pk).update(created_at=now() - timedelta(minutes=5))


def reversals(payout: Payout) -> list[int]:
    done = Reversal.objects.filter(transfer__payout=payout, state=Reversal.State.DONE)
    return list(done.order_by("pk").values_list("amount", flat=True))


@pytest.fixture(autouse=True)
def books_agree() -> Any:
    """For modules that take it over: whatever happened, nothing is left over in the ledger."""
    yield
    assert not ledger.unbalanced().exists()
    assert [order for order in Order.objects.all() if ledger.is_behind(order)] == []
    assert ledger.balance(LedgerEntry.Account.SET_OFF) == 0
