"""What must hold of shop and Stripe together once everything has healed."""

from datetime import timedelta

from django.db.models import Sum
from django.utils.timezone import now

from catalog.models import Variant
from orders import holds, ledger, outbox, payments, refunds
from orders.models import LedgerEntry, Order, PaymentAttempt, Payout, Transfer
from orders.records import Session

_HONOURED = [
    Order.State.PAID,
    Order.State.PARTIALLY_REFUNDED,
    Order.State.REFUNDED,
    Order.State.DISPUTED,
    Order.State.DISPUTE_LOST,
]


def check(sessions: list[Session], made: dict[int, int]) -> None:
    """What must hold whatever happened; ``made`` is the stock at first, by variant."""
    for session in sessions:
        if session.status == "complete" and session.payment_status == "paid":
            _check_paid(session.id)
    _check_nothing_unpaid({s.id: s.payment_status for s in sessions})
    for variant in Variant.objects.all():
        _check_stock(variant, made[variant.pk])
    _check_ledger(sessions)
    _check_letters()
    _check_makers()


def _check_paid(session: str) -> None:
    """One order, or all of it went back; and both sides say the same of what went back."""
    attempt = PaymentAttempt.objects.select_related("order").get(session_id=session)
    at_stripe = list(payments.list_refunds(attempt.payment_intent))
    given = sum(r.amount for r in at_stripe if r.status not in {"failed", "canceled"})
    here = attempt.refunds.filter(state__in=refunds.GIVEN)
    assert (here.aggregate(sum=Sum("amount"))["sum"] or 0) == given
    is_honoured = attempt.state == "complete" and attempt.order.state in _HONOURED
    failed = any(r.status == "failed" for r in at_stripe)
    assert is_honoured or given == attempt.received or failed


def _check_nothing_unpaid(statuses: dict[str, str]) -> None:
    paid = PaymentAttempt.objects.filter(state="complete", order__state__in=_HONOURED)
    assert {statuses[attempt.session_id or ""] for attempt in paid} <= {"paid"}
    twice = Order.objects.filter(attempts__state="complete").values("pk", "attempts")
    assert len(twice) == len({row["pk"] for row in twice})


def _check_stock(variant: Variant, made: int) -> None:
    kept = variant.holds.filter(state__in=holds.KEPT)
    assert variant.reserved == sum(kept.values_list("quantity", flat=True))
    lines = variant.order_lines.filter(order__state__in=_HONOURED)
    sold = sum(line.quantity for line in lines if not line.is_made)
    returned = sum(line.restocked for line in lines)
    assert variant.stock == made - sold + returned
    assert variant.held_until == min(kept.values_list("expires_at", flat=True), default=None)


def _check_ledger(sessions: list[Session]) -> None:
    """It is up to date, nothing is left over, and what is at Stripe is what Stripe has."""
    assert not ledger.unbalanced().exists()
    for order in Order.objects.all():
        assert not ledger.is_behind(order)
    entries = LedgerEntry.objects.exclude(kind__in=["fee", "dispute_fee"])
    assert ledger.balance(LedgerEntry.Account.STRIPE, entries) == _at_stripe(sessions)


def _at_stripe(sessions: list[Session]) -> int:
    """What came in less what went out, as Stripe lists it, fees apart."""
    paid = sum(s.amount_total for s in sessions if s.payment_status == "paid")
    intents = {s.payment_intent for s in sessions if s.payment_intent}
    back = [r for intent in intents for r in payments.list_refunds(intent)]
    gone = sum(r.amount for r in back if r.status not in {"failed", "canceled"})
    disputed = list(payments.list_disputes(now() - timedelta(days=1)))
    lost = sum(d.withdrawn - d.reinstated for d in disputed)
    return int(paid - gone - lost - _with_makers())


def _with_makers() -> int:
    """What was sent to makers and not taken back, as Stripe lists it."""
    groups = [order.transfer_group for order in Order.objects.all()]
    sent = [found for group in groups for found in payments.list_transfers(group)]
    return sum(found.amount - found.reversed for found in sent)


def _check_letters() -> None:
    """Each was sent once, or is known to be doubtful."""
    assert not outbox.due().exists()


def _check_makers() -> None:
    """What each has is theirs and no more; what is open stands on their payouts and debts."""
    for payout in Payout.objects.select_related("parcel__order"):
        assert payout.taking == 0
        assert not payout.to_take_back
    assert not Transfer.objects.filter(state=Transfer.State.ASKED).exists()
    assert ledger.balance(LedgerEntry.Account.SET_OFF) == 0
    for order in Order.objects.exclude(paid_at=None).exclude(state=Order.State.REVIEW):
        rows = Payout.objects.filter(parcel__order=order)
        owed = sum(debt.left for row in rows for debt in row.debts.all())
        to_come = sum(row.to_come for row in rows)
        theirs = -ledger.balance(LedgerEntry.Account.DESIGNER, order.ledger.all())
        assert theirs == to_come - owed
        drawn = Transfer.objects.filter(payout__parcel__order=order, state="sent").exclude(
            charge=""
        )
        charged = sum(attempt.received for attempt in order.attempts.all())
        assert sum(transfer.amount for transfer in drawn) <= charged
