"""Refunds: written down first, then asked for, then synced by Stripe's id."""

import logging

from django.db import transaction
from django.db.models import Sum

from orders import payments
from orders.models import Order, OrderEvent, PaymentAttempt, Refund
from orders.records import Refunded

logger = logging.getLogger(__name__)
_STATES = {
    "pending": Refund.State.PENDING,
    "requires_action": Refund.State.PENDING,
    "succeeded": Refund.State.SUCCEEDED,
    "failed": Refund.State.FAILED,
    "canceled": Refund.State.FAILED,
}
GIVEN = [Refund.State.PENDING, Refund.State.SUCCEEDED]


def refund_in_full(attempt: PaymentAttempt, amount: int, reason: str) -> Refund:
    """Write down that a payment (minor units) goes back whole; at most once an attempt.

    Belongs into the transaction that decides it; ``send`` the refund after its commit.
    """
    key = f"refund:auto:{attempt.idempotency_key}"
    refund, _created = Refund.objects.get_or_create(
        idempotency_key=key,
        defaults={"order_id": attempt.order_id, "attempt": attempt, "amount": amount}
        | {"reason": reason[:240], "parameters": _parameters(attempt, amount, key)},
    )
    return refund


def _parameters(attempt: PaymentAttempt, amount: int, key: str) -> dict[str, object]:
    return {
        "payment_intent": attempt.payment_intent,
        "amount": amount,
        "metadata": {
            "env": payments.environment(),
            "order": str(attempt.order_id),
            "refund": key,
        },
    }


def send(refund: Refund) -> Refund:
    """Ask Stripe for a refund that is written down. After Unknown it stays asked for.

    A refusal is kept on the refund, for a person to see. Never within a transaction.
    """
    try:
        answer = payments.refund(refund)
    except payments.Unknown as error:
        logger.warning("refund %s: no answer yet: %s", refund.pk, error)
    except payments.Refused as error:
        logger.exception("refund %s was refused", refund.pk)
        _mark_refused(refund, str(error))
    else:
        _record(answer, refund.attempt)
    refund.refresh_from_db()
    return refund


def _mark_refused(refund: Refund, error: str) -> None:
    Refund.objects.filter(pk=refund.pk, state=Refund.State.REQUESTED).update(
        state=Refund.State.FAILED, error=error[:400]
    )


def sync(payment_intent: str) -> int:
    """Make our refunds of a payment agree with Stripe's; returns how many Stripe has.

    Those made in the Dashboard are taken over. A payment that is not ours is left alone.
    """
    attempt = PaymentAttempt.objects.filter(payment_intent=payment_intent).first()
    if not payment_intent or attempt is None:
        return 0
    found = payments.list_refunds(payment_intent)
    for answer in found:
        _record(answer, attempt)
    return len(found)


def _record(answer: Refunded, attempt: PaymentAttempt) -> None:
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=attempt.order_id)
        refund = _ours(answer, attempt)
        state = _STATES.get(answer.status, Refund.State.PENDING)
        if refund.stripe_id == answer.id and refund.state == state:
            return
        Refund.objects.filter(pk=refund.pk).update(
            stripe_id=answer.id, state=state, error=answer.failure
        )
        OrderEvent.objects.create(
            order=order, kind=f"refund_{state}", text=f"{answer.id}: {answer.amount}"
        )
        _add_up(order)


def _ours(answer: Refunded, attempt: PaymentAttempt) -> Refund:
    known = Refund.objects.filter(stripe_id=answer.id).first()
    asked = Refund.objects.filter(idempotency_key=answer.metadata.get("refund", ""), stripe_id=None)
    return known or asked.first() or _from_dashboard(answer, attempt)


def _from_dashboard(answer: Refunded, attempt: PaymentAttempt) -> Refund:
    return Refund.objects.create(
        order_id=attempt.order_id,
        attempt=attempt,
        amount=answer.amount,
        reason="Stripe Dashboard",
        idempotency_key=f"dashboard:{answer.id}",
    )


def _add_up(order: Order) -> None:
    """Derive what was given back, and the order's state, from the refunds themselves."""
    paid = order.attempts.filter(state=PaymentAttempt.State.COMPLETE)
    given = order.refunds.filter(state__in=GIVEN, attempt__in=paid)
    total = min(given.aggregate(sum=Sum("amount"))["sum"] or 0, order.total)
    Order.objects.filter(pk=order.pk).update(refunded_total=total)
    if order.state in {Order.State.PAID, Order.State.PARTIALLY_REFUNDED, Order.State.REFUNDED}:
        state = Order.State.PARTIALLY_REFUNDED if total else Order.State.PAID
        if total == order.total and total:
            state = Order.State.REFUNDED
        Order.objects.filter(pk=order.pk).update(state=state)
