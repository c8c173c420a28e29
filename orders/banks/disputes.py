"""Disputes: what a bank asks or takes back, synced by Stripe's id.

Every event only says which dispute to look up; what Stripe answers is written under the order's
lock, and what follows from it with it: the order's state (``standing``), its parcels, its ledger,
the letters. Nothing here is said to the shopper's disadvantage: many did not know the name on
their statement.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate, now

from orders import fulfilment, outbox, payments, refunds, settlement
from orders.banks import standing
from orders.models import Dispute, Order, OrderEvent, PaymentAttempt
from orders.records import Disputed
from shop.money import format_money

logger = logging.getLogger(__name__)
Status = Dispute.Status
# A dispute goes up this ladder. Who answers with an earlier step so soon was only slower.
_LADDER = [
    {Status.WARNING_NEEDS_RESPONSE},
    {Status.WARNING_UNDER_REVIEW},
    {Status.WARNING_CLOSED},
    {Status.NEEDS_RESPONSE},
    {Status.UNDER_REVIEW},
    {Status.WON, Status.LOST, Status.PREVENTED},
]
_SLOWER = timedelta(minutes=10)


def open_ones() -> "QuerySet[Dispute]":
    """The disputes that no bank has decided, with their orders, the most urgent first."""
    return Dispute.objects.open().select_related("order")


def sync(dispute_id: str) -> Dispute | None:
    """Make our books say what Stripe says of a dispute; None if it is not about our payment.

    Never within a transaction. Raises payments.Unknown, Refused, settlement.UnknownOrder.
    """
    return record(payments.get_dispute(dispute_id))


def sync_payment(payment_intent: str) -> None:
    """The same for all disputes about a payment."""
    for told in payments.disputes_of(payment_intent):
        record(told)


def record(told: Disputed) -> Dispute | None:
    """Write down what Stripe has said of a dispute; raises as ``sync`` does."""
    attempt = _attempt_of(told)
    if attempt is None:
        return None
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=attempt.order_id)
        before = Dispute.objects.filter(stripe_id=told.id).first()
        if before and _is_older(told, before):
            return before
        dispute, _created = Dispute.objects.update_or_create(
            stripe_id=told.id,
            defaults=_columns(told, before),
            create_defaults=_columns(told, None)
            | {"order": order, "attempt": attempt, "opened_at": told.created},
        )
        if before is None or before.status != dispute.status:
            _tell(dispute, before)
        follow(order)
    return dispute


def _attempt_of(told: Disputed) -> PaymentAttempt | None:
    known = PaymentAttempt.objects.filter(payment_intent=told.payment_intent)
    if not told.payment_intent:
        return None
    if attempt := known.first():
        if attempt.state in settlement.LIVE and attempt.session_id:
            # Disputed before the shop has heard that its money arrived.
            settlement.settle(attempt.session_id)
        return known.first()
    metadata = payments.get_payment(told.payment_intent).metadata
    if metadata.get("env") != payments.environment():
        return None
    asked = PaymentAttempt.objects.filter(idempotency_key=metadata.get("key", "")).first()
    if asked is None or not asked.session_id:
        raise settlement.UnknownOrder(told.id)
    # Disputed before the shop has heard that it was paid.
    settlement.settle(asked.session_id)
    return known.first()


def _is_older(told: Disputed, known: Dispute) -> bool:
    fewer = told.withdrawn + told.reinstated < known.withdrawn + known.reinstated
    recently = known.checked_at > now() - _SLOWER
    return recently and (fewer or _step(told.status) < _step(known.status))


def _step(status: str) -> int:
    return next((step for step, some in enumerate(_LADDER) if status in some), 0)


def _columns(told: Disputed, before: Dispute | None) -> dict[str, object]:
    moment = now()
    columns: dict[str, object] = {
        "amount": told.amount,
        "currency": told.currency,
        "reason": told.reason[:60],
        "status": told.status,
        "due_by": told.due_by,
        "withdrawn": told.withdrawn,
        "reinstated": told.reinstated,
        "fee": told.fee,
        "checked_at": moment,
        "closed_at": None,
    } | _answer(told, before)
    if told.status not in Dispute.OPEN:
        columns["closed_at"] = (before and before.closed_at) or moment
    if told.status in {Status.NEEDS_RESPONSE, Status.UNDER_REVIEW} and not (
        before and before.stopped_at and not before.went_on_at
    ):
        columns |= {"stopped_at": moment, "went_on_at": None}
    if told.status == Status.LOST and not (before and before.status == Status.LOST):
        columns["is_makers_loss"] = settings.SHOP_DISPUTE_LOSS == "designer"
    return columns


def _answer(told: Disputed, before: Dispute | None) -> dict[str, object]:
    """How far the answer to the bank is; an inquiry that became a dispute needs another."""
    if told.status in {Status.WARNING_UNDER_REVIEW, Status.UNDER_REVIEW}:
        sent: dict[str, object] = {"answer": Dispute.Answer.SENT, "answer_error": ""}
        known = before and before.answered_at
        return sent if known else sent | {"answered_at": now()}
    if before and before.answer == Dispute.Answer.ASKED and told.status not in Dispute.OPEN:
        sent_in_time = Dispute.Answer.SENT if told.submissions else Dispute.Answer.NONE
        return {"answer": sent_in_time}
    again = told.status in Dispute.ANSWERABLE and before and before.status not in Dispute.ANSWERABLE
    return {"answer": Dispute.Answer.NONE, "answered_at": None} if again else {}


def follow(order: Order) -> None:
    """Bring up to date what depends on an order's disputes; under the order's lock."""
    refunds.add_up(order)
    order.refresh_from_db(fields=["state"])
    _go_on(order)


def _go_on(order: Order) -> None:
    """The bank has let go: what was stopped leaves as many days later as it was stopped."""
    stopped = standing.disputes(order).filter(stopped_at__isnull=False, went_on_at=None)
    first = stopped.order_by("stopped_at").first()
    if first is None or order.state in standing.STOPPED:
        return
    days = localdate() - localdate(first.stopped_at)
    stopped.update(went_on_at=now())
    if order.state in fulfilment.SENDABLE_ORDERS and fulfilment.put_off(order, days):
        outbox.put("order_goes_on", order.pk, key=f"{first.pk}:{first.stopped_at:%Y%m%d%H%M%S}")
        _note(order, "goes_on", "")


def let_go_on(dispute: Dispute, *, by: User) -> bool:
    """After the loss of a part: what was paid of the rest is made and sent; once.

    Whether this call did it.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=dispute.order_id)
        lost = Dispute.objects.lost().filter(pk=dispute.pk, let_go_on_at=None)
        if not dispute.is_partial or not lost.update(let_go_on_at=now()):
            return False
        _note(order, "dispute_let_go_on", "", by=by)
        follow(order)
    return True


