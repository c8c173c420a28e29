"""What the makers get: a payout for each parcel, and everything by which it was paid or taken back.

Amounts are minor units of the order's currency. A payout's sums are those of its rows;
``orders/makers/owed.py`` alone writes them.
"""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from designers.models import AnyUser, Designer, is_owner
from orders.models.order import Parcel
from orders.models.payment import Refund


class PayoutQuerySet(models.QuerySet["Payout"]):
    def for_user(self, user: AnyUser) -> Self:
        """Those of the designers whom this person works for; the owner sees all."""
        if is_owner(user):
            return self
        return self.filter(parcel__designer__in=Designer.objects.for_user(user))


class Payout(models.Model):
    """A maker's share of a parcel, and how much of it has reached them."""

    class State(models.TextChoices):
        PENDING = "pending", _("to come")
        HELD = "held", _("held back")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("paid out")
        PARTIALLY_REVERSED = "partially_reversed", _("taken back in part")
        REVERSED = "reversed", _("taken back")
        BLOCKED = "blocked", _("waits for the account")
        FAILED = "failed", _("refused")
        NOTHING = "nothing", _("nothing to pay")

    class Hold(models.TextChoices):
        NONE = "", ""
        DISPUTE = "dispute", _("the payment is disputed")
        DASHBOARD = "dashboard", _("it was taken back at Stripe by hand")
        REFUND = "refund", _("a refund made at Stripe is for no piece yet")

    class Trouble(models.TextChoices):
        NONE = "", ""
        ACCOUNT = "account", _("the account takes no money")
        BALANCE = "balance", _("the house's balance at Stripe is too small")
        REFUSED = "refused", _("Stripe refused it")

    parcel = models.OneToOneField(
        Parcel, models.PROTECT, related_name="payout", verbose_name=_("parcel")
    )
    state = models.CharField(
        _("state"), max_length=18, choices=State.choices, default=State.PENDING
    )
    hold = models.CharField(max_length=9, choices=Hold.choices, default=Hold.NONE, blank=True)
    trouble = models.CharField(
        max_length=7, choices=Trouble.choices, default=Trouble.NONE, blank=True
    )
    error = models.CharField(_("reason"), max_length=400, blank=True)
    # Some days after the parcel has left; none while it has not.
    due_at = models.DateTimeField(_("due"), null=True, blank=True, db_index=True)
    tried_at = models.DateTimeField(_("last tried"), null=True, blank=True)
    # When a person last said that it may go: what was known then keeps it no longer.
    cleared_at = models.DateTimeField(null=True, blank=True)
    share = models.PositiveIntegerField(_("share"))
    # The maker's part of what was given back; and of what is asked for besides. A rounding may
    # carry a part by a cent beyond nothing.
    returned = models.IntegerField(_("given back"), default=0)
    promised = models.IntegerField(default=0)
    # Their part of what a lost dispute took.
    lost = models.PositiveIntegerField(_("lost in a dispute"), default=0)
    transferred = models.PositiveIntegerField(_("sent"), default=0)
    by_hand = models.PositiveIntegerField(_("paid by hand"), default=0)
    # Kept to pay what the maker owed from another order.
    set_off = models.PositiveIntegerField(_("set off"), default=0)
    reversed = models.PositiveIntegerField(_("taken back"), default=0)
    # Reversals that are asked for and not answered.
    taking = models.PositiveIntegerField(default=0)
    # What could not be taken back, and is owed by the maker or was set off since.
    owed = models.PositiveIntegerField(_("owed by the maker"), default=0)

    objects = PayoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "due_at"], name="payout_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    share__gte=F("transferred")
                    + F("by_hand")
                    + F("set_off")
                    - F("reversed")
                    - F("owed")
                ),
                name="payout_at_most_share",
            ),
            models.CheckConstraint(
                condition=Q(transferred__gte=F("reversed") + F("taking")),
                name="payout_reversed_at_most_transferred",
            ),
            models.CheckConstraint(condition=Q(lost__lte=F("share")), name="payout_lost_at_most"),
        ]

    def __str__(self) -> str:
        return str(self.parcel)

    @property
    def paid(self) -> int:
        """All that ever was paid for it, in whichever way."""
        return self.transferred + self.by_hand + self.set_off

    @property
    def taken(self) -> int:
        """All that came back from the maker, or is owed by them."""
        return self.reversed + self.owed

    @property
    def to_come(self) -> int:
        """What is still to be paid; a refund that is asked for counts already."""
        return max(0, self._theirs(self.promised) - (self.paid - self.taken))

    @property
    def to_take_back(self) -> int:
        """What was paid and is no longer theirs, since a refund was made."""
        return max(0, self.paid - self.taken - self.taking - self._theirs(self.returned))

    def _theirs(self, gone: int) -> int:
        whole = self.share - self.lost
        return max(0, min(whole, whole - gone))


