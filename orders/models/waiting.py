"""Who wants to be told when a piece returns, in the order in which they confirmed it."""

import secrets
from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from orders.models.cart import Hold

# Somebody whose wait is over, or who never confirmed it, is known for so long.
REMEMBERED = timedelta(days=7)
# Nobody waits longer: the letters say so.
LONGEST_WAIT = timedelta(days=182)


def waiting_token() -> str:
    return secrets.token_urlsafe(24)


class WaitingQuerySet(models.QuerySet["Waiting"]):
    def in_line(self) -> Self:
        """Those whose turn is still to come, the first first."""
        return self.filter(state=Waiting.State.WAITING).order_by("confirmed_at", "pk")

    def lapsed(self) -> Self:
        """Those to whom it was offered and for whom it is no longer kept."""
        kept = Q(hold__state=Hold.State.ACTIVE, hold__expires_at__gt=now())
        return self.filter(state=Waiting.State.OFFERED).exclude(kept)

    def forgettable(self) -> Self:
        """Those who never confirmed, are done, or have waited for half a year."""
        before = now() - REMEMBERED
        silent = Q(state=Waiting.State.ASKED, asked_at__lt=before)
        in_vain = Q(state=Waiting.State.WAITING, confirmed_at__lt=now() - LONGEST_WAIT)
        return self.filter(silent | in_vain | Q(ended_at__lt=before))


class Waiting(models.Model):
    """An address that wants to be told when a variant is free again.

    Once its owner has confirmed it stands in line; the first is offered the piece, which a
    hold without a basket keeps for them meanwhile. The token opens their page.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("not confirmed yet")
        WAITING = "waiting", _("in line")
        OFFERED = "offered", _("kept for them")
        CLAIMED = "claimed", _("put in a basket")
        MISSED = "missed", _("not claimed in time")
        LEFT = "left", _("no longer waiting")

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="waiting")
    email = models.EmailField(_("e-mail"))
    token = models.CharField(max_length=40, unique=True, default=waiting_token, editable=False)
    state = models.CharField(
        _("state"), max_length=7, choices=State.choices, default=State.ASKED, db_index=True
    )
    # What keeps the piece for them; only while it is offered.
    hold = models.OneToOneField(
        Hold, models.SET_NULL, related_name="offered_to", null=True, blank=True
    )
    offers = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(_("asked"), default=now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = WaitingQuerySet.as_manager()

    class Meta:
        verbose_name = _("somebody who waits")
        verbose_name_plural = _("who waits")
        ordering = ["confirmed_at", "pk"]
        indexes = [models.Index(fields=["variant", "state", "confirmed_at"])]
        constraints = [
            models.UniqueConstraint(fields=["variant", "email"], name="waits_once_for_a_variant"),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="waiting_in_small_letters"
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(confirmed_at__isnull=False),
                name="waiting_only_once_confirmed",
            ),
        ]

    def __str__(self) -> str:
        # Not the address: this is what logs and tracebacks show.
        return f"waiting {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("orders:waiting", args=[self.token])

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None

    @property
    def is_kept(self) -> bool:
        """Whether the piece is kept for them now."""
        return self.state == Waiting.State.OFFERED and self.hold is not None and self.hold.is_kept
