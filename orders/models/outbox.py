"""Letters that wait to be sent, each once."""

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _


class OutboxLetter(models.Model):
    """A letter that somebody is to get, written down with what it is about.

    What it says is told when it is sent, from the row ``subject`` as it is then.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        DROPPED = "dropped", _("no longer true, not sent")

    kind = models.CharField(_("letter"), max_length=40)
    # The primary key of what it is about: which model that is, its kind says.
    subject = models.PositiveBigIntegerField()
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    # Whoever sent it died before saying so: it was sent again and may have come twice.
    is_doubtful = models.BooleanField(_("may have come twice"), default=False)
    error = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(_("written"), default=now, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "created_at"])]

    def __str__(self) -> str:
        return self.key
