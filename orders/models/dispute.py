"""A payment that the shopper's bank questions, or takes back."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from orders.models.order import Order
from orders.models.payment import PaymentAttempt, Refund


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def open(self) -> "DisputeQuerySet":
        """Those that the bank has not decided; the one that is due first is the first."""
        return self.filter(status__in=Dispute.OPEN).order_by(F("due_by").asc(nulls_last=True), "pk")

    def stopping(self) -> "DisputeQuerySet":
        """Those in which the bank has taken the money for now: more than an inquiry."""
        return self.filter(status__in=[Dispute.Status.NEEDS_RESPONSE, Dispute.Status.UNDER_REVIEW])

    def lost(self) -> "DisputeQuerySet":
        return self.filter(status=Dispute.Status.LOST)


class Dispute(models.Model):
    """What Stripe says of it, and what was sent to the bank; amounts in minor units.

    An inquiry (``warning_…``) only asks: nothing is taken, and the money can be given back.
    ``withdrawn``, ``reinstated`` and ``fee`` are what has moved at Stripe.
    """

    class Status(models.TextChoices):
        WARNING_NEEDS_RESPONSE = "warning_needs_response", _("the bank asks")
        WARNING_UNDER_REVIEW = "warning_under_review", _("the bank reads the answer")
        WARNING_CLOSED = "warning_closed", _("the bank asked, and is content")
        NEEDS_RESPONSE = "needs_response", _("to be answered")
        UNDER_REVIEW = "under_review", _("the bank decides")
        WON = "won", _("won")
        LOST = "lost", _("lost")
        PREVENTED = "prevented", _("prevented")

    class Answer(models.TextChoices):
        NONE = "none", _("not answered")
        ASKED = "asked", _("being sent")
        SENT = "sent", _("sent")
        REFUSED = "refused", _("refused by Stripe")
        YIELDED = "yielded", _("given up")

    OPEN = (
        Status.WARNING_NEEDS_RESPONSE,
        Status.WARNING_UNDER_REVIEW,
        Status.NEEDS_RESPONSE,
        Status.UNDER_REVIEW,
    )
    INQUIRIES = (
        Status.WARNING_NEEDS_RESPONSE,
        Status.WARNING_UNDER_REVIEW,
        Status.WARNING_CLOSED,
    )
    ANSWERABLE = (Status.WARNING_NEEDS_RESPONSE, Status.NEEDS_RESPONSE)

    order = models.ForeignKey(Order, models.PROTECT, related_name="disputes")
    attempt = models.ForeignKey(PaymentAttempt, models.PROTECT, related_name="disputes")
    stripe_id = models.CharField(_("at Stripe"), max_length=80, unique=True)
    amount = models.PositiveIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    # Stripe's word: fraudulent, product_not_received, ...
    reason = models.CharField(_("why"), max_length=60, blank=True)
    status = models.CharField(_("state"), max_length=24, choices=Status.choices)
    due_by = models.DateTimeField(_("answer by"), null=True, blank=True)
    withdrawn = models.PositiveIntegerField(_("taken back"), default=0)
    reinstated = models.PositiveIntegerField(_("come back"), default=0)
    # Below nothing: more of the fee came back than was taken.
    fee = models.IntegerField(_("fee"), default=0)
    # Who bears a loss is the setting's business when it is lost; a later change changes nothing.
    is_makers_loss = models.BooleanField(default=False)
    # The owner has looked at a loss of a part and lets the rest of the order go on.
    let_go_on_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    # Since when, and until when, it kept the order's parcels from leaving.
    stopped_at = models.DateTimeField(null=True, blank=True)
    went_on_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    checked_at = models.DateTimeField(default=now)
    # The answer to the bank: the owner's own words, and exactly what is sent under which key.
    words = models.TextField(blank=True)
    answer = models.CharField(_("answer"), max_length=7, choices=Answer, default=Answer.NONE)
    evidence = models.JSONField(default=dict, blank=True)
    answer_number = models.PositiveSmallIntegerField(default=0)
    answer_error = models.CharField(max_length=400, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_amount_positive"),
            models.CheckConstraint(
                condition=Q(reinstated__lte=F("withdrawn")), name="dispute_back_at_most_taken"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.get_status_display()}"

    @property
    def is_inquiry(self) -> bool:
        return self.status in self.INQUIRIES

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def is_partial(self) -> bool:
        """Whether something of what was paid is neither in it nor given back."""
        given = [r.amount for r in self.attempt.refunds.all() if r.state in Refund.COUNTED]
        return self.amount + sum(given) < self.attempt.received

    @property
    def can_be_answered(self) -> bool:
        """Whether the bank still waits for an answer and none is on its way."""
        free = self.answer in {self.Answer.NONE, self.Answer.REFUSED}
        return free and self.status in self.ANSWERABLE and not self.is_over(now())

    def is_over(self, moment: datetime) -> bool:
        """Whether the time to answer is over."""
        return self.due_by is not None and self.due_by <= moment

    @property
    def days_left(self) -> int | None:
        """Until the answer is due, by the shop's calendar; None where no answer is asked for."""
        if self.due_by is None or self.status not in self.ANSWERABLE:
            return None
        return max((localdate(self.due_by) - localdate()).days, 0)
