"""What Stripe sends: verified, kept in an inbox, and acted on until it succeeded once.

An event only says where to look; everything is asked anew, so that their order does not matter.
The answers: 400 for a bad signature, 200 for done or of no interest, 500 for "send it again".
"""

import logging
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from orders import payments, refunds, settlement
from orders.banks import disputes, fraud_warnings
from orders.makers import account_news, takebacks
from orders.models import PaymentAttempt, StripeEvent
from orders.prices import fees
from orders.records import Event, Payment

logger = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Where Stripe posts the platform's events."""
    return _take(request, settings.STRIPE_WEBHOOK_SECRET)


@csrf_exempt
@require_POST
def connect_webhook(request: HttpRequest) -> HttpResponse:
    """Where Stripe posts what happens to the designers' accounts; signed by a secret of its own."""
    return _take(request, settings.STRIPE_CONNECT_WEBHOOK_SECRET)


def _take(request: HttpRequest, secrets: str) -> HttpResponse:
    signature = request.headers.get("Stripe-Signature", "")
    try:
        event = payments.read_event(request.body, signature, secrets)
    except payments.BadSignature as error:
        logger.warning("webhook refused: %s", error)
        return HttpResponse(str(error), status=400, content_type="text/plain")
    status, word = (200, "done") if receive(event) else (500, "send it again")
    return HttpResponse(word, status=status, content_type="text/plain")


def receive(event: Event) -> bool:
    """Keep an event and act on it, unless that was done; whether it is done now."""
    kept, _created = StripeEvent.objects.get_or_create(
        event_id=event.id,
        # Nothing of its body: it may name the shopper, and is not believed anyway.
        defaults={"type": event.type[:80], "payload": _payload(event)},
    )
    return kept.state == StripeEvent.State.PROCESSED or act(kept)


def _payload(event: Event) -> dict[str, object]:
    return {
        "object": event.object_id,
        "account": event.account,
        "livemode": event.livemode,
        "created": event.created.isoformat(),
    }


def act(event: StripeEvent) -> bool:
    """Do what a kept event asks for (again); whether it succeeded. Failures stay on it."""
    row = StripeEvent.objects.filter(pk=event.pk)
    row.update(tries=F("tries") + 1)
    try:
        if acted := _action(event):
            acted()
    except Exception as error:
        logger.exception("event %s (%s) failed", event.event_id, event.type)
        row.exclude(state=StripeEvent.State.PROCESSED).update(
            state=StripeEvent.State.FAILED, error=f"{type(error).__name__}: {error}"[:400]
        )
        return False
    row.update(state=StripeEvent.State.PROCESSED, processed_at=now(), error="")
    return True


def _action(event: StripeEvent) -> Callable[[], None] | None:
    """What the event asks for; nothing for what is of no interest here."""
    told, account = event.payload, event.payload.get("account")
    if told.get("livemode", payments.is_live()) != payments.is_live():
        # Test money is none of a live shop's business; Connect tells of both.
        return None
    if not account:
        acted = ACTIONS.get(event.type)
        return partial(acted, told["object"]) if acted else None
    heard = ACCOUNT_ACTIONS.get(event.type)
    return partial(heard, account, told["object"]) if heard else None


def _settle(session: str) -> None:
    settlement.settle(session)


def _note_decline(payment_intent: str) -> None:
    """The shopper may try again on the same page: nothing changes, a person may want to know."""
    payment = payments.get_payment(payment_intent)
    PaymentAttempt.objects.filter(idempotency_key=payment.metadata.get("key", "")).exclude(
        state=PaymentAttempt.State.COMPLETE
    ).update(error=f"declined: {payment.declined}"[:400])


def _sync_charge(charge: str) -> None:
    _sync(payments.payment_of_charge(charge))


def _sync_refund(refund: str) -> None:
    _sync(payments.get_refund(refund).payment_intent)


def _sync(payment_intent: str) -> None:
    """Take refunds over; told of one before its payment, we settle that first."""
    if payment_intent and refunds.settled_attempt(payment_intent) is None:
        _settle_payment(payments.get_payment(payment_intent))
    refunds.sync(payment_intent)


def _settle_payment(payment: Payment) -> None:
    if payment.metadata.get("env") != payments.environment():
        return
    attempt = PaymentAttempt.objects.filter(idempotency_key=payment.metadata.get("key", "")).first()
    if attempt is None or not attempt.session_id:
        # Its session's own event will come, or reconciliation; then this one comes again.
        raise settlement.UnknownOrder(payment.id)
    settlement.settle(attempt.session_id)


def _sync_transfer(transfer: str) -> None:
    takebacks.sync(transfer)


def _sync_dispute(dispute: str) -> None:
    disputes.sync(dispute)


ACTIONS: dict[str, Callable[[str], None]] = {
    "checkout.session.completed": _settle,
    "checkout.session.async_payment_succeeded": _settle,
    "checkout.session.async_payment_failed": _settle,
    "checkout.session.expired": _settle,
    "payment_intent.payment_failed": _note_decline,
    "charge.dispute.closed": _sync_dispute,
    "charge.dispute.created": _sync_dispute,
    "charge.dispute.funds_reinstated": _sync_dispute,
    "charge.dispute.funds_withdrawn": _sync_dispute,
    "charge.dispute.updated": _sync_dispute,
    "charge.refunded": _sync_charge,
    "charge.refund.updated": _sync_refund,
    "charge.updated": fees.hear,
    "radar.early_fraud_warning.created": fraud_warnings.hear,
    "refund.created": _sync_refund,
    "refund.updated": _sync_refund,
    "refund.failed": _sync_refund,
    "transfer.created": _sync_transfer,
    "transfer.reversed": _sync_transfer,
    "transfer.updated": _sync_transfer,
}

# Of what happened in a designer's account: called with the account and what it is about.
ACCOUNT_ACTIONS: dict[str, Callable[[str, str], None]] = {
    "account.updated": account_news.hear,
    "account.application.deauthorized": account_news.hear_cut_off,
    "payout.paid": account_news.hear_bank,
    "payout.failed": account_news.hear_bank,
    "v2.core.account.closed": account_news.hear,
    "v2.core.account[requirements].updated": account_news.hear,
    "v2.core.account[configuration.recipient].capability_status_updated": account_news.hear,
}
