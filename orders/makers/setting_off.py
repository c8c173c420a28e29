"""Keeping from what a maker gets what they owe: because money could not be taken back from them.

Each part of a debt is kept once: by one conditional UPDATE, under the locks of all orders that
it touches, so that their ledgers are written with it.
"""

from collections.abc import Sequence

from django.db.models import F, QuerySet

from orders import ledger
from orders.makers import owed
from orders.models import Debt, Order, Payout, SetOff


def of(payout: Payout) -> "QuerySet[Debt]":
    """What the payout's maker owes in its currency, the oldest first."""
    parcel = payout.parcel
    return Debt.objects.filter(
        designer=parcel.designer_id,
        left__gt=0,
        payout__parcel__order__currency=parcel.order.currency,
    ).order_by("pk")


def lock(payouts: Sequence[Payout]) -> dict[int, Order]:
    """Lock the payouts' orders, and those from which their makers owe something."""
    orders = {payout.parcel.order_id for payout in payouts}
    for payout in payouts:
        orders |= set(of(payout).values_list("payout__parcel__order", flat=True))
    return owed.lock(*orders)


def keep(payout: Payout, amount: int, orders: dict[int, Order]) -> int:
    """Keep what is owed, of an amount that is to be paid; how much is left to pay.

    ``orders`` are those that ``lock`` has locked. A debt from the payout itself is forgiven:
    the refund that made it came back.
    """
    rows = of(payout).filter(payout__parcel__order__in=orders).select_related("payout__parcel")
    for debt in sorted(rows, key=lambda debt: debt.payout_id != payout.pk):
        part = min(amount, debt.left)
        if part and _keep(debt, payout, part):
            ledger.bring_up(orders[debt.payout.parcel.order_id])
            amount -= part
    return amount


def _keep(debt: Debt, payout: Payout, part: int) -> bool:
    row = Debt.objects.filter(pk=debt.pk, left__gte=part)
    if debt.payout_id == payout.pk:
        return bool(row.update(left=F("left") - part, amount=F("amount") - part))
    if not row.update(left=F("left") - part):
        return False
    SetOff.objects.create(debt=debt, payout=payout, amount=part)
    return True
