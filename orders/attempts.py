"""Attempts to pay: opening their sessions, and ending those that a shopper leaves behind."""

import logging
from contextlib import suppress

from orders import payments, settlement
from orders.models import Cart, Order, PaymentAttempt

logger = logging.getLogger(__name__)
State = PaymentAttempt.State


# The attempts by which a basket can still be paid.
live = settlement.payable


class Paid(Exception):
    """The basket was paid for already, or its payment is on its way: see ``order``."""

    def __init__(self, order: Order) -> None:
        super().__init__(order.number)
        self.order = order


def open_session(attempt: PaymentAttempt) -> PaymentAttempt:
    """Ask Stripe for the attempt's page; the answer's ``url`` is where the shopper pays.

    Where a code takes something off, its coupon is made first. Safe to repeat: the stored
    keys bring the same coupon and session. After payments.Unknown the
    attempt stays as it was. payments.Refused fails it and gives the basket its holds back.
    """
    if attempt.state == State.CREATING:
        try:
            if attempt.coupon:
                payments.create_coupon(attempt)
            settlement.mark_open(attempt, payments.create_session(attempt))
        except payments.Refused as error:
            logger.exception("attempt %s was refused", attempt.idempotency_key)
            settlement.mark_refused(attempt, str(error))
            raise
    attempt.refresh_from_db()
    return attempt


def abandon(cart: Cart) -> None:
    """End every way to pay for this basket, so that it may change; its holds come back to it.

    Raises Paid when it turns out to be paid, payments.Unknown when Stripe does not answer.
    """
    for attempt in live(cart):
        end(attempt)


def end(attempt: PaymentAttempt) -> None:
    """Make sure that nobody can pay by this attempt any more. Raises Paid, payments.Unknown."""
    try:
        session_id = open_session(attempt).session_id or ""
    except payments.Refused:
        return
    try:
        with suppress(payments.NotOpen):  # over already, or paid: settling tells
            payments.expire_session(session_id)
        settled = settlement.settle(session_id)
    except payments.Refused as error:  # as after another key was put in: nobody knows
        raise payments.Unknown(str(error)) from error
    if settled and settled.state in {State.COMPLETE, State.PROCESSING}:
        raise Paid(settled.order)
