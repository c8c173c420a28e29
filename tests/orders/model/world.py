"""Shop and Stripe together: what shoppers, the owner, Stripe and the clock do, one act each.

Every act takes a ``pick``, a number by which it chooses among what there is.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from itertools import count
from typing import Any
from uuid import uuid4

import stripe as sdk
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils.timezone import localdate, now

from catalog.models import Piece, Variant
from orders import (
    attempts,
    checkout,
    fulfilment,
    holds,
    outbox,
    payments,
    payouts,
    refundable,
    refunds,
    settlement,
    sweeping,
)
from orders import cart as carts
from orders.afterwards import aftersale, cancelling
from orders.makers import accounts, by_hand
from orders.models import (
    Cart,
    CartLine,
    DesignerAccount,
    Dispute,
    Hold,
    Order,
    OutboxLetter,
    Parcel,
    PaymentAttempt,
    Payout,
    Refund,
    Reversal,
    Transfer,
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
from tests.orders.builders import begin, only_variant, post_signed
from tests.orders.model import checks
from tests.orders.model.fates import Fate, Process

SECRET = "whsec_of_the_tests"
# What a person is told, or a worker leaves for the next.
TOLD = (
    aftersale.NotNow,
    attempts.Paid,
    carts.AlreadyInBasket,
    checkout.BelowMinimum,
    checkout.Empty,
    checkout.Gone,
    checkout.PriceChanged,
    fulfilment.NotSendable,
    holds.HeldLongEnough,
    holds.Rests,
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
    """Three shoppers, five pieces of three makers, one owner; and a Stripe begun anew."""

    def __init__(self, stripe: StripeSandbox, settings: Any, process: Process) -> None:
        self.stripe, self.process = stripe, process
        stripe.act("forget")
        settings.SITE_URL = f"http://model-{next(_shops)}.example"
        mail.outbox.clear()
        make_rate()
        self.owner = make_user("olive", is_superuser=True)
        makers = [make_designer(), make_designer()]
        self.accounts = [accounts.begin(maker) for maker in makers]
        # The second has not finished at Stripe.
        stripe.act("onboard", self.accounts[0].stripe_id or "")
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
            event = events[-1 - pick % len(events)]
            connect = "account" in event or event["type"].startswith("v2.")
            path = "/stripe/connect-webhook/" if connect else "/stripe/webhook/"
            post_signed(Client(), json.dumps(event), SECRET, path=path)

    # --- The owner ----------------------------------------------------------------------------

    def refund(self, pick: int) -> None:
        """A part of a line, all of it, the post or something for neither."""
        if order := _any(Order.objects.exclude(paid_at=None), pick):
            line = order.lines.order_by("pk")[pick % order.lines.count()]
            kind = pick % 4
            amount = [1 + pick % 700, refundable.due(line, 1)][kind % 2]
            whole = kind == 1 and not line.refunded_quantity
            if not amount:
                return
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

    # --- The makers and their accounts -----------------------------------------------------------

    def sell(self, pick: int) -> None:
        """From the basket to the parcel's leaving, so that there is something to pay."""
        self.add(pick)
        self.check_out(pick)
        if session := self.session(0, "open"):
            self.stripe.pay(session)
            settlement.settle(session)
        self.ship(pick)

    def ship(self, pick: int) -> None:
        if parcel := _any(Parcel.objects.to_send(), pick):
            fulfilment.ship(parcel, carrier="CTT", tracking="RT 1")

    def call_off(self, pick: int) -> None:
        """By the shopper, before anybody has begun."""
        if parcel := _any(Parcel.objects.filter(state=Parcel.State.NEW), pick):
            cancelling.call_off(parcel.order, [parcel.pk], token=uuid4())

    def account_changes(self, pick: int) -> None:
        """It can be paid, or can no longer; or all it had went to its bank."""
        act = ["onboard", "onboard", "restrict", "pay_out"][pick // 2 % 4]
        with suppress(RuntimeError):
            self.stripe.act(act, self.accounts[pick % 2].stripe_id or "")

    def reverse_at_stripe(self, pick: int) -> None:
        """In the Dashboard, past all rules of ours."""
        if transfer := _any(Transfer.objects.exclude(stripe_id=None), pick):
            reversals = payments.client().v1.transfers.reversals
            with suppress(sdk.InvalidRequestError):
                reversals.create(transfer.stripe_id, {"amount": 1 + pick})

    def pay_by_hand(self, pick: int) -> None:
        """Whoever has no account is paid by the house's bank."""
        if first := _any(by_hand.payable(), pick):
            maker = first.parcel.designer
            chosen = list(by_hand.payable().filter(parcel__designer=maker))
            by_hand.pay(
                maker,
                [payout.pk for payout in chosen],
                amount=by_hand.comes_to(chosen),
                day=localdate(),
                reference="SEPA",
                by=self.owner,
                token=uuid4(),
            )

    def try_again(self, pick: int) -> None:
        """The owner says that what was kept may go."""
        stuck = Payout.objects.filter(state__in=["held", "failed", "blocked"])
        if payout := _any(stuck.select_related("parcel__order"), pick):
            payouts.try_again(payout, by=self.owner)

    def look_at_account(self, pick: int) -> None:
        accounts.refresh(self.accounts[pick % 2])

    def add_funds(self, pick: int) -> None:
        self.stripe.act("add_funds", value=1_000 + pick)

    # --- The shopper's bank ----------------------------------------------------------------------

    def dispute(self, pick: int) -> None:
        if attempt := _any(PaymentAttempt.objects.exclude(charge=""), pick):
            part = [str(attempt.received // 3), "", ""][pick % 3]
            with suppress(RuntimeError):  # not twice, nor what went back
                self.stripe.act("dispute", attempt.charge, part)

    def bank_decides(self, pick: int) -> None:
        if found := list(payments.list_disputes(now() - timedelta(days=1))):
            act = ["dispute_won", "dispute_lost"][pick % 2]
            with suppress(RuntimeError):  # it has decided
                self.stripe.act(act, found[pick % len(found)].id)

    # --- The clock and the workers --------------------------------------------------------------

    def time_passes(self, pick: int) -> None:
        ago = timedelta(minutes=[3, 12, 40][pick % 3])
        PaymentAttempt.objects.update(
            created_at=F("created_at") - ago, expires_at=F("expires_at") - ago, checked_at=None
        )
        Hold.objects.update(expires_at=F("expires_at") - ago, kept_since=F("kept_since") - ago)
        Variant.objects.update(held_until=F("held_until") - ago)
        Order.objects.update(paid_at=F("paid_at") - ago)
        Refund.objects.update(created_at=F("created_at") - ago)
        for rows in (Transfer.objects, Reversal.objects):
            rows.update(created_at=F("created_at") - ago)
        # Of the week until a maker is paid, and the day until it is tried again, three days.
        Payout.objects.update(
            due_at=F("due_at") - timedelta(days=3), tried_at=F("tried_at") - timedelta(days=3)
        )
        Dispute.objects.update(checked_at=F("checked_at") - ago * 2)
        DesignerAccount.objects.update(checked_at=F("checked_at") - ago * 2)
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
            sweeping.pay_makers,
            sweeping.pay_makers,
            sweeping.take_back,
            sweeping.look_up_disputes,
        ]
        steps[pick % len(steps)]()

    # --- In the end -------------------------------------------------------------------------

    def heal(self) -> None:
        """Every process is well again, and time enough passes for sweep and reconciliation."""
        for account in self.accounts:
            accounts.refresh(account)
        for _round in range(4):
            self.time_passes(1)
            assert -1 not in sweeping.sweep().values()
            with suppress(CommandError):  # what it needs a person for is checked below
                call_command("reconcile", verbosity=0, stdout=StringIO())
        # What the last round has written goes out as well.
        outbox.send_dropped(timedelta(0))

    def check(self) -> None:
        """What must hold whatever happened."""
        checks.check(self.sessions(), self.made)

    def session(self, pick: int, status: str = "") -> str:
        """A session of this shop at Stripe, which it may not have heard of."""
        mine = [session for session in self.sessions() if status in ("", session.status)]
        return mine[pick % len(mine)].id if mine else ""

    def sessions(self) -> list[Any]:
        began = Cart.objects.earliest("created_at").created_at - timedelta(days=1)
        return list(payments.list_sessions(began))


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
