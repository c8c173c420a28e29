"""Orders under review: a person keeps one after all, or gives its payment back."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from orders import fulfilment, ledger, payments, refundable, refunds, settlement
from orders.models import Dispute, Order, OrderEvent, PaymentAttempt, Refund
from orders.records import Session


class NotHonoured(Exception):
    """The order cannot be kept; the message says why, in a sentence."""


def unreturned(order: Order) -> list[PaymentAttempt]:
    """The payments that could not be honoured and of which nothing is on its way back."""
    there = order.attempts.filter(received__gt=0).exclude(payment_intent="").order_by("pk")
    gone = Refund.objects.filter(attempt=OuterRef("pk"), state__in=Refund.COUNTED)
    taken = Dispute.objects.filter(attempt=OuterRef("pk"), withdrawn__gt=F("reinstated"))
    free = there.exclude(Exists(gone)).exclude(Exists(taken)).select_related("order")
    return [attempt for attempt in free if not attempt.is_honoured]


def give_back_whole(attempt: PaymentAttempt, *, by: User) -> Refund:
    """Give a payment back that could not be honoured, after its first refund failed.

    Raises refundable.NotRefundable. Never within a transaction.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=attempt.order_id)
        found = next((one for one in unreturned(order) if one.pk == attempt.pk), None)
        if found is None:
            raise refundable.NotRefundable(_("It was given back already, or was honoured."))
        number = found.refunds.count() + 1
        key = f"refund:auto:{found.idempotency_key}:{number}"
        refund = Refund.objects.create(
            order=order,
            attempt=found,
            amount=found.received,
            reason=order.review_reason,
            actor=by,
            idempotency_key=key,
            parameters=refunds.parameters(found, found.received, key),
        )
        refunds.tell(refund, "refund_requested", by=by)
        refunds.add_up(order)
    return refunds.send(refund)


def honour(order: Order, *, by: User) -> None:
    """Keep an order after all whose payment could not be honoured and has not gone back.

    Its pieces are taken out of stock, or NotHonoured is raised with nothing changed. Never
    within a transaction. Raises payments.Unknown, Refused.
    """
    attempt = order.attempts.filter(state=PaymentAttempt.State.COMPLETE).first()
    if attempt is None or not attempt.session_id:
        raise NotHonoured(_("Nothing was paid for it."))
    session = payments.get_session(attempt.session_id)
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        if trouble := _why_not(locked, attempt, session) or settlement.sell(locked):
            raise NotHonoured(trouble)
        fulfilment.put_off(locked, localdate() - localdate(locked.created_at))
        settlement.mark_paid(locked, session)
        Order.objects.filter(pk=order.pk).update(review_reason="")
        OrderEvent.objects.create(order=locked, kind="honoured", actor=by)
        locked.refresh_from_db()
        ledger.bring_up(locked)


def _why_not(order: Order, attempt: PaymentAttempt, session: Session) -> str | None:
    """In words, why an order under review cannot be kept."""
    if order.state != Order.State.REVIEW or attempt not in unreturned(order):
        return _("Its money is on its way back, or it was kept already.")
    if (session.currency, session.amount_total) != (order.currency, order.total):
        return _("Another amount was paid than it costs: give it back.")
    return None
