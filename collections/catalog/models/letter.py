"""Who asked for a letter when a collection opens, and which letters they got."""

import secrets
from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from catalog.models.collection import Collection

# Whoever is asked may answer for so long; an address that left is kept as long, then forgotten.
REMEMBERED = timedelta(days=30)
# An address is asked no more often than this, whoever types it.
QUIET = timedelta(hours=1)
# A question that could not be posted for a day is given up.
TRIED_FOR = timedelta(days=1)


def reader_token() -> str:
    return secrets.token_urlsafe(24)


class LetterReaderQuerySet(models.QuerySet["LetterReader"]):
    def reading(self) -> Self:
        """Those who confirmed and have not left since."""
        return self.filter(confirmed_at__isnull=False, left_at=None)

    def not_reading(self) -> Self:
        return self.filter(Q(confirmed_at=None) | Q(left_at__isnull=False))

    def unasked(self) -> Self:
        """Those whose question is still to be posted."""
        return self.not_reading().filter(mailed_at=None, asked_at__gt=now() - TRIED_FOR)

    def forgettable(self) -> Self:
        """Those who never answered, or left, long enough ago."""
        before = now() - REMEMBERED
        silent = Q(asked_at__lt=before) & (Q(left_at=None) | Q(left_at__lt=before))
        return self.not_reading().filter(silent)


class LetterReader(models.Model):
    """An address that was typed to get letters; it gets them once its owner has confirmed."""

    email = models.EmailField(_("e-mail"), unique=True)
    token = models.CharField(max_length=40, unique=True, default=reader_token, editable=False)
    asked_at = models.DateTimeField(_("asked"), default=now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    # When the question was posted; None when it is still to be.
    mailed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = LetterReaderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reader of letters")
        verbose_name_plural = _("readers of letters")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="letter_reader_in_small_letters"
            )
        ]

    def __str__(self) -> str:
        # Not the address: this is what logs and tracebacks show.
        return f"reader {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("catalog:letter_reader", args=[self.token])

    @property
    def is_reading(self) -> bool:
        return self.confirmed_at is not None and self.left_at is None

    def ask_again(self) -> bool:
        """Have the question posted anew; False for who reads already, or was just asked."""
        rows = LetterReader.objects.not_reading().filter(pk=self.pk, asked_at__lt=now() - QUIET)
        return bool(rows.update(asked_at=now(), mailed_at=None))

    def confirm(self) -> None:
        """Write to this reader from now on; again changes nothing."""
        rows = LetterReader.objects.not_reading().filter(pk=self.pk)
        rows.update(confirmed_at=now(), left_at=None, mailed_at=now())

    def leave(self) -> None:
        """Write no more; again changes nothing."""
        LetterReader.objects.reading().filter(pk=self.pk).update(left_at=now())


class LetterSent(models.Model):
    """That a reader got the letter about a collection: a row is made before it is posted."""

    reader = models.ForeignKey(LetterReader, models.CASCADE, related_name="letters")
    collection = models.ForeignKey(Collection, models.CASCADE, related_name="letters")
    sent_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = _("letter sent")
        verbose_name_plural = _("letters sent")
        constraints = [
            models.UniqueConstraint(fields=["reader", "collection"], name="one_letter_each")
        ]

    def __str__(self) -> str:
        return f"{self.collection_id} to {self.reader_id}"
