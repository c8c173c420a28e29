"""Paying the makers: their share of a parcel, some days after it has left.

Written down first, then asked for, then synced by Stripe's id, like a refund. Whoever has an
account at Stripe is paid through it, and waits while it takes no money; whoever has none is
paid by the house's bank (``by_hand``). Locks: orders, then payouts and debts.
"""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils.timezone import now
from django.utils.translation import gettext as _

from designers.models import Designer
from orders import outbox, payments
from orders.banks import standing
from orders.makers import owed, setting_off
from orders.models import (
    DesignerAccount,
    Order,
    OrderEvent,
    PaymentAttempt,
    Payout,
    Transfer,
)
from orders.records import Transferred
from shop.money import format_money

logger = logging.getLogger(__name__)
State, Trouble, Hold = Payout.State, Payout.Trouble, Payout.Hold
# After so long what was refused for want of money, or of a capability, is tried once more.
PATIENCE = timedelta(days=1)
# Stripe's words for an account that takes no money now.
_CLOSED = {
    "insufficient_capabilities_for_transfer",
    "account_closed",
    "account_invalid",
    "no_account",
    "resource_missing",
}


def open_missing() -> int:
    """Give a payout to each parcel that was paid and has none; how many orders that were."""
    paid = Order.objects.filter(paid_at__isnull=False, state__in=standing.DERIVED)
    pks = paid.filter(parcels__payout=None, parcels__isnull=False).distinct().order_by("pk")
    found = list(pks.values_list("pk", flat=True)[:500])
    for pk in found:
        with transaction.atomic():
            order = owed.lock(pk)[pk]
            owed.open_for(order)
            owed.reckon(order)
    return len(found)


def set_due() -> int:
    """Note when the payouts of parcels that have left fall due."""
    left = Payout.objects.filter(due_at=None, parcel__shipped_at__isnull=False)
    days = timedelta(days=settings.SHOP_PAYOUT_DAYS)
    rows = list(left.values_list("pk", "parcel__shipped_at")[:500])
    for pk, shipped in rows:
        assert shipped is not None  # noqa: S101 - asked for above
        Payout.objects.filter(pk=pk, due_at=None).update(due_at=shipped + days)
    return len(rows)


def due() -> "QuerySet[Payout]":
    """The payouts that are to be sent through Stripe now."""
    return _sendable().filter(parcel__designer__account__isnull=False).order_by("due_at", "pk")


def _sendable() -> "QuerySet[Payout]":
    return Payout.objects.filter(
        state=State.PENDING, due_at__lte=now(), parcel__order__state__in=owed.EARNED
    ).select_related("parcel__order", "parcel__designer")


def send(payout: Payout) -> Payout:
    """Send what is due, less what its maker owes; once, however many workers try.

    After payments.Unknown it stays asked for; a refusal is kept on it, and the owner is told.
    Never within a transaction.
    """
    with transaction.atomic():
        asked = _write_down(payout)
    for transfer in asked:
        _ask(transfer)
    payout.refresh_from_db()
    return payout


def _write_down(payout: Payout) -> list[Transfer]:
    orders = setting_off.lock([payout])
    # Whoever moves it on is alone with it; what was read before the lock counts for nothing.
    mine = _sendable().filter(pk=payout.pk)
    if not Payout.objects.filter(pk__in=mine.values("pk")).update(
        state=State.SENDING, tried_at=now()
    ):
        return []
    claimed = Payout.objects.select_related("parcel__order", "parcel__designer").get(pk=payout.pk)
    account = DesignerAccount.objects.filter(designer=claimed.parcel.designer_id).first()
    asked: list[Transfer] = []
    if owed.is_unclear(claimed):
        _hold_for_refund(claimed)
    elif account is None or not account.is_ready:
        _note_trouble(claimed, Trouble.ACCOUNT, _not_ready(account), key="account")
    else:
        amount = setting_off.keep(claimed, claimed.to_come, orders)
        asked = _transfers(claimed, account, owed.whole(claimed, amount))
    owed.reckon(orders[claimed.parcel.order_id])
    return asked


