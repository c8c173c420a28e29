"""How often something was looked at, put in a basket, or asked for in vain: a number a day."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from designers.models import AnyUser, Designer, is_owner


class FigureQuerySet(models.QuerySet["Figure"]):
    def for_user(self, user: AnyUser) -> Self:
        """Those of the designers whom this person works for; the owner sees all."""
        if is_owner(user):
            return self
        return self.filter(designer__in=Designer.objects.for_user(user))


class Figure(models.Model):
    """So many times on one day, and nothing of who it was.

    What the database knows anyway is not counted here: sales are lines of orders. A variant is
    told by its piece and the name of its size, so that a size that nobody makes has a number too.
    """

    class Kind(models.TextChoices):
        VIEW = "view", _("looked at")
        BASKET = "basket", _("put in a basket")
        ASKED = "asked", _("asked for in vain")

    class Subject(models.TextChoices):
        PIECE = "piece", _("piece")
        COLLECTION = "collection", _("collection")
        DESIGNER = "designer", _("maker")
        INSPIRATION = "inspiration", _("inspiration")

    # In the shop's time zone.
    day = models.DateField(_("day"))
    kind = models.CharField(_("what happened"), max_length=6, choices=Kind.choices)
    subject = models.CharField(_("to what"), max_length=11, choices=Subject.choices)
    subject_id = models.PositiveBigIntegerField()
    size = models.CharField(_("size"), max_length=40, blank=True)
    # Whose it is; an inspiration is nobody's.
    designer = models.ForeignKey(
        Designer, models.CASCADE, related_name="figures", null=True, verbose_name=_("maker")
    )
    number = models.PositiveIntegerField(_("times"), default=0)

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ["-day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "kind", "subject", "subject_id", "size"], name="figure_once_a_day"
            )
        ]
        # All that a sum by day needs: the rows themselves are not read.
        indexes = [models.Index(fields=["designer", "day", "kind", "number"])]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.subject} {self.subject_id}: {self.number}"
