"""What is owed to the makers of an order: the sums and states of its payouts, reckoned anew.

``reckon`` belongs into every transaction that changes what was given back, paid on or taken
back, under the order's lock; nothing else writes a payout's sums. It writes the ledger too.
"""

from typing import Any

from django.db.models import QuerySet, Sum

from orders import ledger, paid_in
from orders.banks import dispute_ledger, standing
from orders.models import Order, Payout, Refund, Reversal, Transfer
from orders.prices import shares
from shop.money import step

State = Payout.State
# What was paid of these is divided among their makers, whatever was given back or taken since.
EARNED = [
    Order.State.PAID,
    Order.State.PARTIALLY_REFUNDED,
    Order.State.REFUNDED,
    Order.State.DISPUTE_LOST,
]


def open_for(order: Order) -> None:
    """See to it that each parcel of an order that was paid has its payout."""
    parcels = order.parcels.filter(payout=None).prefetch_related("lines")
    for parcel in parcels if order.is_paid else ():
        Payout.objects.get_or_create(parcel=parcel, defaults={"share": shares.of_parcel(parcel)})


def lock(*orders: int) -> dict[int, Order]:
    """Lock orders, always in the order of their primary keys, so that two never wait in a ring."""
    rows = Order.objects.select_for_update().filter(pk__in=orders).order_by("pk")
    return {order.pk: order for order in rows}


def reckon(order: Order) -> list[Payout]:
    """Add up an order's payouts from their rows, and bring its ledger up to that."""
    payouts = list(
        Payout.objects.filter(parcel__order=order)
        .select_related("parcel__order", "parcel__designer")
        .order_by("pk")
    )
    if payouts:
        stopped = standing.disputes(order).stopping().exists()
        lost = dispute_ledger.losses(order)
        # What goes back comes to less than nothing.
        returned = paid_in.to_makers(paid_in.given_back(order))
        promised = paid_in.to_makers(paid_in.given_back(order, Refund.COUNTED))
        for payout in payouts:
            maker = payout.parcel.designer_id
            payout.returned, payout.promised = -returned[maker], -promised[maker]
            payout.lost = max(0, lost.get(maker, 0))
            payout.hold = _hold(payout, is_stopped=stopped)
            _add_up(payout)
    ledger.bring_up(order)
    return payouts


def _hold(payout: Payout, *, is_stopped: bool) -> str:
    """What waits for a person stays so; the rest is free when its reason is over."""
    asked = payout.hold == Payout.Hold.REFUND and is_unclear(payout)
    if asked or payout.hold == Payout.Hold.DASHBOARD:
        return payout.hold
    return Payout.Hold.DISPUTE if is_stopped else Payout.Hold.NONE


def is_unclear(payout: Payout) -> bool:
    """Whether money went back in the Dashboard, and nobody has said since whose it was."""
    unknown = payout.parcel.order.refunds.filter(
        idempotency_key__startswith="dashboard:", allocated_at=None, state__in=Refund.GIVEN
    )
    since = payout.cleared_at
    return (unknown.filter(created_at__gt=since) if since else unknown).exists()


def _add_up(payout: Payout) -> None:
    sent = payout.transfers.filter(state=Transfer.State.SENT)
    back = Reversal.objects.filter(transfer__payout=payout)
    payout.transferred = _sum(sent)
    payout.reversed = _sum(back.filter(state=Reversal.State.DONE))
    payout.taking = _sum(back.filter(state=Reversal.State.ASKED))
    payout.by_hand = _sum(payout.hand_payments.all())
    payout.set_off = _sum(payout.set_offs.all())
    payout.owed = _sum(payout.debts.all())
    payout.state = _state(payout)
    sums = ["transferred", "reversed", "taking", "by_hand", "set_off", "owed"]
    payout.save(update_fields=["returned", "promised", "lost", "hold", *sums, "state"])


def _sum(rows: "QuerySet[Any]") -> int:
    return int(rows.aggregate(sum=Sum("amount", default=0))["sum"])


def _state(payout: Payout) -> Payout.State:
    """How a payout stands, from its sums and from what keeps it."""
    if payout.transfers.filter(state=Transfer.State.ASKED).exists():
        return State.SENDING
    if whole(payout, payout.to_come):
        return _waiting(payout)
    if not payout.paid:
        return State.NOTHING
    if not payout.taken:
        return State.SENT
    return State.REVERSED if payout.taken >= payout.paid else State.PARTIALLY_REVERSED


def _waiting(payout: Payout) -> Payout.State:
    if payout.hold:
        return State.HELD
    if payout.trouble:
        account = payout.trouble == Payout.Trouble.ACCOUNT
        return State.BLOCKED if account else State.FAILED
    return State.PENDING


def whole(payout: Payout, amount: int) -> int:
    """So much of an amount as Stripe can move: in some currencies not the last digits."""
    smallest = step(payout.parcel.order.currency)
    return amount // smallest * smallest
