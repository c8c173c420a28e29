"""Codes that take something off, and who has used which."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from designers.models import AnyUser, Designer, is_owner
from orders.models.order import Order


class DiscountQuerySet(models.QuerySet["Discount"]):
    def for_user(self, user: AnyUser) -> Self:
        """Those of the designers whom this person works for; the owner sees all."""
        if is_owner(user):
            return self
        return self.filter(designer__in=Designer.objects.for_user(user))

    def unused(self) -> Self:
        """Those of which one use is left."""
        return self.filter(Q(most_uses=None) | Q(uses__lt=F("most_uses")))


class Discount(models.Model):
    """A code for the whole shop or for one designer's pieces, borne by the house or by them."""

    class Kind(models.TextChoices):
        PERCENT = "percent", _("a part of the price")
        AMOUNT = "amount", _("an amount")
        POST = "post", _("free post")

    class Funding(models.TextChoices):
        HOUSE = "house", _("the house")
        DESIGNER = "designer", _("the maker")

    # Capitals and digits: what is typed is compared so.
    code = models.CharField(_("code"), max_length=24, unique=True)
    kind = models.CharField(_("takes off"), max_length=7, choices=Kind.choices)
    basis_points = models.PositiveSmallIntegerField(_("per cent"), null=True, blank=True)
    amount = models.PositiveIntegerField(_("amount"), null=True, blank=True)
    designer = models.ForeignKey(
        Designer,
        models.CASCADE,
        related_name="discounts",
        verbose_name=_("maker"),
        null=True,
        blank=True,
    )
    funding = models.CharField(
        _("borne by"), max_length=8, choices=Funding.choices, default=Funding.HOUSE
    )
    # Of the pieces it is for, before it takes anything off.
    minimum = models.PositiveIntegerField(_("from a sum of"), default=0)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    most_uses = models.PositiveIntegerField(_("most uses in all"), null=True, blank=True)
    # Orders that are paid or can still be paid with it; only orders/prices/discounts.py
    # counts them.
    uses = models.PositiveIntegerField(_("used"), default=0, editable=False)
    once_per_customer = models.BooleanField(_("once for each customer"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = DiscountQuerySet.as_manager()

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="percent", basis_points__gt=0, basis_points__lte=10_000)
                | Q(kind="amount", amount__gt=0)
                | Q(kind="post"),
                name="discount_takes_something_off",
            ),
            models.CheckConstraint(
                condition=Q(funding="house") | Q(designer__isnull=False),
                name="discount_of_maker_has_maker",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def save(self, *args: object, **kwargs: object) -> None:
        self.code = "".join(self.code.upper().split())
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def is_of_house(self) -> bool:
        """Whether the house bears it."""
        return self.funding == Discount.Funding.HOUSE

    @property
    def is_over(self) -> bool:
        """Whether its last day is past, in the shop's time zone."""
        return self.ends_on is not None and self.ends_on < localdate()


class DiscountUse(models.Model):
    """That an order was made with a code; it counts while the order is paid or can be."""

    discount = models.ForeignKey(Discount, models.PROTECT, related_name="used")
    order = models.OneToOneField(Order, models.CASCADE, related_name="discount_use")
    # In small letters: one customer is one address.
    email = models.EmailField()
    is_once = models.BooleanField(default=False)
    is_live = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("use of a code")
        verbose_name_plural = _("uses of codes")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["discount", "email"],
                condition=Q(is_once=True, is_live=True),
                name="discount_once_per_customer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.discount}: {self.order}"
