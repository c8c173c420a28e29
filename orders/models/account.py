"""A designer's account at Stripe, to which their share is sent."""

from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from designers.models import Designer


class DesignerAccount(models.Model):
    """Written down before Stripe is asked for it; what Stripe says of it is read anew each time.

    ``is_ready``: Stripe sends money there. A shop without Connect has none of these.
    """

    designer = models.OneToOneField(Designer, models.PROTECT, related_name="account")
    idempotency_key = models.CharField(max_length=80, unique=True)
    parameters = models.JSONField()
    stripe_id = models.CharField(max_length=80, unique=True, null=True, blank=True)
    is_ready = models.BooleanField(_("can be paid"), default=False)
    # What Stripe still asks for, in its words; and the day by which, if it named one.
    wanted = models.JSONField(_("still asked for"), default=list, blank=True)
    wanted_by = models.DateTimeField(null=True, blank=True)
    # The designer has cut the shop off from the account.
    is_detached = models.BooleanField(_("cut off"), default=False)
    error = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("account at Stripe")
        verbose_name_plural = _("accounts at Stripe")
        ordering = ["designer"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_ready=False) | Q(stripe_id__isnull=False, is_detached=False),
                name="designer_account_ready_is_there",
            )
        ]

    def __str__(self) -> str:
        return f"{self.designer} {self.stripe_id or ''}".strip()