def _hold_for_refund(payout: Payout) -> None:
    Payout.objects.filter(pk=payout.pk).update(hold=Hold.REFUND)
    tell(payout, "payout_stuck", str(Hold.REFUND.label))
    outbox.put("payout_stuck", payout.pk, key=f"{payout.pk}:refund")


def _not_ready(account: DesignerAccount | None) -> str:
    if account is None:
        return _("There is no account at Stripe to send it to.")
    if account.is_detached:
        return _("The maker has cut the shop off from their account at Stripe.")
    return _("Their account at Stripe cannot take money yet.")


def _transfers(payout: Payout, account: DesignerAccount, amount: int) -> list[Transfer]:
    """From the charge as much as it still carries; the rest (what the house gave in the
    shopper's place) from the house's own balance."""
    attempt = payout.parcel.order.attempts.filter(state=PaymentAttempt.State.COMPLETE).first()
    charge = attempt.charge if attempt else ""
    carried = min(amount, _left_in(attempt)) if attempt and charge else 0
    parts = [(charge, owed.whole(payout, carried))]
    parts.append(("", amount - parts[0][1]))
    return [_transfer(payout, account, charge, part) for charge, part in parts if part]


def _left_in(attempt: PaymentAttempt) -> int:
    """What of a charge no bank took and no transfer has drawn on, not counting what came back."""
    moved = attempt.disputes.aggregate(sum=Sum(F("withdrawn") - F("reinstated"), default=0))
    drawn = Transfer.objects.filter(charge=attempt.charge).exclude(state=Transfer.State.REFUSED)
    there = attempt.received - int(moved["sum"])
    return max(0, there - int(drawn.aggregate(sum=Sum("amount", default=0))["sum"]))


def _transfer(payout: Payout, account: DesignerAccount, charge: str, amount: int) -> Transfer:
    number, order = payout.transfers.count() + 1, payout.parcel.order
    key = f"transfer:{order.number}:{payout.pk}:{number}"
    parameters: dict[str, Any] = {
        "amount": amount,
        "currency": order.currency,
        "destination": account.stripe_id,
        "transfer_group": order.transfer_group,
        "metadata": {
            "env": payments.environment(),
            "order": str(order.pk),
            "payout": str(payout.pk),
            "transfer": key,
        },
    }
    return Transfer.objects.create(
        payout=payout,
        number=number,
        amount=amount,
        charge=charge,
        idempotency_key=key,
        parameters=parameters | ({"source_transaction": charge} if charge else {}),
    )


def _ask(transfer: Transfer) -> None:
    try:
        record(payments.transfer(transfer))
    except payments.Unknown as error:
        logger.warning("transfer %s: no answer yet: %s", transfer.idempotency_key, error)
    except payments.Refused as error:
        logger.exception("transfer %s was refused", transfer.idempotency_key)
        # A key that was used before is refused too: a new one would then pay a second time.
        if not _found(transfer):
            _mark_refused(transfer, error)


def ask_again(transfer: Transfer) -> None:
    """Ask for a transfer whose answer was lost, unless Stripe has it already.

    Stripe forgets keys after a day: after that a repetition would pay a second time.
    """
    if not _found(transfer):
        _ask(transfer)


def _found(transfer: Transfer) -> bool:
    """Whether Stripe has it, under whatever key that was; then it is taken over."""
    for found in payments.list_transfers(transfer.parameters["transfer_group"]):
        if found.metadata.get("transfer") == transfer.idempotency_key:
            record(found)
            return True
    return False


def record(answer: Transferred) -> Transfer | None:
    """Take over that a transfer exists; None where it is none of ours."""
    known = Transfer.objects.filter(
        Q(stripe_id=answer.id)
        | Q(idempotency_key=answer.metadata.get("transfer", ""), stripe_id=None)
    )
    transfer = known.select_related("payout__parcel__order").first()
    if transfer is None or transfer.stripe_id:
        return transfer
    with transaction.atomic():
        pk = transfer.payout.parcel.order_id
        order = owed.lock(pk)[pk]
        if Transfer.objects.filter(pk=transfer.pk, stripe_id=None).update(
            state=Transfer.State.SENT, stripe_id=answer.id, sent_at=now(), error=""
        ):
            Payout.objects.filter(pk=transfer.payout_id).update(trouble=Trouble.NONE, error="")
            tell(transfer.payout, "payout_sent", f"{_money(transfer)} {answer.id}")
            owed.reckon(order)
    transfer.refresh_from_db()
    return transfer


