"""Whether Stripe's books, the ledger and the stock agree: each comparison, and what differed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from orders.models.order import Order


class ReconcileRun(models.Model):
    """One comparison; the constraint lets no two be under way at once."""

    started_at = models.DateTimeField(_("started"), default=now, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True, db_index=True)
    is_running = models.BooleanField(default=True)
    # [{"name", "there", "here"}]: sums as Stripe has them and as the shop has them.
    figures = models.JSONField(default=list)
    mended = models.PositiveIntegerField(_("mended by itself"), default=0)
    needs_person = models.PositiveIntegerField(_("need a person"), default=0)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("money and stock")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_running"], condition=Q(is_running=True), name="reconcile_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class Disagreement(models.Model):
    """Something that does not agree: one row for as long, and as often, as it is so."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        MENDED = "mended", _("mended")
        GONE = "gone", _("gone by itself")

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=20)
    text = models.CharField(max_length=400)
    order = models.ForeignKey(
        Order, models.CASCADE, related_name="disagreements", null=True, blank=True
    )
    # The primary key of what is to be mended: which model that is, its kind says.
    subject = models.PositiveBigIntegerField(null=True, blank=True)
    needs_person = models.BooleanField(default=False)
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    # The last comparison that found it.
    run = models.ForeignKey(
        ReconcileRun, models.SET_NULL, related_name="disagreements", null=True, blank=True
    )
    found_at = models.DateTimeField(default=now, editable=False)
    mended_at = models.DateTimeField(null=True, blank=True)
    # Nobody where a comparison mended it, or where it went away.
    mended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("disagreement")
        verbose_name_plural = _("disagreements")
        ordering = ["found_at", "pk"]
        indexes = [models.Index(fields=["state", "found_at"])]

    def __str__(self) -> str:
        return self.text
