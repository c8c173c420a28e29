"""What became of a payment: the only writer of payment state.

Webhook, return page, sweep and reconciliation all call ``settle``, which asks Stripe anew and
so does not care who comes first, last, twice or never. Locks: order, attempt, holds, variants.
"""

import logging

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from orders import holds, ledger, outbox, payments, refunds
from orders.models import Cart, CartLine, Hold, Order, OrderEvent, OrderLine, PaymentAttempt, Refund
from orders.prices import charged, discounts
from orders.records import Line, Session
from orders.scarce import editions

logger = logging.getLogger(__name__)
State = PaymentAttempt.State
LIVE = [State.CREATING, State.OPEN, State.PROCESSING]
UNPAID = [Order.State.AWAITING_PAYMENT, Order.State.PROCESSING]
# From these an order may still become paid; an expired one if its pieces are still there.
PAYABLE = [*UNPAID, Order.State.EXPIRED, Order.State.FAILED]


class UnknownOrder(Exception):
    """The session says that it is ours, and we know no order of it (yet)."""


def payable(cart: Cart) -> "QuerySet[PaymentAttempt]":
    """The attempts by which this basket can still be paid."""
    return PaymentAttempt.objects.filter(
        order__cart=cart, state__in=[State.CREATING, State.OPEN]
    ).select_related("order")


def settle(session_id: str) -> PaymentAttempt | None:
    """Make our books say what Stripe says of a session; returns its attempt with its order.

    None: the session belongs to another shop on the same account. Never within a
    transaction. Raises payments.Unknown, payments.Refused, UnknownOrder.
    """
    try:
        session = payments.get_session(session_id)
    except payments.NotFound as error:
        return _forget(session_id, error)
    attempt = _attempt_of(session)
    if attempt is None:
        return None
    lines = payments.line_items(session_id) if session.status == "complete" else []
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=attempt.order_id)
        attempt = PaymentAttempt.objects.get(pk=attempt.pk)
        refund = _decide(order, attempt, session, lines)
        ledger.bring_up(order)
        PaymentAttempt.objects.filter(pk=attempt.pk).update(checked_at=now())
    if refund:
        refunds.send(refund)
    return PaymentAttempt.objects.select_related("order").get(pk=attempt.pk)


def _forget(session_id: str, error: payments.NotFound) -> PaymentAttempt:
    """Stripe knows the session no more, as when the key is another account's: kept until its
    page must be over anywhere, then ended. Raises the error until then."""
    over = now() - holds.GRACE
    attempt = PaymentAttempt.objects.filter(
        session_id=session_id, state=State.OPEN, expires_at__lt=over
    ).first()
    if attempt is None:
        raise error
    logger.error("session %s is over, and Stripe does not know it: %s", session_id, error)
    attempt.error = str(error)[:400]
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=attempt.order_id)
        PaymentAttempt.objects.filter(pk=attempt.pk).update(error=attempt.error)
        _end(order, attempt, State.EXPIRED, only_from=[State.OPEN])
    return PaymentAttempt.objects.select_related("order").get(pk=attempt.pk)


def _attempt_of(session: Session) -> PaymentAttempt | None:
    if session.livemode != payments.is_live():
        logger.warning("session %s is of the other mode: ignored", session.id)
        return None
    known = PaymentAttempt.objects.filter(session_id=session.id).first()
    if known or session.metadata.get("env") != payments.environment():
        return known
    ids = session.metadata.get("key", "")
    asked = PaymentAttempt.objects.filter(idempotency_key=ids, session_id=None).first()
    if asked is None:
        raise UnknownOrder(session.id)
    return asked


def _decide(
    order: Order, attempt: PaymentAttempt, session: Session, lines: list[Line]
) -> Refund | None:
    if session.status == "open":
        mark_open(attempt, session)
    elif session.status == "expired":
        # Before its time it was ended on purpose: the shopper is still there.
        in_time = now() < attempt.expires_at
        _end(order, attempt, State.SUPERSEDED if in_time else State.EXPIRED)
    elif session.payment_status in {"paid", "no_payment_required"}:
        return _receive(order, attempt, session, lines)
    elif session.payment_status_detail in {"requires_payment_method", "canceled"}:
        _end(order, attempt, State.FAILED)
    else:
        _wait(order, attempt, session, lines)
    return None


def mark_open(attempt: PaymentAttempt, session: Session) -> None:
    """The session exists and can be paid."""
    PaymentAttempt.objects.filter(pk=attempt.pk, state=State.CREATING).update(
        state=State.OPEN, session_id=session.id, url=session.url
    )


def mark_refused(attempt: PaymentAttempt, error: str) -> None:
    """Stripe will open no session for it: the pieces go back into the basket."""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=attempt.order_id)
        PaymentAttempt.objects.filter(pk=attempt.pk).update(error=error[:400])
        _end(order, attempt, State.FAILED, only_from=[State.CREATING])


def _end(
    order: Order, attempt: PaymentAttempt, state: State, *, only_from: list[State] = LIVE
) -> None:
    """The attempt can never be paid any more; whoever says so first frees its pieces."""
    live = PaymentAttempt.objects.filter(pk=attempt.pk, state__in=only_from)
    if not live.update(state=state):
        return
    free = holds.give_back if state == State.EXPIRED else holds.back_to_basket
    for hold in _kept(order):
        free(hold)
    discounts.give_back(order)
    failed = state == State.FAILED
    Order.objects.filter(pk=order.pk, state__in=UNPAID).update(
        state=Order.State.FAILED if failed else Order.State.EXPIRED
    )
    _tell(order, f"payment_{state}", attempt.error)


