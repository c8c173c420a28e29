"""What is typed beside what the shop shows, and what it showed before."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from catalog.models.collection import Collection
from catalog.models.piece import Piece

_ONE_THING = Q(collection__isnull=False, piece=None) | Q(collection=None, piece__isnull=False)


class OfThing[M: models.Model](models.QuerySet[M]):
    def of(self, thing: Collection | Piece) -> Self:
        """Those of this collection or piece."""
        column = "collection" if isinstance(thing, Collection) else "piece"
        return self.filter(**{column: thing})


class Draft(models.Model):
    """The one draft that waits beside a collection or a piece: the changes, as they were typed."""

    collection = models.OneToOneField(
        Collection, models.CASCADE, related_name="draft", null=True, blank=True
    )
    piece = models.OneToOneField(Piece, models.CASCADE, related_name="draft", null=True, blank=True)
    # The changes and what does not validate yet: catalog/answers.py says how they are written.
    answers = models.JSONField(default=dict)
    lacks = models.JSONField(default=dict, blank=True)
    # Moved on with each keeping, so that of two who keep at once one is told.
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True
    )
    kept_at = models.DateTimeField(default=now)

    objects = OfThing["Draft"].as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.CheckConstraint(condition=_ONE_THING, name="draft_of_one_thing")]

    def __str__(self) -> str:
        return str(self.collection or self.piece)


class Version(models.Model):
    """How a collection or a piece stood at one moment; kept by ``catalog.versions``."""

    class Kind(models.TextChoices):
        LIVE = "live", _("put into the shop")
        KEPT = "kept", _("kept")
        ASIDE = "aside", _("laid aside")

    collection = models.ForeignKey(
        Collection, models.CASCADE, related_name="versions", null=True, blank=True
    )
    piece = models.ForeignKey(Piece, models.CASCADE, related_name="versions", null=True, blank=True)
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.KEPT)
    snapshot = models.JSONField(default=dict)
    # Of a draft that was laid aside: the changes, also those that do not validate.
    answers = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True
    )
    at = models.DateTimeField(default=now)

    objects = OfThing["Version"].as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=_ONE_THING, name="version_of_one_thing")]
        indexes = [
            models.Index(fields=["collection", "-at"]),
            models.Index(fields=["piece", "-at"]),
        ]

    def __str__(self) -> str:
        return f"{self.collection or self.piece}: {self.get_kind_display()}"
