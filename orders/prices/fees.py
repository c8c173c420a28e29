"""What Stripe keeps of a payment: known a moment after it, and only told, never waited for.

An order is paid without it. https://docs.stripe.com/payments/payment-intents/asynchronous-capture
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now

from orders import ledger, payments
from orders.models import Order, PaymentAttempt

# Stripe says it in a moment by an event; who has not heard of it by then asks.
QUIET = timedelta(minutes=10)
# Not asked for more often than this, and not for ever: in another currency it is never known.
PAUSE = timedelta(hours=1)
GIVE_UP = timedelta(days=3)


def hear(charge: str) -> None:
    """A charge has changed: perhaps its fee is known now. Raises payments.Unknown, Refused."""
    for attempt in _unknown().filter(charge=charge):
        ask(attempt)


def ask(attempt: PaymentAttempt) -> None:
    """Write down what Stripe kept, if it says so, and bring the order's ledger up to it."""
    asked = now()
    fee = payments.fee_of(attempt.charge)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(fee_asked_at=asked)
    if fee is None:
        return
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=attempt.order_id)
        if _unknown().filter(pk=attempt.pk).update(fee=fee):
            ledger.bring_up(order)


def due() -> "QuerySet[PaymentAttempt]":
    """The payments whose fee should be known by now and was not asked for lately."""
    moment = now()
    recent = Q(created_at__gt=moment - GIVE_UP, created_at__lt=moment - QUIET)
    rested = Q(fee_asked_at=None) | Q(fee_asked_at__lt=moment - PAUSE)
    return _unknown().filter(recent & rested).order_by("fee_asked_at", "pk")[:100]


def _unknown() -> "QuerySet[PaymentAttempt]":
    return PaymentAttempt.objects.filter(received__gt=0, fee=None).exclude(charge="")