def _wait(order: Order, attempt: PaymentAttempt, session: Session, lines: list[Line]) -> None:
    """Complete but not paid yet (a bank transfer, say): nothing is sent, everything stays held."""
    if not _move(attempt, session, State.PROCESSING, from_states=[State.CREATING, State.OPEN]):
        return
    Order.objects.filter(pk=order.pk, state=Order.State.AWAITING_PAYMENT).update(
        state=Order.State.PROCESSING
    )
    charged.take_tax(order, attempt, session, lines)
    _empty_basket(order)
    _tell(order, "payment_processing")
    outbox.put("waiting", order.pk)


def _receive(
    order: Order, attempt: PaymentAttempt, session: Session, lines: list[Line]
) -> Refund | None:
    """The money is there: the order is paid, or the money goes back whole."""
    if attempt.state == State.COMPLETE or attempt.refunds.exists():
        return None
    differs = charged.mismatch(order, attempt, session, lines)
    trouble = differs or _too_late(order) or sell(order)
    if trouble:
        return _review(order, attempt, session, trouble)
    _move(attempt, session, State.COMPLETE)
    charged.take_tax(order, attempt, session, lines)
    mark_paid(order, session)
    if attempt.state != State.PROCESSING:
        _empty_basket(order)
    _tell(order, "paid", session.id)
    return None


def mark_paid(order: Order, session: Session) -> None:
    """The order is paid, by whom and for whom Stripe says; a letter says so after the commit."""
    discounts.count_again(order)
    Order.objects.filter(pk=order.pk).update(
        state=Order.State.PAID,
        paid_at=now(),
        email=session.email or order.email,
        name=session.name[:120],
        phone=session.phone[:40],
        address=session.address,
        payment_note=session.paid_by[:60],
    )
    outbox.put("confirmation", order.pk)


def _too_late(order: Order) -> str | None:
    if order.paid_at:
        return _("It was paid twice.")
    if order.state not in PAYABLE:
        return _("It was paid after it was closed (%s).") % order.get_state_display()
    return None


def sell(order: Order) -> str | None:
    """Take the pieces out of stock, all or none; in words, which one is gone."""
    lines = list(order.lines.select_related("hold", "variant__piece").order_by("variant_id"))
    if order.state not in UNPAID and editions.exceeded(lines):
        return _("The edition is complete.")
    try:
        with transaction.atomic():
            for line in lines:
                if not line.is_made:
                    _sell_line(line)
    except holds.Taken as gone:
        return _("Somebody was quicker: %s.") % gone.variant
    return None


def _sell_line(line: OrderLine) -> None:
    if line.hold and holds.sold(line.hold):
        return
    # Paid after the hold was given back: honoured as long as one is free.
    if line.variant is None:
        raise holds.Taken(line)
    hold = holds.take(line.variant, None, line.quantity)
    holds.sold(hold)
    OrderLine.objects.filter(pk=line.pk).update(hold=hold)


def _kept(order: Order) -> list[Hold]:
    """The order's holds, in the order in which variants are locked."""
    return list(Hold.objects.filter(order_line__order=order).order_by("variant_id"))


def _review(order: Order, attempt: PaymentAttempt, session: Session, trouble: str) -> Refund | None:
    """What cannot be honoured is given back in full, and a person looks at it."""
    paid_before = order.paid_at is not None
    _move(attempt, session, State.FAILED if paid_before else State.COMPLETE, error=trouble[:400])
    if not paid_before:
        for hold in _kept(order):
            holds.give_back(hold)
        discounts.give_back(order)
        Order.objects.filter(pk=order.pk).update(
            state=Order.State.REVIEW, paid_at=now(), email=session.email or order.email
        )
    Order.objects.filter(pk=order.pk).update(review_reason=trouble[:240])
    _tell(order, "review", trouble)
    logger.error("order %s needs a person: %s (session %s)", order.number, trouble, session.id)
    if not session.amount_total or not session.payment_intent:
        return None
    attempt.payment_intent = session.payment_intent
    return refunds.refund_in_full(attempt, session.amount_total, trouble)


def _move(
    attempt: PaymentAttempt,
    session: Session,
    state: State,
    *,
    from_states: list[State] | None = None,
    error: str = "",
) -> bool:
    mine = PaymentAttempt.objects.filter(pk=attempt.pk)
    if from_states is not None:
        mine = mine.filter(state__in=from_states)
    return bool(
        mine.update(
            state=state,
            session_id=session.id,
            payment_intent=session.payment_intent,
            charge=session.charge,
            received=session.amount_total if session.payment_status == "paid" else 0,
            error=error,
        )
    )


def _empty_basket(order: Order) -> None:
    """Take out of the basket what was bought; what was added since stays in it."""
    for line in order.lines.all():
        mine = CartLine.objects.filter(
            cart=order.cart_id,
            variant=line.variant_id,
            is_made=line.is_made,
            engraving=line.engraving,
        )
        mine.filter(quantity__lte=line.quantity).delete()
        mine.update(quantity=F("quantity") - line.quantity)
    Cart.objects.filter(orders=order, code=order.code).update(code="")


def _tell(order: Order, kind: str, text: str = "") -> None:
    OrderEvent.objects.create(order=order, kind=kind[:30], text=text[:400])
