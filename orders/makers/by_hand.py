"""Payouts made by the house's own bank: for makers without an account at Stripe that takes money.

The ledger is the same; only where the money leaves from is another. What is written here the
owner has done: several parcels of one maker at once, each form once.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from designers.models import Designer
from orders import payouts
from orders.makers import owed, setting_off
from orders.models import HandPayment, Payout
from shop.money import format_money

State = Payout.State


class AnotherSum(Exception):
    """It comes to another sum by now than the one that was confirmed; ``sum`` says which."""

    def __init__(self, sum_: int) -> None:
        super().__init__(_("It comes to another sum by now: look at it once more."))
        self.sum = sum_


def payable() -> "QuerySet[Payout]":
    """What is due and not on its way through Stripe, nor about to be."""
    no_account = ~Q(parcel__designer__account__is_ready=True)
    mine = Q(state=State.PENDING) & no_account | Q(state__in=[State.BLOCKED, State.FAILED])
    return (
        Payout.objects.filter(mine, due_at__lte=now(), parcel__order__state__in=owed.EARNED)
        .select_related("parcel__order", "parcel__designer")
        .order_by("due_at", "pk")
    )


def is_payable(payout: Payout) -> bool:
    """The same of one payout, without a query where its maker's account was read with it."""
    account = getattr(payout.parcel.designer, "account", None)
    is_due = payout.due_at is not None and payout.due_at <= now()
    no_account = account is None or not account.is_ready
    stuck = payout.state in {State.BLOCKED, State.FAILED}
    return is_due and (stuck or (payout.state == State.PENDING and no_account))


def comes_to(found: Iterable[Payout]) -> int:
    """What one maker is to get for these payouts, less what they owe; minor units."""
    found = list(found)
    if not found:
        return 0
    due = sum(payout.to_come for payout in found)
    return max(0, due - sum(setting_off.of(found[0]).values_list("left", flat=True)))


def pay(
    designer: Designer,
    chosen: Iterable[int],
    *,
    amount: int,
    day: date,
    reference: str,
    by: User,
    token: UUID,
) -> list[HandPayment]:
    """Write down that a maker was paid ``amount`` (minor units) for the chosen payouts: once.

    Sent again with the same token it changes nothing. Raises AnotherSum, with nothing written,
    where it no longer comes to that.
    """
    with transaction.atomic():
        rows = payable().filter(parcel__designer=designer, pk__in=list(chosen))
        orders = setting_off.lock(list(rows))
        if known := list(HandPayment.objects.filter(token=token)):
            return known
        found = list(rows.all())
        before, paid = comes_to(found), []
        for payout in found:
            rest = setting_off.keep(payout, payout.to_come, orders)
            if rest:
                paid.append(_paid(payout, rest, day, reference, by, token))
        if not found or sum(row.amount for row in paid) != amount:
            raise AnotherSum(before)
        for pk in {payout.parcel.order_id for payout in found}:
            owed.reckon(orders[pk])
    return paid


def _paid(
    payout: Payout, amount: int, day: date, reference: str, by: User, token: UUID
) -> HandPayment:
    Payout.objects.filter(pk=payout.pk).update(
        trouble=Payout.Trouble.NONE, error="", tried_at=now()
    )
    sum_ = format_money(amount, payout.parcel.order.currency)
    payouts.tell(payout, "payout_by_hand", f"{sum_} {reference}", by=by)
    return HandPayment.objects.create(
        payout=payout,
        amount=amount,
        paid_on=day,
        reference=reference[:80],
        actor=by,
        token=token,
    )
