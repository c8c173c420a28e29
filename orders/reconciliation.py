"""Stripe's books beside ours: what differs is mended where that is safe, and told.

Asks Stripe for what the shop may never have heard of: sessions, events, refunds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.db.models import Exists, F, OuterRef, Q, Sum
from django.utils.timezone import now

from catalog.models import Variant
from orders import disputes, holds, payments, refunds, settlement, sweeping, webhooks
from orders.models import Dispute, Order, PaymentAttempt, Refund, StripeEvent
from orders.records import Session

LOOK_BACK = timedelta(days=2)
DISPUTES_BACK = timedelta(days=30)
DISPUTES_MOST = 300
# Stripe keeps events for 30 days; an hour's overlap costs nothing.
EVENTS_BACK = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that did not agree, in a sentence; ``needs_person`` if it still does not."""

    text: str
    needs_person: bool = False


def reconcile() -> Iterator[Difference]:
    """Compare and mend, from what is nearest to money on. Raises payments.Unknown, Refused."""
    yield from _attempts()
    yield from _sessions()
    yield from _events()
    yield from _refunds()
    yield from _disputes()
    yield from _reviews()
    yield from _stock()


def _attempts() -> Iterator[Difference]:
    """Section a and b: calls without an answer, sessions that should be over."""
    if count := sweeping.finish_creating():
        yield Difference(f"{count} sessions were asked for again")
    for attempt in list(sweeping.due()):
        after = settlement.settle(attempt.session_id or "")
        if after and after.state != attempt.state:
            yield Difference(f"{attempt}: {attempt.state} here, {after.state} at Stripe")


def _sessions() -> Iterator[Difference]:
    """Sessions at Stripe that we have not settled, or do not know."""
    for session in payments.list_sessions(now() - LOOK_BACK):
        if session.status == "complete" and not _is_settled(session):
            yield _settled(session)


def _is_settled(session: Session) -> bool:
    known = PaymentAttempt.objects.filter(session_id=session.id)
    settled = Q(state=PaymentAttempt.State.COMPLETE) | Q(refunds__isnull=False)
    if session.payment_status == "unpaid":
        settled |= Q(state__in=[PaymentAttempt.State.PROCESSING, PaymentAttempt.State.FAILED])
    ours = session.metadata.get("env") == payments.environment()
    return known.filter(settled).exists() or not (ours or known.exists())


def _settled(session: Session) -> Difference:
    try:
        attempt = settlement.settle(session.id)
    except settlement.UnknownOrder:
        return Difference(f"{session.id} is complete and belongs to no order", needs_person=True)
    return Difference(f"{session.id} was complete and not settled: {attempt}")


def _events() -> Iterator[Difference]:
    """Events that never arrived, or were not acted on."""
    done = StripeEvent.objects.filter(state=StripeEvent.State.PROCESSED)
    for event in payments.list_events(webhooks.ACTIONS, now() - EVENTS_BACK):
        if done.filter(event_id=event.id).exists():
            continue
        if webhooks.receive(event):
            yield Difference(f"{event.type} {event.id} had not been acted on")
        else:
            yield Difference(f"{event.type} {event.id} cannot be acted on", needs_person=True)


def _refunds() -> Iterator[Difference]:
    """Refunds without an answer, and what Stripe says of all recent ones."""
    if count := sweeping.send_refunds():
        yield Difference(f"{count} refunds were asked for again")
    recent = Refund.objects.filter(created_at__gte=now() - LOOK_BACK).exclude(stripe_id=None)
    for intent in set(recent.values_list("attempt__payment_intent", flat=True)):
        refunds.sync(intent)
    for refund in refunds.lost():
        yield Difference(f"refund of {refund} failed: {refund.error}", needs_person=True)
    for refund in Refund.objects.filter(state=Refund.State.REQUESTED):
        yield Difference(f"refund of {refund} has no answer yet")


def _disputes() -> Iterator[Difference]:
    """Disputes that we have not heard of, or not to their end; those open wait for a person."""
    for told in islice(payments.list_disputes(now() - DISPUTES_BACK), DISPUTES_MOST):
        known = Dispute.objects.filter(stripe_id=told.id).first()
        after = disputes.record(told)
        if after and (known is None or known.status != after.status):
            yield Difference(f"dispute {told.id} is {after.status}: {after.order}")
    for dispute in disputes.open_ones():
        if dispute.can_be_answered:
            yield Difference(f"dispute {dispute} waits for an answer", needs_person=True)


def _reviews() -> Iterator[Difference]:
    """Money that could not be honoured and has not gone back."""
    returned = Refund.objects.filter(order=OuterRef("pk"), state__in=refunds.GIVEN)
    for order in Order.objects.exclude(review_reason="").exclude(Exists(returned)).order_by("pk"):
        yield Difference(f"{order} needs a person: {order.review_reason}", needs_person=True)


def _stock() -> Iterator[Difference]:
    """What is reserved must be what is held."""
    held = Sum("holds__quantity", filter=Q(holds__state__in=holds.KEPT), default=0)
    for variant in Variant.objects.annotate(held=held).exclude(reserved=F("held")):
        yield Difference(
            f"{variant}: {variant.reserved} reserved, {variant.held} held", needs_person=True
        )