def _mark_refused(transfer: Transfer, error: payments.Refused) -> None:
    trouble = Trouble.ACCOUNT if error.code in _CLOSED else Trouble.REFUSED
    if error.code == "balance_insufficient":
        trouble = Trouble.BALANCE
    with transaction.atomic():
        pk = transfer.payout.parcel.order_id
        order = owed.lock(pk)[pk]
        asked = Transfer.objects.filter(pk=transfer.pk, state=Transfer.State.ASKED)
        if asked.update(state=Transfer.State.REFUSED, error=str(error)[:400]):
            _note_trouble(transfer.payout, trouble, str(error), key=str(transfer.number))
            owed.reckon(order)


def _note_trouble(payout: Payout, trouble: Payout.Trouble, error: str, *, key: str) -> None:
    """Never silently: it stands on the payout and on the order, and the owner gets a letter."""
    Payout.objects.filter(pk=payout.pk).update(trouble=trouble, error=error[:400])
    tell(payout, "payout_stuck", error)
    outbox.put("payout_stuck", payout.pk, key=f"{payout.pk}:{key}")


def release(designer: Designer) -> int:
    """The maker's account takes money (again): what waited for that goes on; how many payouts.

    They are sent by the next sweep, each under a key of its own.
    """
    return _untroubled(Payout.objects.filter(parcel__designer=designer, trouble=Trouble.ACCOUNT))


def _untroubled(rows: "QuerySet[Payout]") -> int:
    pks = list(rows.values_list("pk", flat=True))
    stuck = Payout.objects.filter(pk__in=pks, state__in=[State.BLOCKED, State.FAILED])
    freed = stuck.update(trouble=Trouble.NONE, error="", state=State.PENDING)
    # Held for another reason, or being sent: only the old trouble is forgotten.
    Payout.objects.filter(pk__in=pks).update(trouble=Trouble.NONE, error="")
    return freed


def block(designer: Designer, reason: str = "") -> int:
    """The maker's account takes no money now: nothing is sent until ``release``."""
    waiting = Payout.objects.filter(parcel__designer=designer, state=State.PENDING)
    error = reason or _("Their account at Stripe cannot take money now.")
    return waiting.update(state=State.BLOCKED, trouble=Trouble.ACCOUNT, error=error[:400])


def look_again() -> int:
    """Free what was refused a day ago, where that may have passed without our hearing of it."""
    old = Payout.objects.filter(tried_at__lt=now() - PATIENCE)
    ready = Q(trouble=Trouble.ACCOUNT, parcel__designer__account__is_ready=True)
    return _untroubled(
        old.filter(ready | Q(trouble=Trouble.BALANCE)).filter(
            state__in=[State.BLOCKED, State.FAILED]
        )
    )


def try_again(payout: Payout, *, by: User) -> Payout:
    """A person has seen to what kept it: sent at once if it is due. Never within a transaction."""
    with transaction.atomic():
        pk = payout.parcel.order_id
        order = owed.lock(pk)[pk]
        Payout.objects.filter(pk=payout.pk).exclude(hold=Hold.DISPUTE).update(
            trouble=Trouble.NONE, error="", hold=Hold.NONE, cleared_at=now()
        )
        tell(payout, "payout_tried_again", by=by)
        owed.reckon(order)
    if due().filter(pk=payout.pk).exists():
        send(payout)
    payout.refresh_from_db()
    return payout


def tell(payout: Payout, kind: str, text: str = "", *, by: User | None = None) -> None:
    """Note on the order what happened to a payout."""
    parcel = payout.parcel
    OrderEvent.objects.create(
        order_id=parcel.order_id, parcel=parcel, kind=kind, text=text[:400], actor=by
    )


def _money(transfer: Transfer) -> str:
    return format_money(transfer.amount, transfer.payout.parcel.order.currency)
