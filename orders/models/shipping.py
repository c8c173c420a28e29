"""What posting a parcel costs and how long it takes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from designers.models import Designer


class ShippingRate(models.Model):
    """A designer's (or, without one, the house's) rate for some countries.

    The most particular rate wins: the designer's before the house's, one that names the
    country before one for its zone, and that before one for everywhere (an empty list). Of
    several alike the cheapest whose insurance covers the parcel.
    """

    designer = models.ForeignKey(
        Designer, models.CASCADE, related_name="shipping_rates", null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=60)
    # Two-letter codes and zones (orders/post/countries.py) separated by spaces; empty: everywhere.
    countries = models.TextField(_("countries"), blank=True)
    amount = models.PositiveIntegerField(_("price"), default=0)
    free_from = models.PositiveIntegerField(_("free from"), null=True, blank=True)
    # The parcel's worth up to which the post insures it, minor units; None: whatever it is worth.
    up_to = models.PositiveIntegerField(_("insured up to"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("days on the way"), default=3)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("shipping rate")
        verbose_name_plural = _("shipping rates")
        ordering = ["designer", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(days__gt=0), name="shipping_takes_a_day"),
            models.CheckConstraint(
                condition=Q(up_to=None) | Q(up_to__gt=0), name="shipping_insures_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name
