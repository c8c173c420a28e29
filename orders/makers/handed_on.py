"""What was handed on to the makers, as the ledger has it: sent, taken back, by hand, set off.

What a maker owes from one order and is kept from another goes through the account ``set_off``:
in either order their account then ends at nothing, and over all orders so does that account.
"""

from collections.abc import Iterator

from django.db.models import F, Sum

from orders.models import LedgerEntry, Order, Payout
from orders.models.ledger import Move

Account = LedgerEntry.Account


def handed_on(order: Order) -> Iterator[Move]:
    """An order's transfers, reversals, payments by hand and set-offs."""
    payouts = Payout.objects.filter(parcel__order=order).select_related("parcel")
    for payout in payouts.order_by("pk"):
        maker = payout.parcel.designer_id
        yield "transfer", Account.DESIGNER, Account.STRIPE, maker, payout.transferred
        yield "reversal", Account.STRIPE, Account.DESIGNER, maker, payout.reversed
        yield "by_hand", Account.DESIGNER, Account.BANK, maker, payout.by_hand
        yield "set_off", Account.DESIGNER, Account.SET_OFF, maker, payout.set_off
        yield "debt", Account.SET_OFF, Account.DESIGNER, maker, _kept_elsewhere(payout)


def _kept_elsewhere(payout: Payout) -> int:
    """What the maker owed of it, and was kept from another payout since."""
    kept = F("amount") - F("left")
    return int(payout.debts.aggregate(sum=Sum(kept, default=0))["sum"])
