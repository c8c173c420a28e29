"""What disputes moved, for the ledger: taken by a bank, brought back, its fee, and whose loss."""

from collections import Counter
from collections.abc import Iterator

from orders import paid_in
from orders.models import Dispute, LedgerEntry, Order
from orders.models.ledger import Move

Account = LedgerEntry.Account


def in_dispute(order: Order) -> Iterator[Move]:
    """Taken and brought back; what stays in ``dispute`` after a loss is the house's."""
    for dispute in order.disputes.select_related("attempt").order_by("pk"):
        yield "dispute", Account.DISPUTE, Account.STRIPE, None, dispute.withdrawn
        yield "dispute", Account.DISPUTE, Account.STRIPE, None, -dispute.reinstated
        yield "dispute_fee", Account.FEE, Account.STRIPE, None, dispute.fee
        if dispute.status == Dispute.Status.LOST and not dispute.attempt.is_honoured:
            yield "dispute_loss", Account.SUSPENSE, Account.DISPUTE, None, dispute.withdrawn
    for maker, amount in losses(order).items():
        yield "dispute_loss", Account.DESIGNER, Account.DISPUTE, maker, amount


def losses(order: Order) -> dict[int, int]:
    """What each maker (by primary key) bears of the order's lost disputes, in minor units.

    The same part of what is theirs as the bank took of what was left of the payment; nothing
    where the house bears it. A transfer that was made already is reversed by so much.
    """
    lost = Dispute.objects.lost().filter(order=order, is_makers_loss=True).select_related("attempt")
    taken = sum(dispute.amount for dispute in lost if dispute.attempt.is_honoured)
    if not taken:
        return {}
    theirs, kept = _kept(order)
    whole = min(taken, kept)
    return {maker: (2 * sum_ * whole + kept) // (2 * kept) for maker, sum_ in theirs.items()}


def _kept(order: Order) -> tuple[Counter[int], int]:
    """What is each maker's of the payment, and what there is of it, less what was given back."""
    moves = [*paid_in.received(order), *paid_in.given_back(order)]
    kept = sum(
        amount * ((debit == Account.STRIPE) - (credit == Account.STRIPE))
        for _kind, debit, credit, _maker, amount in moves
        if debit != Account.FEE
    )
    return paid_in.to_makers(moves), kept