class Transfer(models.Model):
    """Money sent to a maker's account at Stripe, written down before Stripe is asked for it."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked for")
        SENT = "sent", _("sent")
        REFUSED = "refused", _("refused")

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="transfers")
    # Rises with every transfer of a payout: after a refusal the same key would be refused again.
    number = models.PositiveSmallIntegerField()
    amount = models.PositiveIntegerField(_("amount"))
    # The charge it comes from; without one it is paid from the house's own balance.
    charge = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.ASKED)
    idempotency_key = models.CharField(max_length=80, unique=True)
    parameters = models.JSONField()
    stripe_id = models.CharField(max_length=80, unique=True, null=True, blank=True)
    reversed = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["payout", "number"], name="transfer_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(
                condition=Q(reversed__lte=F("amount")), name="transfer_reversed_at_most_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payout} / {self.number}"


class Reversal(models.Model):
    """A part of a transfer taken back, after a refund or a lost dispute; or in the Dashboard."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked for")
        DONE = "done", _("taken back")
        REFUSED = "refused", _("refused")

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="reversals")
    refund = models.ForeignKey(
        Refund, models.PROTECT, related_name="reversals", null=True, blank=True
    )
    amount = models.PositiveIntegerField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.ASKED)
    idempotency_key = models.CharField(max_length=100, unique=True)
    parameters = models.JSONField(default=dict)
    stripe_id = models.CharField(max_length=80, unique=True, null=True, blank=True)
    error = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("reversal")
        verbose_name_plural = _("reversals")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["refund", "transfer"], name="reversal_once_a_refund"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="reversal_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.transfer}: {self.amount}"


class Debt(models.Model):
    """What a maker owes because a reversal found nothing; kept from what they get next."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="debts")
    designer = models.ForeignKey(Designer, models.PROTECT, related_name="debts")
    amount = models.PositiveIntegerField()
    left = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        verbose_name = _("debt")
        verbose_name_plural = _("debts")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["designer"], condition=Q(left__gt=0), name="debt_open"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(left__lte=F("amount")), name="debt_left_at_most"),
        ]

    def __str__(self) -> str:
        return f"{self.payout}: {self.left}"


class SetOff(models.Model):
    """A part of a debt, kept from a payout."""

    debt = models.ForeignKey(Debt, models.PROTECT, related_name="set_offs")
    payout = models.ForeignKey(Payout, models.PROTECT, related_name="set_offs")
    amount = models.PositiveIntegerField()
    at = models.DateTimeField(default=now, editable=False)

    class Meta:
        verbose_name = _("set-off")
        verbose_name_plural = _("set-offs")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="set_off_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.debt} / {self.payout}: {self.amount}"


class HandPayment(models.Model):
    """What the house paid a maker by its own bank, for one parcel of those paid together."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="hand_payments")
    amount = models.PositiveIntegerField(_("amount"))
    paid_on = models.DateField(_("day"), default=localdate)
    reference = models.CharField(_("reference"), max_length=80)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True
    )
    # Of the form by which it was said: the same sent twice is said once.
    token = models.UUIDField(default=uuid.uuid4)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        verbose_name = _("payment by hand")
        verbose_name_plural = _("payments by hand")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["payout", "token"], name="hand_payment_once_a_form"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="hand_payment_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.payout}: {self.amount}"
