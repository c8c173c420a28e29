"""Rates of tax by where a parcel goes and what is in it."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Piece


class TaxRate(models.Model):
    """So many basis points for a country, a category of pieces, both, or the post.

    The most particular wins: country and category, country, category; without any the
    shop's own rate (``SHOP_TAX_BASIS_POINTS``) is the rule.
    """

    POST = "post"

    country = models.CharField(_("country"), max_length=2, blank=True)
    category = models.CharField(
        _("for"),
        max_length=8,
        blank=True,
        choices=[*Piece.TaxCategory.choices, (POST, _("the post"))],
    )
    basis_points = models.PositiveSmallIntegerField(
        _("per cent"), validators=[MaxValueValidator(10_000)]
    )

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        ordering = ["country", "category"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "category"],
                name="tax_rate_once",
                violation_error_message=_("There is a rate for this country and category already."),
            ),
            models.CheckConstraint(
                condition=Q(basis_points__lte=10_000), name="tax_rate_at_most_all"
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.country, self.get_category_display()))) or "–"
