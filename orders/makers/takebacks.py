"""Taking back from the makers what is theirs no longer: after a refund, or a lost dispute.

Never before the shopper has their money. The target is reckoned from all that was given back so
far less all that was taken back, so that no rounding adds up. What cannot be taken back is a
debt, kept from what the maker gets next.
"""

import logging

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Greatest
from django.utils.timezone import now

from orders import payments, payouts
from orders.makers import owed
from orders.models import Debt, Order, Payout, Refund, Reversal, Transfer
from orders.records import TakenBack
from shop.money import format_money, step

logger = logging.getLogger(__name__)
State = Reversal.State


def wanted() -> "QuerySet[Order]":
    """The orders of which something is to be taken back that nobody has asked for."""
    kept = F("transferred") + F("by_hand") + F("set_off") - F("reversed") - F("owed") - F("taking")
    theirs = Greatest(F("share") - F("lost") - F("returned"), 0)
    # Less than Stripe can move stays with them, till more is to come back.
    least = step(settings.SHOP_CURRENCY)
    too_much = Payout.objects.alias(kept=kept, theirs=theirs).filter(kept__gte=F("theirs") + least)
    settled = too_much.exclude(state=Payout.State.SENDING)
    return Order.objects.filter(parcels__payout__in=settled).distinct().order_by("pk")


def take_back(order: Order) -> int:
    """Take back what is no longer the makers'; how many reversals were asked for.

    Never within a transaction. After payments.Unknown a reversal stays asked for.
    """
    with transaction.atomic():
        locked = owed.lock(order.pk)[order.pk]
        found = [reversal for payout in owed.reckon(locked) for reversal in _write_down(payout)]
        owed.reckon(locked)
    for reversal in found:
        _ask(reversal)
    return len(found)


def _write_down(payout: Payout) -> list[Reversal]:
    left = owed.whole(payout, payout.to_take_back)
    if not left or payout.state == Payout.State.SENDING:
        return []
    found = []
    # What the house paid besides comes back first, then what the charge carried.
    for transfer in payout.transfers.filter(state=Transfer.State.SENT).order_by("-number"):
        part = min(left, transfer.amount - transfer.reversed - _asked(transfer))
        if part > 0:
            found.append(_reversal(payout, transfer, part))
            left -= part
    if left:
        _owe(payout, left)
    return found


def _asked(transfer: Transfer) -> int:
    asked = transfer.reversals.filter(state=State.ASKED)
    return int(asked.aggregate(sum=Sum("amount", default=0))["sum"])


def _reversal(payout: Payout, transfer: Transfer, amount: int) -> Reversal:
    order, refund = payout.parcel.order, _refund_behind(payout, transfer)
    cause = refund.pk if refund else f"{transfer.pk}.{transfer.reversals.count() + 1}"
    key = f"reversal:{order.number}:{cause}:{payout.pk}:{transfer.number}"
    ids = {"env": payments.environment(), "order": str(order.pk), "reversal": key}
    return Reversal.objects.create(
        transfer=transfer,
        refund=refund,
        amount=amount,
        idempotency_key=key,
        parameters={"amount": amount, "metadata": ids},
    )


def _refund_behind(payout: Payout, transfer: Transfer) -> Refund | None:
    """The latest refund for which nothing of this transfer was taken back yet."""
    given = payout.parcel.order.refunds.filter(
        state__in=[Refund.State.PENDING, Refund.State.SUCCEEDED]
    )
    return given.exclude(reversals__transfer=transfer).order_by("-pk").first()


def _owe(payout: Payout, amount: int) -> None:
    Debt.objects.create(payout=payout, designer=payout.parcel.designer, amount=amount, left=amount)
    sum_ = format_money(amount, payout.parcel.order.currency)
    payouts.tell(payout, "payout_owed", sum_)


def _ask(reversal: Reversal) -> None:
    try:
        _record(payments.reverse(reversal))
    except payments.Unknown as error:
        logger.warning("reversal %s: no answer yet: %s", reversal.idempotency_key, error)
    except payments.Refused as error:
        logger.warning("reversal %s was refused: %s", reversal.idempotency_key, error)
        sync(reversal.transfer.stripe_id or "")
        _mark_refused(reversal, str(error))


def ask_again(reversal: Reversal) -> None:
    """Ask for a reversal whose answer was lost, unless Stripe has it already."""
    sync(reversal.transfer.stripe_id or "")
    reversal.refresh_from_db()
    if reversal.state == State.ASKED:
        _ask(reversal)


def _mark_refused(reversal: Reversal, error: str) -> None:
    """Their account holds too little, or is closed: what is missing is owed by the maker."""
    with transaction.atomic():
        payout = reversal.transfer.payout
        order = owed.lock(payout.parcel.order_id)[payout.parcel.order_id]
        asked = Reversal.objects.filter(pk=reversal.pk, state=State.ASKED)
        if not asked.update(state=State.REFUSED, error=error[:400]):
            return
        for again in owed.reckon(order):
            missing = min(owed.whole(again, again.to_take_back), reversal.amount)
            if again.pk == payout.pk and missing:
                _owe(again, missing)
        owed.reckon(order)


def sync(transfer_id: str) -> Transfer | None:
    """Make our books say what Stripe says of a transfer and of what came back of it.

    None: it is none of ours. Raises payments.Unknown, payments.Refused.
    """
    transfer = payouts.record(payments.get_transfer(transfer_id))
    if transfer:
        for found in payments.list_reversals(transfer_id):
            _record(found)
    return transfer


def _record(found: TakenBack) -> None:
    asked = Q(idempotency_key=found.metadata.get("reversal", ""), stripe_id=None)
    if Reversal.objects.filter(stripe_id=found.id).exists():
        return
    transfer = Transfer.objects.select_related("payout__parcel__order").get(
        stripe_id=found.transfer
    )
    with transaction.atomic():
        pk = transfer.payout.parcel.order_id
        order = owed.lock(pk)[pk]
        if Reversal.objects.filter(stripe_id=found.id).exists():
            return
        if not Reversal.objects.filter(asked).update(
            state=State.DONE, stripe_id=found.id, done_at=now()
        ):
            _from_dashboard(found, transfer)
        Transfer.objects.filter(pk=transfer.pk).update(reversed=F("reversed") + found.amount)
        sum_ = format_money(found.amount, order.currency)
        payouts.tell(transfer.payout, "payout_reversed", f"{sum_} {found.id}")
        owed.reckon(order)


def _from_dashboard(found: TakenBack, transfer: Transfer) -> None:
    """Somebody took it back on purpose: it is not sent again before a person says so."""
    Reversal.objects.create(
        transfer=transfer,
        amount=found.amount,
        state=State.DONE,
        stripe_id=found.id,
        done_at=now(),
        idempotency_key=f"dashboard:{found.id}",
    )
    Payout.objects.filter(pk=transfer.payout_id, hold=Payout.Hold.NONE).update(
        hold=Payout.Hold.DASHBOARD
    )
