"""The world of the model, in which the makers are paid besides, and things go wrong with that."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import stripe as sdk
from django.db.models import F
from django.utils.timezone import localdate, now

from designers.models import Designer
from orders import by_hand, fulfilment, ledger, owed, payments, payouts, sweeping
from orders.models import (
    DesignerAccount,
    LedgerEntry,
    Order,
    Parcel,
    Payout,
    Reversal,
    Transfer,
)
from sandbox.testing import StripeSandbox
from tests.orders.model.fates import Process
from tests.orders.model.world import World, _any
from tests.orders.payout_builders import account

Account = LedgerEntry.Account


class MakersWorld(World):
    """One maker is paid through Stripe, one has not finished there, the others have no account."""

    def __init__(self, stripe: StripeSandbox, settings: Any, process: Process) -> None:
        super().__init__(stripe, settings, process)
        makers = Designer.objects.order_by("pk")
        for maker, ready in zip(makers, (True, False), strict=False):
            account(maker, stripe, ready=ready)
        stripe.act("add_funds", value=10_000_000)

    def sell(self, pick: int) -> None:
        """From the basket to the parcel's leaving, so that there is something to pay."""
        self.add(pick)
        self.check_out(pick)
        self.pay(0)
        if session := self.session(0):
            self.come_back(0)
            assert session
        self.post(pick)

    def refund(self, pick: int) -> None:
        with suppress(ValueError):  # of a line of which nothing is left
            super().refund(pick)

    def post(self, pick: int) -> None:
        if parcel := _any(Parcel.objects.to_send(), pick):
            with suppress(fulfilment.NotSendable):
                fulfilment.ship(parcel, carrier="", by_hand=True)

    def week_passes(self, pick: int) -> None:
        """So that what has left falls due, and what was refused is tried again."""
        ago = timedelta(days=8)
        Parcel.objects.update(shipped_at=F("shipped_at") - ago)
        Payout.objects.update(due_at=F("due_at") - ago, tried_at=F("tried_at") - ago)

    def time_passes(self, pick: int) -> None:
        super().time_passes(pick)
        ago = timedelta(minutes=[3, 12, 40][pick % 3])
        for model in (Transfer, Reversal):
            model.objects.update(created_at=F("created_at") - ago)

    def pay_makers(self, pick: int) -> None:
        sweeping.pay_makers()

    def take_back(self, pick: int) -> None:
        sweeping.take_back()

    def account_changes(self, pick: int) -> None:
        """A capability comes or goes at Stripe; of that the shop hears, or does not."""
        if found := _any(DesignerAccount.objects.all(), pick):
            ready = pick // 2 % 2 == 0
            self.stripe.act("onboard" if ready else "restrict", found.stripe_id or "")
            if pick // 4 % 2 == 0:
                DesignerAccount.objects.filter(pk=found.pk).update(is_ready=ready)
                (payouts.release if ready else payouts.block)(found.designer)

    def bank_takes(self, pick: int) -> None:
        """All that an account holds leaves for its bank: a reversal finds nothing."""
        if found := _any(DesignerAccount.objects.all(), pick):
            self.stripe.act("pay_out", found.stripe_id or "")

    def reverse_at_stripe(self, pick: int) -> None:
        if transfer := _any(Transfer.objects.exclude(stripe_id=None), pick):
            with suppress(sdk.InvalidRequestError):
                reversals = payments.client().v1.transfers.reversals
                reversals.create(transfer.stripe_id or "", {"amount": 1 + pick})

    def by_hand(self, pick: int) -> None:
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

    def look_at(self, pick: int) -> None:
        """The owner says that what was kept may go."""
        stuck = Payout.objects.filter(state__in=["held", "failed", "blocked"])
        if payout := _any(stuck.select_related("parcel__order"), pick):
            payouts.try_again(payout, by=self.owner)

    def dispute(self, pick: int) -> None:
        if order := _any(Order.objects.filter(state__in=owed.EARNED), pick):
            (payouts.stop if pick % 2 else payouts.resume)(order)

    # --- In the end -------------------------------------------------------------------------

    def heal(self) -> None:
        """Every account takes money, and nothing is disputed any more."""
        for found in DesignerAccount.objects.all():
            self.stripe.act("onboard", found.stripe_id or "")
            DesignerAccount.objects.filter(pk=found.pk).update(is_ready=True)
            payouts.release(found.designer)
        for order in Order.objects.exclude(paid_at=None):
            payouts.resume(order)
        self.week_passes(0)
        super().heal()

    def check(self) -> None:
        super().check()
        assert not Transfer.objects.filter(state="asked").exists()
        assert not Reversal.objects.filter(state="asked").exists()
        for order in Order.objects.exclude(paid_at=None):
            self._check_makers(order)
        assert ledger.balance(Account.SET_OFF) == 0

    def _check_makers(self, order: Order) -> None:
        """What they have is what is theirs, and what Stripe says that they were sent."""
        found = list(Payout.objects.filter(parcel__order=order).select_related("parcel__designer"))
        there = self._transfers(order)
        sent = sum(transfer.amount - transfer.reversed for transfer in there)
        assert sent == sum(payout.transferred - payout.reversed for payout in found)
        charged = sum(attempt.received for attempt in order.attempts.all())
        assert sum(transfer.amount for transfer in there if transfer.charge) <= charged
        for payout in found:
            assert not payout.to_take_back, payout.state
            if self._is_due(payout):
                assert (payout.to_come, payout.state) == (0, payout.state)

    def _is_due(self, payout: Payout) -> bool:
        ready = DesignerAccount.objects.filter(designer=payout.parcel.designer, is_ready=True)
        is_kept = payout.state in {"held", "failed"}
        return (
            bool(payout.due_at and payout.due_at <= now() and ready.exists() and not is_kept)
            and Order.objects.filter(parcels=payout.parcel_id, state__in=owed.EARNED).exists()
        )

    def _transfers(self, order: Order) -> list[Any]:
        mine = payments.environment()
        found = payments.list_transfers(payouts.group(order))
        return [transfer for transfer in found if transfer.metadata.get("env") == mine]

    def _at_stripe(self) -> int:
        orders = Order.objects.exclude(paid_at=None)
        moved = [found for order in orders for found in self._transfers(order)]
        sent = sum(found.amount - found.reversed for found in moved)
        return int(super()._at_stripe() - sent)
