"""Shop and Stripe together: what shoppers, the owner, Stripe and the clock do, one act each.

Every act takes a ``pick``, a number by which it chooses among what there is.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from itertools import count
from typing import Any
from uuid import uuid4

from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F, Q, Sum
from django.test import Client

from catalog.models import Piece, Variant
from orders import (
    attempts,
    checkout,
    holds,
    ledger,
    outbox,
    payments,
    refundable,
    refunds,
    settlement,
    sweeping,
)
from orders import cart as carts
from orders.models import (
    Cart,
    CartLine,
    Hold,
    LedgerEntry,
    Order,
    OutboxLetter,
    PaymentAttempt,
    Refund,
)
from sandbox.testing import StripeSandbox
from tests.factories import (
    make_cart,
    make_collection,
    make_designer,
    make_piece,
    make_rate,
    make_user,
)
from tests.orders.builders import begin, deliver, only_variant
from tests.orders.model.fates import Fate, Process

SECRET = "whsec_of_the_tests"
# What a person is told, or a worker leaves for the next.
TOLD = (
    attempts.Paid,
    carts.AlreadyInBasket,
    checkout.BelowMinimum,
    checkout.Empty,
    checkout.Gone,
    checkout.PriceChanged,
    holds.HeldLongEnough,
    holds.Taken,
    holds.TooMany,
    payments.NotOpen,
    payments.Refused,
    payments.Unknown,
    refundable.NotRefundable,
    refundable.TooMuch,
    settlement.UnknownOrder,
)
CARDS = ["4242424242424242"] * 3 + ["4000000000000002", "delayed"]
_shops = count(1)


class World:
    """Three shoppers, five pieces of two makers, one owner; and a Stripe begun anew."""

    def __init__(self, stripe: StripeSandbox, settings: Any, process: Process) -> None:
        self.stripe, self.process = stripe, process
        stripe.act("forget")
        settings.SITE_URL = f"http://model-{next(_shops)}.example"
        mail.outbox.clear()
        make_rate()
        self.owner = make_user("olive", is_superuser=True)
        makers = [make_designer(), make_designer()]
        self.variants = [only_variant(piece) for piece in _pieces(makers)]
        self.made = {variant.pk: variant.stock for variant in self.variants}
        self.carts = [make_cart() for _shopper in range(3)]

    def act(self, name: str, pick: int, fate: Fate | None = None) -> None:
        """Let one process do one thing; it may die of it. Its tasks are left to the worker."""
        with self.process.with_fate(fate), suppress(*TOLD):
            getattr(self, name)(pick)
        # What a dead process meant to do after its commit is lost; the sweep must find it.
        connection.run_on_commit = []

    # --- Shoppers ---------------------------------------------------------------------------

    def add(self, pick: int) -> None:
        carts.add(self.carts[pick % 3], self.variants[pick // 3 % len(self.variants)])

    def change(self, pick: int) -> None:
        if line := _any(CartLine.objects.select_related("cart", "hold", "variant__piece"), pick):
            verbs: list[Callable[[CartLine], Any]] = [carts.remove, carts.hold_again, _two]
            verbs[pick % 3](line)

    def extend(self, pick: int) -> None:
        if hold := _any(Hold.objects.filter(state=Hold.State.ACTIVE), pick):
            holds.extend(hold)

    def release(self, pick: int) -> None:
        if hold := _any(Hold.objects.filter(state=Hold.State.ACTIVE), pick):
            holds.release(hold)

    def check_out(self, pick: int) -> None:
        country = ["IE", "IE", "PT"][pick // 3 % 3]
        checkout.open_session(begin(self.carts[pick % 3], country=country))

    def pay(self, pick: int) -> None:
        if session := self.session(pick, "open"):
            with suppress(RuntimeError):  # not by this method, or over in the meantime
                self.stripe.pay(session, card=CARDS[pick % len(CARDS)])

    def come_back(self, pick: int) -> None:
        if session := self.session(pick):
            settlement.settle(session)

    # --- Stripe -----------------------------------------------------------------------------

    def expire(self, pick: int) -> None:
        if session := self.session(pick, "open"):
            self.stripe.act("expire", session)

    def delayed_arrives(self, pick: int) -> None:
        waiting = [s for s in self.sessions() if s.payment_status == "unpaid"]
        if waiting:
            with suppress(RuntimeError):
                act = "delayed_fails" if pick % 3 == 0 else "delayed_succeeds"
                self.stripe.act(act, waiting[pick % len(waiting)].id)

    def hear(self, pick: int) -> None:
        """An event: the next one, an old one, one again; those never heard are lost."""
        if events := self.stripe.events():
            deliver(Client(), events[-1 - pick % len(events)], SECRET)

    # --- The owner ----------------------------------------------------------------------------

    def refund(self, pick: int) -> None:
        """A part of a line, all of it, the post or something for neither."""
        if order := _any(Order.objects.exclude(paid_at=None), pick):
            line = order.lines.order_by("pk")[pick % order.lines.count()]
            kind = pick % 4
            amount = [1 + pick % 700, refundable.due(line, 1)][kind % 2]
            whole = kind == 1 and not line.refunded_quantity
            parts = [refundable.Part(line, int(whole), amount, restock=whole)] if kind < 2 else []
            refunds.request(
                order,
                lines=parts,
                shipping=300 if kind == 2 else 0,
                free_amount=100 if kind == 3 else 0,
                reason="bent",
                by=self.owner,
                token=uuid4(),
            )

    def refund_at_stripe(self, pick: int) -> None:
        """In the Dashboard, past all rules of ours; some come back from the bank."""
        if attempt := _any(PaymentAttempt.objects.exclude(charge=""), pick):
            with suppress(RuntimeError):
                self.stripe.act("refund", attempt.charge, 1 + pick)

    def refund_comes_back(self, pick: int) -> None:
        if refund := _any(Refund.objects.exclude(stripe_id=None), pick):
            with suppress(RuntimeError):
                self.stripe.act("refund_comes_back", refund.stripe_id or "")

    def cancel(self, pick: int) -> None:
        """By a person, while its session can still be paid."""
        if pick % 4 == 0 and (
            order := _any(Order.objects.filter(state=Order.State.AWAITING_PAYMENT), pick)
        ):
            Order.objects.filter(pk=order.pk).update(state=Order.State.CANCELLED)

    # --- The clock and the workers --------------------------------------------------------------

    def time_passes(self, pick: int) -> None:
        ago = timedelta(minutes=[3, 12, 40][pick % 3])
        PaymentAttempt.objects.update(
            created_at=F("created_at") - ago, expires_at=F("expires_at") - ago, checked_at=None
        )
        Hold.objects.update(expires_at=F("expires_at") - ago, created_at=F("created_at") - ago)
        Variant.objects.update(held_until=F("held_until") - ago)
        Order.objects.update(paid_at=F("paid_at") - ago)
        Refund.objects.update(created_at=F("created_at") - ago)
        OutboxLetter.objects.update(
            created_at=F("created_at") - ago, claimed_at=F("claimed_at") - ago
        )

    def work(self, pick: int) -> None:
        if letter := _any(outbox.due(), pick):
            outbox.send_letter.call(letter.pk)

    def sweep(self, pick: int) -> None:
        """One of its steps: the others' turn comes another time."""
        steps = [
            holds.release_lapsed,
            sweeping.finish_creating,
            sweeping.settle_due,
            sweeping.send_refunds,
        ]
        steps[pick % len(steps)]()

    # --- In the end -------------------------------------------------------------------------

    def heal(self) -> None:
        """Every process is well again, and time enough passes for sweep and reconciliation."""
        for _round in range(3):
            self.time_passes(1)
            assert -1 not in sweeping.sweep().values()
            with suppress(CommandError):  # what it needs a person for is checked below
                call_command("reconcile", verbosity=0, stdout=StringIO())

    def check(self) -> None:
        """What must hold whatever happened."""
        sessions = self.sessions()
        for session in sessions:
            if session.status == "complete" and session.payment_status == "paid":
                self._check_paid(session.id)
        self._check_nothing_unpaid({s.id: s.payment_status for s in sessions})
        for variant in Variant.objects.all():
            self._check_stock(variant)
        self._check_ledger()
        self._check_letters()

    def _check_paid(self, session: str) -> None:
        """One order, or all of it went back; and both sides say the same of what went back."""
        attempt = PaymentAttempt.objects.select_related("order").get(session_id=session)
        at_stripe = list(payments.list_refunds(attempt.payment_intent))
        given = sum(r.amount for r in at_stripe if r.status not in {"failed", "canceled"})
        here = attempt.refunds.filter(state__in=refunds.GIVEN)
        assert (here.aggregate(sum=Sum("amount"))["sum"] or 0) == given
        is_honoured = attempt.state == "complete" and attempt.order.state in _HONOURED
        failed = any(r.status == "failed" for r in at_stripe)
        assert is_honoured or given == attempt.received or failed

    def _check_nothing_unpaid(self, statuses: dict[str, str]) -> None:
        paid = PaymentAttempt.objects.filter(state="complete", order__state__in=_HONOURED)
        assert {statuses[attempt.session_id or ""] for attempt in paid} <= {"paid"}
        twice = Order.objects.filter(attempts__state="complete").values("pk", "attempts")
        assert len(twice) == len({row["pk"] for row in twice})

    def _check_stock(self, variant: Variant) -> None:
        kept = variant.holds.filter(state__in=holds.KEPT)
        assert variant.reserved == sum(kept.values_list("quantity", flat=True))
        lines = variant.order_lines.filter(order__state__in=_HONOURED)
        sold = sum(line.quantity for line in lines if not line.is_made)
        returned = sum(line.restocked for line in lines)
        assert variant.stock == self.made[variant.pk] - sold + returned
        assert variant.held_until == min(kept.values_list("expires_at", flat=True), default=None)

    def _check_ledger(self) -> None:
        """It is up to date, nothing is left over, and what is at Stripe is what Stripe has."""
        assert not ledger.unbalanced().exists()
        for order in Order.objects.all():
            assert not ledger.is_behind(order)
        fees = Q(kind="fee")
        entries = LedgerEntry.objects.exclude(fees)
        assert ledger.balance(LedgerEntry.Account.STRIPE, entries) == self._at_stripe()

    def _at_stripe(self) -> int:
        """What came in less what went out, as Stripe lists it, fees apart."""
        paid = sum(s.amount_total for s in self.sessions() if s.payment_status == "paid")
        intents = {s.payment_intent for s in self.sessions() if s.payment_intent}
        back = [r for intent in intents for r in payments.list_refunds(intent)]
        gone = sum(r.amount for r in back if r.status not in {"failed", "canceled"})
        return int(paid - gone)

    def _check_letters(self) -> None:
        """Each was sent once, or is known to be doubtful."""
        assert not outbox.due().exists()

    def session(self, pick: int, status: str = "") -> str:
        """A session of this shop at Stripe, which it may not have heard of."""
        mine = [session for session in self.sessions() if status in ("", session.status)]
        return mine[pick % len(mine)].id if mine else ""

    def sessions(self) -> list[Any]:
        began = Cart.objects.earliest("created_at").created_at - timedelta(days=1)
        return list(payments.list_sessions(began))


_HONOURED = [Order.State.PAID, Order.State.PARTIALLY_REFUNDED, Order.State.REFUNDED]


def _pieces(makers: list[Any]) -> list[Piece]:
    first, second = (make_collection(designer=maker) for maker in makers)
    ring = make_piece(collection=first, price=12_345)
    brooch = make_piece(collection=second, price=12_345)
    studs = make_piece(collection=first, stock=4, making=Piece.Making.STOCKED, price=3_333)
    made = make_piece(making=Piece.Making.MADE_TO_ORDER, price=20_000)
    return [ring, brooch, make_piece(price=999), studs, made]


def _any(rows: Any, pick: int) -> Any:
    found = list(rows.order_by("pk"))
    return found[pick % len(found)] if found else None


def _two(line: CartLine) -> None:
    carts.change(line, 2)
