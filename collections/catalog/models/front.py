"""What the shop's owner has chosen for the first page, beside the order of the collections."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.collection import Collection
from catalog.models.piece import Piece


class Front(models.Model):
    """The story in front and the words; one row, and what is empty is the house's own."""

    lead = models.ForeignKey(
        Collection, models.SET_NULL, null=True, related_name="+", verbose_name=_("in front")
    )
    opening = models.TextField(_("opening words"), max_length=400, blank=True)
    heading = models.CharField(_("above the pieces"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("first page")
        verbose_name_plural = _("first page")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="front_is_one")]

    def __str__(self) -> str:
        return str(_("The first page"))


class FrontPiece(models.Model):
    """A piece that was laid on the first page, before the newest ones."""

    piece = models.OneToOneField(Piece, models.CASCADE, related_name="on_front")
    position = models.PositiveSmallIntegerField(_("place"))

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return str(self.piece)
