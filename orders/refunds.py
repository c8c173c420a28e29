"""Refunds: written down first, then asked for, then synced by Stripe's id.

With ``settlement`` the only writer of payment state: a settled payment is moved on by nothing
but its refunds and disputes, and their sums and the order's state are written here alone. What is
asked for counts as given back until Stripe refuses it, so that nothing is promised twice.
Locks: order, refund, lines, variants; every write happens under the order's.
"""

import logging
from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.timezone import now
from django.utils.translation import gettext as _

from orders import outbox, payments, refundable, tasks
from orders.banks import standing
from orders.makers import owed
from orders.models import (
    Order,
    OrderEvent,
    OrderLine,
    Parcel,
    PaymentAttempt,
    Refund,
    RefundLine,
)
from orders.records import Refunded
from shop.money import format_money

logger = logging.getLogger(__name__)
_STATES = {
    "pending": Refund.State.PENDING,
    "requires_action": Refund.State.PENDING,
    "succeeded": Refund.State.SUCCEEDED,
    "failed": Refund.State.FAILED,
    "canceled": Refund.State.FAILED,
}
GIVEN = list(Refund.GIVEN)
COUNTED = list(Refund.COUNTED)


def lost() -> "QuerySet[Refund]":
    """The refunds that failed and in whose place less was given back since (``is_made_good``)."""
    again = Concat(Value(":again:"), Cast(OuterRef("pk"), CharField()))
    for_it = Q(idempotency_key__endswith=again) | ~Q(idempotency_key__contains=":again:")
    later = Refund.objects.filter(
        for_it,
        attempt=OuterRef("attempt"),
        state__in=COUNTED,
        created_at__gt=Coalesce(OuterRef("failed_at"), OuterRef("created_at")),
    )
    sums = later.order_by().values("attempt").annotate(sum=Sum("amount")).values("sum")
    failed = Refund.objects.filter(state=Refund.State.FAILED)
    return failed.alias(since=Coalesce(Subquery(sums), 0)).filter(since__lt=F("amount"))


def request(
    order: Order,
    *,
    lines: Sequence[refundable.Part] = (),
    shipping: int = 0,
    free_amount: int = 0,
    reason: str,
    by: User,
    token: UUID,
    parcel: Parcel | None = None,
) -> Refund:
    """Give money back (minor units) for lines, for the post, or for neither: once a token.

    ``parcel``: its maker does it, and can give back of nothing else.

    Written down first, then asked for; look at the refund's state for how that went. Ticked
    lines are put into stock again whatever Stripe says: they lie here. Never within a
    transaction. Raises refundable.TooMuch and NotRefundable, with nothing written.
    """
    with transaction.atomic():
        refund, is_new = write_down(
            order,
            lines,
            shipping=shipping,
            free_amount=free_amount,
            reason=reason,
            by=by,
            key=key_of(order, token),
            parcel=parcel,
        )
    return send(refund) if is_new else refund


def of_token(order: Order, token: UUID) -> Refund | None:
    """The refund of an order that was requested with this token, if there is one."""
    return Refund.objects.filter(idempotency_key=key_of(order, token), order=order).first()


def key_of(order: Order, token: UUID) -> str:
    """The idempotency key of what is given back once for this token."""
    return f"refund:{order.number}:{token.hex}"


def write_down(
    order: Order,
    parts: Sequence[refundable.Part],
    *,
    shipping: int,
    free_amount: int,
    reason: str,
    by: User | None,
    key: str,
    parcel: Parcel | None,
    instead_of: Refund | None = None,
) -> tuple[Refund, bool]:
    locked = Order.objects.select_for_update().get(pk=order.pk)
    if known := Refund.objects.filter(idempotency_key=key, order=order).first():
        return known, False
    if instead_of and not lost().filter(pk=instead_of.pk).exists():
        raise refundable.NotRefundable(_("It arrived, or was given back again since."))
    attempt = locked.attempts.filter(state=PaymentAttempt.State.COMPLETE).first()
    if attempt is None or locked.state not in refundable.STATES:
        raise refundable.NotRefundable(refundable.why_not(locked))
    if shipping < 0 or free_amount < 0 or any(part.amount <= 0 for part in parts):
        raise ValueError("Nothing is given back by taking.")
    amount = shipping + free_amount + sum(part.amount for part in parts)
    refundable.take(locked, amount, shipping, parts, parcel=parcel)
    refund = Refund.objects.create(
        order=locked,
        attempt=attempt,
        amount=amount,
        shipping_amount=shipping,
        parcel=parcel,
        reason=reason[:240],
        actor=by,
        idempotency_key=key,
        parameters=parameters(attempt, amount, key),
    )
    keep_parts(refund, parts)
    refundable.restock([part for part in parts if part.restock])
    tell(refund, "refund_requested", by=by)
    add_up(locked)
    return refund, True


def keep_parts(refund: Refund, parts: Sequence[refundable.Part]) -> None:
    for part in parts:
        RefundLine.objects.create(
            refund=refund, order_line=part.line, quantity=part.quantity, amount=part.amount
        )


