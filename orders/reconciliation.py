"""Stripe's books beside ours: what differs is mended where that is safe, and told.

Asks Stripe for what the shop may never have heard of: sessions, events, refunds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, Sum
from django.utils.timezone import now

from catalog.models import Variant
from orders import (
    holds,
    payments,
    payouts,
    refunds,
    settlement,
    sweeping,
    takebacks,
    webhooks,
)
from orders.models import (
    Order,
    Parcel,
    PaymentAttempt,
    Payout,
    Refund,
    Reversal,
    StripeEvent,
    Transfer,
)
from orders.records import Session

LOOK_BACK = timedelta(days=2)
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
    yield from _makers()
    yield from _reviews()
    yield from _stock()


def _attempts() -> Iterator[Difference]:
    """Section a and b: calls without an answer, sessions that should be over."""
    if count := sweeping.finish_creating():
        yield Difference(f"{count} sessions were asked for again")
    for attempt in list(sweeping.due()):
        try:
            after = settlement.settle(attempt.session_id or "")
        except payments.Refused as error:
            yield Difference(f"{attempt} cannot be looked up: {error}", needs_person=True)
            continue
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


def _makers() -> Iterator[Difference]:
    """What was sent to makers and taken back, of all orders in which that moved lately."""
    if count := sweeping.take_back() + sweeping.pay_makers():
        yield Difference(f"{count} transfers and reversals were asked for")
    since = now() - LOOK_BACK
    moved = Q(payout__transfers__created_at__gte=since)
    moved |= Q(payout__transfers__reversals__created_at__gte=since)
    for order in Order.objects.filter(pk__in=Parcel.objects.filter(moved).values("order")):
        yield from _transfers(order)
    stuck = Payout.objects.exclude(trouble=Payout.Trouble.NONE).select_related(
        "parcel__order", "parcel__designer"
    )
    for payout in stuck.filter(state__in=[Payout.State.BLOCKED, Payout.State.FAILED]):
        yield Difference(f"{payout} could not be paid: {payout.error}", needs_person=True)


def _transfers(order: Order) -> Iterator[Difference]:
    """Of one order: each transfer there is one here, and their sums are the same."""
    there = [
        found
        for found in payments.list_transfers(payouts.group(order))
        if found.metadata.get("env") == payments.environment()
    ]
    known = Transfer.objects.filter(payout__parcel__order=order)
    before = _handed_on(order)
    for found in there:
        if takebacks.sync(found.id) is None:
            yield Difference(f"{found.id} was sent for {order} by nobody here", needs_person=True)
    after, at_stripe = _handed_on(order), sum(found.amount - found.reversed for found in there)
    if before != after:
        yield Difference(f"{order}: {before} sent to makers here, {after} at Stripe")
    if after != at_stripe:
        text = f"{order}: {after} sent to makers here, {at_stripe} at Stripe"
        yield Difference(text, needs_person=True)
    for transfer in known.filter(state=Transfer.State.ASKED):
        yield Difference(f"transfer of {transfer} has no answer yet")
    for reversal in Reversal.objects.filter(transfer__in=known, state=Reversal.State.ASKED):
        yield Difference(f"reversal of {reversal} has no answer yet")


def _handed_on(order: Order) -> int:
    """What of an order was sent to its makers and not taken back, in minor units."""
    sums = Payout.objects.filter(parcel__order=order).aggregate(
        sent=Sum("transferred", default=0), back=Sum("reversed", default=0)
    )
    return int(sums["sent"] - sums["back"])


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
