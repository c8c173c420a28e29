"""Stripe's books beside ours: what differs is mended where that is safe, and told.

Asks Stripe for what the shop may never have heard of: sessions, events, refunds, charges.
``orders/comparing/agreement.py`` keeps what is found here.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog.models import Variant
from orders import holds, payments, refunds, settlement, sweeping, webhooks
from orders.banks import disputes
from orders.comparing import books
from orders.comparing.books import Books, Figure
from orders.comparing.difference import Difference
from orders.makers import takebacks
from orders.models import (
    Dispute,
    Hold,
    Order,
    Parcel,
    PaymentAttempt,
    Payout,
    Refund,
    Reversal,
    StripeEvent,
    Transfer,
)
from orders.records import Event, Session
from shop.money import format_money

LOOK_BACK = timedelta(days=2)
# Stripe keeps events for 30 days; a day's overlap costs nothing.
EVENTS_BACK = timedelta(days=1)
# The sweep gives back what lapsed each minute; what is held so long after is held by nobody.
OVER = timedelta(minutes=30)
DISPUTES_BACK = timedelta(days=30)
DISPUTES_MOST = 300


def reconcile(since: datetime | None = None) -> Iterator[Difference | Figure]:
    """Compare and mend, from what is nearest to money on, then the sums as they stand.

    ``since`` (aware) is how far back it looks, two days ago unless said. Raises
    payments.Unknown, payments.Refused.
    """
    since = since or now() - LOOK_BACK
    yield from _attempts()
    yield from _sessions(since)
    yield from _events(since - EVENTS_BACK)
    yield from _refunds(since)
    yield from _makers(since)
    yield from _disputes()
    yield from _reviews()
    asked = Books(since)
    yield from asked.differences()
    yield from books.ledger_differences(since)
    yield from _stock()
    yield from asked.figures()
    yield from _stock_figures()


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


def _sessions(since: datetime) -> Iterator[Difference]:
    """Sessions at Stripe that we have not settled, or do not know."""
    for session in payments.list_sessions(since):
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
    key = f"session:{session.id}"
    try:
        attempt = settlement.settle(session.id)
    except settlement.UnknownOrder:
        text = _("%s is complete and belongs to no order") % session.id
        return Difference(text, True, kind="orphan", key=key)
    text = _("%(session)s was complete and not settled: %(attempt)s")
    words = text % {"session": session.id, "attempt": attempt}
    order = attempt.order if attempt else None
    return Difference(words, kind="session", key=key, order=order)


def _events(since: datetime) -> Iterator[Difference]:
    """Events that never arrived, or were not acted on."""
    done = StripeEvent.objects.filter(state=StripeEvent.State.PROCESSED)
    for event in payments.list_events(webhooks.ACTIONS, since):
        if not done.filter(event_id=event.id).exists():
            yield _acted_on(event)


def _acted_on(event: Event) -> Difference:
    key = f"event:{event.id}"
    if webhooks.receive(event):
        text = _("%(type)s %(id)s had not been acted on") % {"type": event.type, "id": event.id}
        return Difference(text, kind="event", key=key)
    text = _("%(type)s %(id)s cannot be acted on") % {"type": event.type, "id": event.id}
    kept = StripeEvent.objects.get(event_id=event.id)
    return Difference(text, True, kind="event", key=key, subject=kept.pk)


def _refunds(since: datetime) -> Iterator[Difference]:
    """Refunds without an answer, and what Stripe says of all recent ones."""
    if count := sweeping.send_refunds():
        yield Difference(f"{count} refunds were asked for again")
    recent = Refund.objects.filter(created_at__gte=since).exclude(stripe_id=None)
    for intent in set(recent.values_list("attempt__payment_intent", flat=True)):
        refunds.sync(intent)
    for refund in refunds.lost().select_related("order"):
        text = _("%(order)s: a refund of %(sum)s did not arrive: %(error)s")
        words = text % _told(refund)
        key = f"refund_lost:{refund.pk}"
        yield Difference(words, True, kind="refund_lost", key=key, order=refund.order)
    for refund in Refund.objects.filter(state=Refund.State.REQUESTED).select_related("order"):
        words = _("%(order)s: a refund of %(sum)s has no answer yet") % _told(refund)
        key = f"refund:{refund.pk}"
        yield Difference(words, kind="refund", key=key, order=refund.order, is_waiting=True)


def _told(refund: Refund) -> dict[str, str]:
    sum_ = format_money(refund.amount, refund.order.currency)
    return {"order": refund.order.number, "sum": sum_, "error": refund.error}


def _makers(since: datetime) -> Iterator[Difference | Figure]:
    """What was sent to makers and taken back, of all orders in which that moved lately."""
    if count := sweeping.take_back() + sweeping.pay_makers():
        yield Difference(_("%d transfers and reversals were asked for") % count)
    moved = Q(payout__transfers__created_at__gte=since)
    moved |= Q(payout__transfers__reversals__created_at__gte=since)
    there = here = 0
    for order in Order.objects.filter(pk__in=Parcel.objects.filter(moved).values("order")):
        for found in _transfers(order):
            if isinstance(found, Difference):
                yield found
            else:
                there, here = there + found.there, here + found.here
    yield Figure("sent", there, here)
    stuck = Payout.objects.exclude(trouble=Payout.Trouble.NONE).select_related(
        "parcel__order", "parcel__designer"
    )
    for payout in stuck.filter(state__in=[Payout.State.BLOCKED, Payout.State.FAILED]):
        text = _("%(payout)s could not be paid: %(error)s")
        words = text % {"payout": payout, "error": payout.error}
        key, order = f"payout:{payout.pk}", payout.parcel.order
        yield Difference(words, True, kind="payout", key=key, order=order, subject=payout.pk)


def _transfers(order: Order) -> Iterator[Difference | Figure]:
    """Of one order: each transfer there is one here, and their sums are the same."""
    there = [
        found
        for found in payments.list_transfers(order.transfer_group)
        if found.metadata.get("env") == payments.environment()
    ]
    known = Transfer.objects.filter(payout__parcel__order=order)
    before = _handed_on(order)
    for found in there:
        if takebacks.sync(found.id) is None:
            text = _("%(id)s was sent for %(order)s by nobody here")
            words = text % {"id": found.id, "order": order}
            yield Difference(words, True, kind="transfer", key=f"transfer:{found.id}", order=order)
    after, at_stripe = _handed_on(order), sum(found.amount - found.reversed for found in there)
    yield Figure("sent", at_stripe, after)
    if before != after:
        yield Difference(_apart(order, before, after))
    if after != at_stripe:
        key = f"transfers:{order.pk}"
        words = _apart(order, after, at_stripe)
        yield Difference(words, True, kind="transfers", key=key, order=order)
    for transfer in known.filter(state=Transfer.State.ASKED):
        yield _unanswered(order, _("transfer of %s has no answer yet") % transfer)
    for reversal in Reversal.objects.filter(transfer__in=known, state=Reversal.State.ASKED):
        yield _unanswered(order, _("reversal of %s has no answer yet") % reversal)


def _apart(order: Order, here: int, there: int) -> str:
    words = _("%(order)s: %(here)s sent to makers here, %(there)s at Stripe")
    sums = {"here": _money(here, order), "there": _money(there, order)}
    return words % {"order": order, **sums}


def _unanswered(order: Order, text: str) -> Difference:
    return Difference(text, key=text[:160], order=order, is_waiting=True)


def _money(amount: int, order: Order) -> str:
    return format_money(amount, order.currency)


def _handed_on(order: Order) -> int:
    """What of an order was sent to its makers and not taken back, in minor units."""
    sums = Payout.objects.filter(parcel__order=order).aggregate(
        sent=Sum("transferred", default=0), back=Sum("reversed", default=0)
    )
    return int(sums["sent"] - sums["back"])


def _disputes() -> Iterator[Difference]:
    """Disputes that we have not heard of, or not to their end; those open wait for a person."""
    for told in islice(payments.list_disputes(now() - DISPUTES_BACK), DISPUTES_MOST):
        known = Dispute.objects.filter(stripe_id=told.id).first()
        after = disputes.record(told)
        if after and (known is None or known.status != after.status):
            text = _("dispute %(id)s is %(state)s: %(order)s")
            named = {"id": told.id, "state": after.get_status_display(), "order": after.order}
            yield Difference(text % named)
    for dispute in disputes.open_ones():
        if dispute.can_be_answered:
            words = _("dispute %s waits for an answer") % dispute
            key = f"dispute:{dispute.pk}"
            yield Difference(words, True, kind="dispute", key=key, order=dispute.order)


def _reviews() -> Iterator[Difference]:
    """Money that could not be honoured and has not gone back."""
    returned = Refund.objects.filter(order=OuterRef("pk"), state__in=refunds.GIVEN)
    for order in Order.objects.exclude(review_reason="").exclude(Exists(returned)).order_by("pk"):
        text = _("%(order)s needs a person: %(why)s")
        words = text % {"order": order, "why": order.review_reason}
        yield Difference(words, True, kind="review", key=f"review:{order.pk}", order=order)


def _stock() -> Iterator[Difference]:
    """What is reserved must be what is held, and nothing is held for ever."""
    held = Sum("holds__quantity", filter=Q(holds__state__in=holds.KEPT), default=0)
    rows = Variant.objects.annotate(held=held).exclude(reserved=F("held")).select_related("piece")
    for variant in rows.order_by("pk"):
        text = _("%(piece)s: %(reserved)d kept back, %(held)d held")
        counts = {"reserved": variant.reserved, "held": variant.held}
        words = text % ({"piece": variant} | counts)
        key = f"stock:{variant.pk}"
        yield Difference(words, True, kind="stock", key=key, subject=variant.pk)
    if count := _over().count():
        text = _("%d holds are over for half an hour and still keep their pieces")
        yield Difference(text % count, True, kind="holds", key="holds")


def _over() -> "QuerySet[Hold]":
    return Hold.objects.filter(state=Hold.State.ACTIVE, expires_at__lt=now() - OVER)


def _stock_figures() -> Iterator[Figure]:
    """Pieces, not money: kept back and held; holds that are over and what they still keep."""
    kept = Hold.objects.filter(state__in=holds.KEPT)
    pieces = Sum("quantity", default=0)
    reserved = Variant.objects.aggregate(sum=Sum("reserved", default=0))["sum"]
    yield Figure("held", int(reserved), int(kept.aggregate(sum=pieces)["sum"]))
    yield Figure("over", 0, int(_over().aggregate(sum=pieces)["sum"]))