def refund_in_full(attempt: PaymentAttempt, amount: int, reason: str) -> Refund:
    """Write down that a payment (minor units) goes back whole; at most once an attempt.

    Belongs into the transaction that decides it; ``send`` the refund after its commit.
    """
    key = f"refund:auto:{attempt.idempotency_key}"
    refund, _created = Refund.objects.get_or_create(
        idempotency_key=key,
        defaults={"order_id": attempt.order_id, "attempt": attempt, "amount": amount}
        | {"reason": reason[:240], "parameters": parameters(attempt, amount, key)},
    )
    return refund


def parameters(attempt: PaymentAttempt, amount: int, key: str) -> dict[str, object]:
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
        if error.code == "charge_disputed":
            # The bank was quicker than the news of it.
            tasks.sync_disputes.enqueue(refund.attempt.payment_intent)
    else:
        _record(answer, refund.attempt, is_first=True)
    refund.refresh_from_db()
    return refund


def send_again(refund: Refund) -> Refund:
    """Ask for a refund whose answer was lost, unless Stripe has it already.

    Stripe forgets keys after a day: after that a repetition would be a second refund.
    """
    sync(refund.attempt.payment_intent)
    refund.refresh_from_db()
    return send(refund) if refund.state == Refund.State.REQUESTED else refund


def _mark_refused(refund: Refund, error: str) -> None:
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=refund.order_id)
        asked = Refund.objects.filter(pk=refund.pk, state=Refund.State.REQUESTED)
        if asked.update(state=Refund.State.FAILED, error=error[:400], failed_at=now()):
            tell(refund, "refund_failed", error)
            add_up(order)


def sync(payment_intent: str) -> int:
    """Make our refunds of a payment agree with Stripe's; returns how many Stripe has.

    Those made in the Dashboard are taken over. A payment that is not ours, or that we have not
    settled yet, is left alone.
    """
    attempt = settled_attempt(payment_intent)
    if attempt is None:
        return 0
    found = payments.list_refunds(payment_intent)
    for answer in found:
        _record(answer, attempt)
    return len(found)


def settled_attempt(payment_intent: str) -> PaymentAttempt | None:
    """Whose payment it is, once its money is known to have arrived: till then nothing of it can
    have been given back, as far as our books go."""
    settled = [PaymentAttempt.State.COMPLETE, PaymentAttempt.State.FAILED]
    mine = PaymentAttempt.objects.filter(payment_intent=payment_intent, state__in=settled)
    return mine.first() if payment_intent else None


def _record(answer: Refunded, attempt: PaymentAttempt, *, is_first: bool = False) -> None:
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=attempt.order_id)
        refund = _ours(answer, attempt)
        state = _STATES.get(answer.status, Refund.State.PENDING)
        over = refund.state in {state, Refund.State.FAILED} or is_first
        if refund.stripe_id == answer.id and over:
            # Nothing new; or older news than we have: what failed has failed for good, and a
            # webhook may have been quicker than the answer to our own call.
            return
        Refund.objects.filter(pk=refund.pk).update(
            stripe_id=answer.id,
            state=state,
            error=answer.failure,
            failed_at=now() if state == Refund.State.FAILED else None,
        )
        tell(refund, f"refund_{state}", answer.id)
        add_up(order)
        if state in GIVEN:
            outbox.put("refund", refund.pk)
    if state == Refund.State.FAILED:
        logger.error("refund %s of order %s came back: %s", answer.id, order, answer.failure)


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


def tell(refund: Refund, kind: str, text: str = "", *, by: User | None = None) -> None:
    sum_ = format_money(refund.amount, refund.order.currency)
    said = f"{sum_}: {text or refund.reason}"[:400]
    OrderEvent.objects.create(order_id=refund.order_id, kind=kind, text=said, actor=by)


def add_up(order: Order) -> None:
    """Derive what was given back, and with the disputes the order's state, from the refunds.

    Of all that Stripe gave back, also past our own rules in its Dashboard, at most the total.
    """
    paid = order.attempts.filter(state=PaymentAttempt.State.COMPLETE)
    counted = order.refunds.filter(state__in=COUNTED, attempt__in=paid)
    given = counted.aggregate(sum=Sum("amount", default=0), post=Sum("shipping_amount", default=0))
    total = min(given["sum"], order.total)
    Order.objects.filter(pk=order.pk).update(refunded_total=total, shipping_refunded=given["post"])
    for line in order.lines.order_by("pk"):
        parts = RefundLine.objects.filter(order_line=line, refund__in=counted)
        sums = parts.aggregate(amount=Sum("amount", default=0), count=Sum("quantity", default=0))
        OrderLine.objects.filter(pk=line.pk).update(
            refunded=sums["amount"], refunded_quantity=sums["count"]
        )
    derived = Order.objects.filter(pk=order.pk, state__in=standing.DERIVED)
    derived.update(state=standing.of(order, total))
    if any(payout.to_take_back for payout in owed.reckon(order)):
        transaction.on_commit(lambda: tasks.take_back.enqueue(order.pk), robust=True)
