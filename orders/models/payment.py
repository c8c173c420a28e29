"""Payments as Stripe knows them: attempts, refunds, and the events it sends."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from orders.models.order import Order, OrderLine, Parcel

_AGAIN = ":again:"


class PaymentAttempt(models.Model):
    """One Checkout Session for an order, written down before Stripe is asked for it.

    ``parameters`` and ``idempotency_key`` are exactly what is sent, and sent again when the
    outcome of a call is unknown. Only ``settlement.settle`` moves it past ``open``.
    """

    class State(models.TextChoices):
        CREATING = "creating", _("being asked for")
        OPEN = "open", _("can be paid")
        PROCESSING = "processing", _("on its way")
        COMPLETE = "complete", _("paid")
        EXPIRED = "expired", _("expired")
        SUPERSEDED = "superseded", _("replaced")
        FAILED = "failed", _("failed")

    order = models.ForeignKey(Order, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.CREATING)
    idempotency_key = models.CharField(max_length=80, unique=True)
    parameters = models.JSONField()
    # Of the coupon that is made first where a code takes something off; its id is ours.
    coupon = models.JSONField(default=dict, blank=True)
    # Without the tax that Stripe adds where Stripe reckons it.
    expected_total = models.PositiveIntegerField()
    session_id = models.CharField(max_length=120, unique=True, null=True, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    expires_at = models.DateTimeField()
    payment_intent = models.CharField(max_length=80, blank=True, db_index=True)
    charge = models.CharField(max_length=80, blank=True)
    # What Stripe took by it, and what Stripe kept of that, once it has said so.
    received = models.PositiveIntegerField(default=0)
    fee = models.PositiveIntegerField(null=True, blank=True)
    fee_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    error = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state__in=["creating", "open", "processing"]),
                name="attempt_one_live_per_order",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state="complete"), name="attempt_one_paid_per_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} / {self.number}"

    @property
    def is_honoured(self) -> bool:
        """Whether the order was made of it; what it could not honour the shop gives back itself.

        When that failed, and a person has honoured it after all, no reason for review is left.
        """
        back = [refund for refund in self.refunds.all() if refund.is_automatic]
        failed = all(refund.state == Refund.State.FAILED for refund in back)
        by_hand = failed and not self.order.review_reason
        kept = self.state == self.State.COMPLETE and self.order.state != Order.State.REVIEW
        return kept and (not back or by_hand)


class Refund(models.Model):
    """Money given back; written before Stripe is asked, synced by Stripe's id after."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("asked for")
        PENDING = "pending", _("on its way")
        SUCCEEDED = "succeeded", _("given back")
        FAILED = "failed", _("failed")

    # What is on its way back, or there; and with what is only asked for, what counts.
    GIVEN = (State.PENDING, State.SUCCEEDED)
    COUNTED = (State.REQUESTED, *GIVEN)

    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds")
    attempt = models.ForeignKey(PaymentAttempt, models.PROTECT, related_name="refunds")
    amount = models.PositiveIntegerField()
    # Of which parcel it is, where a maker gave it back; of the whole order otherwise.
    parcel = models.ForeignKey(
        Parcel, models.PROTECT, related_name="refunds", null=True, blank=True
    )
    # The part of it that is for the post; its lines hold theirs, the rest is for neither.
    shipping_amount = models.PositiveIntegerField(default=0)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True
    )
    # The shopper reads it where a person gave the money back.
    reason = models.CharField(max_length=240, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.REQUESTED)
    idempotency_key = models.CharField(max_length=80, unique=True)
    parameters = models.JSONField(default=dict)
    stripe_id = models.CharField(max_length=80, unique=True, null=True, blank=True)
    error = models.CharField(max_length=400, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When somebody said here what a refund made at Stripe is for.
    allocated_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(shipping_amount__lte=F("amount")), name="refund_shipping_within_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.amount}"

    @property
    def is_given(self) -> bool:
        """Whether the money is on its way back, or there."""
        return self.state in self.GIVEN

    @property
    def is_automatic(self) -> bool:
        """Whether the shop itself gave a payment back that it could not honour."""
        return self.idempotency_key.startswith("refund:auto:")

    @property
    def is_from_dashboard(self) -> bool:
        """Whether it was made at Stripe, so that nobody said here what it is for."""
        return self.idempotency_key.startswith("dashboard:")

    @property
    def is_to_be_allocated(self) -> bool:
        """Whether it was made at Stripe, and nobody has said yet what it is for."""
        return self.is_from_dashboard and not self.allocated_at and self.state != self.State.FAILED

    @property
    def free_amount(self) -> int:
        """What of it is neither for a line nor for the post, in minor units."""
        return self.amount - self.shipping_amount - sum(line.amount for line in self.lines.all())

    def is_made_good(self, refunds: "Iterable[Refund]") -> bool:
        """Whether as much went back of the same payment since it failed, by these of its order.

        As ``refunds.lost`` asks the database. What was tried again for another counts for that.
        """
        since, again = self.failed_at or self.created_at, f"{_AGAIN}{self.pk}"
        return self.amount <= sum(
            later.amount
            for later in refunds
            if later.attempt_id == self.attempt_id
            and later.state in self.COUNTED
            and later.created_at > since
            and (_AGAIN not in later.idempotency_key or later.idempotency_key.endswith(again))
        )

    @property
    def again_key(self) -> str:
        """The idempotency key of its second try."""
        return f"refund:{self.order.number}{_AGAIN}{self.pk}"

    @property
    def told_reason(self) -> str:
        """The reason in words meant for the shopper; empty when nobody wrote any."""
        return "" if self.is_automatic or self.is_from_dashboard else self.reason


class RefundLine(models.Model):
    """What of a refund is for one line: so many pieces, or none and a part of the price."""

    refund = models.ForeignKey(Refund, models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="refund_lines")
    quantity = models.PositiveSmallIntegerField(default=0)
    amount = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("line of a refund")
        verbose_name_plural = _("lines of a refund")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["refund", "order_line"], name="refund_line_once_per_line"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_line_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.order_line}: {self.amount}"


class StripeEvent(models.Model):
    """An event as it was received and verified; acted on once, again after a failure."""

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        PROCESSED = "processed", _("done")
        FAILED = "failed", _("failed")

    event_id = models.CharField(max_length=120, unique=True)
    type = models.CharField(max_length=80, db_index=True)
    payload = models.JSONField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.RECEIVED)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=400, blank=True)
    received_at = models.DateTimeField(default=now, editable=False)
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("event from Stripe")
        verbose_name_plural = _("events from Stripe")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