def _tell(dispute: Dispute, before: Dispute | None) -> None:
    """Keep in the order's history what has changed, and write to the owner."""
    sum_ = format_money(dispute.amount, dispute.currency)
    said = f"{sum_}, {dispute.reason}: {dispute.get_status_display()}"
    _note(dispute.order, f"dispute_{dispute.status}", said)
    if not dispute.is_open:
        outbox.put("dispute_closed", dispute.pk, key=f"{dispute.pk}:{dispute.status}")
        logger.error("dispute %s of order %s: %s", dispute.stripe_id, dispute.order, said)
    elif before is None or (before.is_inquiry and not dispute.is_inquiry):
        kind = "inquiry" if dispute.is_inquiry else "dispute"
        outbox.put("dispute_opened", dispute.pk, key=f"{dispute.pk}:{kind}")
        logger.error("dispute %s of order %s: %s", dispute.stripe_id, dispute.order, said)


def _note(order: Order, kind: str, text: str, *, by: User | None = None) -> None:
    OrderEvent.objects.create(order_id=order.pk, kind=kind[:30], text=text[:400], actor=by)


def due() -> "QuerySet[Dispute]":
    """The open ones that were not looked at for an hour."""
    return Dispute.objects.open().filter(checked_at__lt=now() - timedelta(hours=1))
