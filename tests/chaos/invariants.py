"""What must be true of money, stock and letters once everything was healed."""

from collections.abc import Mapping, Sequence

from django.db.models import F, Sum

from catalog.models import Variant
from orders import holds, ledger, payments, refunds
from orders.models import Hold, Order, OrderEvent, Parcel, PaymentAttempt, Payout, StripeEvent
from orders.records import Refunded, Session

# This shop's sessions at Stripe, by the number of their order.
type Sessions = Mapping[str, Sequence[Session]]

SOLD = [Order.State.PAID, Order.State.PARTIALLY_REFUNDED, Order.State.REFUNDED]
LIVE = [PaymentAttempt.State.CREATING, PaymentAttempt.State.OPEN]


def check_money(orders: Sequence[Order], sessions: Sessions) -> None:
    """Of one basket's orders at most one was sold, and nobody paid for anything else."""
    honoured = 0
    for order in orders:
        for session in sessions.get(order.number, []):
            if session.payment_status == "paid":
                honoured += _check_paid(order, session)
        assert not order.attempts.filter(state__in=LIVE).exists(), "a payment is still open"
    assert honoured <= 1, "one basket was sold twice"
    sold = [order for order in orders if order.state in SOLD]
    assert len(sold) == honoured, f"{len(sold)} paid orders for {honoured} payments"


def _check_paid(order: Order, session: Session) -> bool:
    """A paid session has a paid order, or all its money went back; whether the former."""
    attempt = PaymentAttempt.objects.get(session_id=session.id)
    assert attempt.order_id == order.pk
    theirs = sum(refund.amount for refund in _given_back(session))
    given = order.refunds.filter(state__in=refunds.GIVEN)
    ours = given.aggregate(sum=Sum("amount", default=0))["sum"]
    assert theirs == ours == order.refunded_total, f"{theirs} went back at Stripe, {ours} here"
    if order.state in SOLD:
        assert attempt.state == PaymentAttempt.State.COMPLETE
        return True
    assert order.state == Order.State.REVIEW, order.state
    assert theirs == session.amount_total, "not all of it went back"
    return False


def _given_back(session: Session) -> list[Refunded]:
    found = payments.list_refunds(session.payment_intent)
    return [refund for refund in found if refund.status not in {"failed", "canceled"}]


def check_holds(orders: Sequence[Order]) -> None:
    """Nothing is kept for a payment that is over."""
    paying = Hold.objects.filter(state=Hold.State.PAYING, order_line__order__in=orders)
    assert not paying.exists(), "a hold outlived its payment"


def check_makers(orders: Sequence[Order]) -> None:
    """Each maker has, once, what is theirs and due, and nothing more; at Stripe as in our books."""
    for order in orders:
        found = payments.list_transfers(order.transfer_group)
        due = Payout.objects.filter(parcel__order=order, due_at__isnull=False)
        sums = due.aggregate(all=Sum("transferred", default=0), back=Sum("reversed", default=0))
        there = sum(transfer.amount for transfer in found)
        assert (there, sum(transfer.reversed for transfer in found)) == (sums["all"], sums["back"])
        for payout in due:
            assert (payout.to_come, payout.to_take_back) == (0, 0), f"{payout}: {payout.state}"


def letters_too_many(orders: Sequence[Order], count: int) -> int:
    """Every letter that is due was sent; how many of these ``count`` came once more.

    That the bank takes its time is told unless the money was quicker than the letter, and a
    parcel that was posted here without its form may be told of too.
    """
    sold = sum(order.state in SOLD for order in orders)
    given = sum(order.refunds.filter(state__in=refunds.GIVEN).count() for order in orders)
    waited = OrderEvent.objects.filter(order__in=orders, kind="payment_processing").count()
    waited += Parcel.objects.filter(order__in=orders, shipped_at__isnull=False).count()
    assert count >= sold + given, f"{count} letters, {sold} + {given} were due"
    return max(0, count - sold - given - waited)


def check_stock(variant: Variant, made: int) -> None:
    """Stock is what was made and not sold; reserved is what is held; never less than nothing."""
    kept = variant.holds.filter(state__in=holds.KEPT)
    held = kept.aggregate(sum=Sum("quantity", default=0))["sum"]
    lines = variant.order_lines.filter(order__state__in=SOLD, is_made=False)
    sold = lines.aggregate(sum=Sum(F("quantity") - F("restocked"), default=0))["sum"]
    assert variant.reserved == held, f"{variant}: {variant.reserved} reserved, {held} held"
    assert variant.stock == made - sold, f"{variant}: {made} made, {sold} sold, {variant.stock}"
    assert variant.held_until == min(kept.values_list("expires_at", flat=True), default=None)


def check_both_sides(sessions: Sessions) -> None:
    """What Stripe took and gave back is what the shop's books say; every event was acted on."""
    taken = [session for some in sessions.values() for session in some]
    taken = [session for session in taken if session.payment_status == "paid"]
    back = sum(refund.amount for session in taken for refund in _given_back(session))
    paid = Order.objects.filter(paid_at__isnull=False)
    ours = paid.aggregate(total=Sum("total", default=0), back=Sum("refunded_total", default=0))
    assert (sum(session.amount_total for session in taken), back) == (ours["total"], ours["back"])
    assert not ledger.unbalanced().exists()
    assert not any(ledger.is_behind(order) for order in Order.objects.all())
    assert not StripeEvent.objects.exclude(state=StripeEvent.State.PROCESSED).exists()
