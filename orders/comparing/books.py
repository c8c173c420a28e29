"""Stripe's sums beside ours, payment by payment, and the ledger beside both.

What can be had from Stripe by asking again is mended at once; the rest is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from orders import ledger, payments, refunds, settlement
from orders.comparing.difference import Difference
from orders.models import Order, PaymentAttempt, Refund
from orders.records import Charge
from shop.money import format_money


@dataclass(frozen=True, slots=True)
class Figure:
    """A sum as Stripe has it (``there``) and as the shop has it: they should be the same."""

    name: str
    there: int
    here: int


class Books:
    """What Stripe took since a moment (aware), and what of it went back."""

    def __init__(self, since: datetime) -> None:
        self.since = since
        paid = (charge for charge in payments.list_charges(since) if charge.is_paid)
        self.charges: dict[str, Charge] = {charge.payment_intent: charge for charge in paid}
        self.given: dict[str, int] = {}

    def attempts(self) -> "QuerySet[PaymentAttempt]":
        """Ours among them, and those that moved here since: the window's edge is not sharp."""
        refunded = Refund.objects.filter(created_at__gte=self.since)
        moved = Q(order__paid_at__gte=self.since, received__gt=0)
        moved |= Q(pk__in=refunded.values("attempt"))
        found = PaymentAttempt.objects.filter(Q(payment_intent__in=list(self.charges)) | moved)
        return found.exclude(payment_intent="").select_related("order").order_by("pk")

    def differences(self) -> Iterator[Difference]:
        """Each payment beside ours; refunds that were made at Stripe are taken over."""
        given = _given_here()
        for attempt in self.attempts():
            charge = self._charge(attempt.payment_intent)
            if charge.amount != attempt.received:
                yield from self._paid(attempt)
            if charge.refunded != given.get(attempt.pk, 0):
                yield from self._given_back(attempt, given.get(attempt.pk, 0))

    def _charge(self, payment_intent: str) -> Charge:
        if payment_intent not in self.charges:
            found = [charge for charge in payments.charges_of(payment_intent) if charge.is_paid]
            nothing = Charge("", payment_intent, {}, is_paid=False, amount=0, refunded=0)
            self.charges[payment_intent] = found[0] if found else nothing
        return self.charges[payment_intent]

    def _paid(self, attempt: PaymentAttempt) -> Iterator[Difference]:
        """Both are asked again: it may have been settled while the list was read."""
        before = attempt.received
        settlement.settle(attempt.session_id or "")
        attempt.refresh_from_db()
        del self.charges[attempt.payment_intent]
        charge = self._charge(attempt.payment_intent)
        sums = _sums(attempt.order, there=charge.amount, here=before)
        columns: dict[str, Any] = {"kind": "paid", "key": f"paid:{attempt.pk}"}
        columns |= {"order": attempt.order, "subject": attempt.pk}
        if charge.amount != attempt.received:
            text = _("%(order)s: Stripe took %(there)s, and %(here)s was noted here.")
            yield Difference(text % sums, True, **columns)
        elif before != attempt.received:
            text = _("%(order)s: Stripe took %(there)s, and only %(here)s was noted here.")
            yield Difference(text % sums, **columns)

    def _given_back(self, attempt: PaymentAttempt, before: int) -> Iterator[Difference]:
        refunds.sync(attempt.payment_intent)
        there, here = _given_there(attempt), _given_here(attempt).get(attempt.pk, 0)
        self.given[attempt.payment_intent] = there
        key, order = f"given_back:{attempt.pk}", attempt.order
        if there != here:
            text = _("%(order)s: %(there)s was given back at Stripe, and %(here)s here.")
            words = text % _sums(order, there=there, here=here)
            yield Difference(
                words, True, kind="given_back", key=key, order=order, subject=attempt.pk
            )
        elif here != before:
            text = _("%(order)s: %(there)s was given back at Stripe, and only %(here)s here.")
            words = text % _sums(order, there=there, here=before)
            yield Difference(words, kind="given_back", key=key, order=order, subject=attempt.pk)

    def figures(self) -> list[Figure]:
        """The window's sums, as they stand after everything was mended."""
        known = list(self.attempts())
        pks, given = {attempt.pk for attempt in known}, _given_here()
        intents = {attempt.payment_intent for attempt in known}
        ours = [charge for intent, charge in self.charges.items() if intent in intents]
        ours += [charge for intent, charge in self.charges.items() if self._is_lost(intent, charge)]
        back = sum(self.given.get(charge.payment_intent, charge.refunded) for charge in ours)
        return [
            Figure("paid", sum(c.amount for c in ours), sum(a.received for a in known)),
            Figure("given_back", back, sum(sum_ for pk, sum_ in given.items() if pk in pks)),
        ]

    def _is_lost(self, intent: str, charge: Charge) -> bool:
        """Whether Stripe says that it is ours, and no attempt of ours knows it."""
        if charge.metadata.get("env") != payments.environment():
            return False
        return not PaymentAttempt.objects.filter(payment_intent=intent).exists()


def _given_here(attempt: PaymentAttempt | None = None) -> dict[int, int]:
    """Minor units by attempt."""
    given = Refund.objects.filter(state__in=refunds.GIVEN)
    if attempt:
        given = given.filter(attempt=attempt)
    return dict(given.order_by().values_list("attempt").annotate(sum=Sum("amount")))


def _given_there(attempt: PaymentAttempt) -> int:
    found = payments.list_refunds(attempt.payment_intent)
    return sum(refund.amount for refund in found if refund.status not in {"failed", "canceled"})


def _sums(order: Order, *, there: int, here: int) -> dict[str, str]:
    money = {"there": there, "here": here}
    return {"order": order.number} | {
        name: format_money(sum_, order.currency) for name, sum_ in money.items()
    }


def ledger_differences(since: datetime) -> Iterator[Difference]:
    """The ledger beside the orders that moved since then; and what was divided wrongly."""
    moved = Order.objects.filter(attempts__received__gt=0, events__at__gte=since).distinct()
    for order in moved.order_by("pk"):
        if ledger.is_behind(order) and (count := _bring_up(order)):
            text = _("%(order)s: the ledger lacked %(count)d entries.")
            words = text % {"order": order.number, "count": count}
            yield Difference(words, kind="ledger", key=f"ledger:{order.pk}", order=order)
    for order in ledger.unbalanced().order_by("pk"):
        text = _("%(order)s: the ledger has %(sum)s left over, which belongs to nobody.")
        sum_ = format_money(abs(order.left_over), order.currency)  # type: ignore[attr-defined]
        words = text % {"order": order.number, "sum": sum_}
        key = f"left_over:{order.pk}"
        yield Difference(words, True, kind="left_over", key=key, order=order)


def _bring_up(order: Order) -> int:
    with transaction.atomic():
        return ledger.bring_up(Order.objects.select_for_update().get(pk=order.pk))
