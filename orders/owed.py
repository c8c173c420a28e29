"""What is owed to the makers of an order: the sums and states of its payouts, reckoned anew.

``reckon`` belongs into every transaction that changes what was given back, paid on or taken
back, under the order's lock; nothing else writes a payout's sums. It writes the ledger too.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet, Sum

from orders import ledger, shares
from orders.models import Order, Parcel, Payout, Refund, RefundLine, Reversal, Transfer
from shop.money import step

State = Payout.State
GIVEN = [Refund.State.PENDING, Refund.State.SUCCEEDED]
_PROMISED = [Refund.State.REQUESTED, *GIVEN]
# What was paid of these is divided among their makers, whatever was given back since.
EARNED = [Order.State.PAID, Order.State.PARTIALLY_REFUNDED, Order.State.REFUNDED]


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
        parcels = list(order.parcels.order_by("pk").prefetch_related("lines"))
        returned = _given_back(order, parcels, GIVEN)
        promised = _given_back(order, parcels, _PROMISED)
        for payout in payouts:
            payout.returned = returned[payout.parcel_id]
            payout.promised = promised[payout.parcel_id]
            _add_up(payout)
    ledger.bring_up(order)
    return payouts


def _given_back(
    order: Order, parcels: list[Parcel], states: Iterable[Refund.State]
) -> dict[int, int]:
    """Of all that was given back so far, each parcel's maker's part; as the ledger has it."""
    refunds = order.refunds.filter(state__in=states)
    parts = RefundLine.objects.filter(refund__in=refunds).values_list("order_line")
    lines = dict(parts.annotate(sum=Sum("amount")).order_by())
    post = refunds.aggregate(sum=Sum("shipping_amount", default=0))["sum"]
    posts = [0] * len(parcels)
    if post and parcels:
        posts, _tax = shares.post_given_back(parcels, order.shipping_tax, post)
    return {
        parcel.pk: of_post
        + sum(
            shares.Share.of(line).part(lines.get(line.pk, 0)).designer
            for line in parcel.lines.all()
        )
        for parcel, of_post in zip(parcels, posts, strict=True)
    }


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
    columns = ["returned", "promised", "transferred", "reversed", "taking", "by_hand"]
    payout.save(update_fields=[*columns, "set_off", "owed", "state"])


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
