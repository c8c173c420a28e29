"""A basket, its lines, and the holds that keep its scarce pieces from everybody else."""

import secrets

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from catalog.models import Collection, Variant
from designers.models import Designer


def cart_token() -> str:
    return secrets.token_urlsafe(24)


class Cart(models.Model):
    """One browser's basket; the browser knows its token by a signed cookie."""

    token = models.CharField(max_length=40, unique=True, default=cart_token, editable=False)
    # What the shopper typed at the checkout, kept so that nothing is typed twice.
    country = models.CharField(max_length=2, blank=True)
    email = models.EmailField(blank=True)
    # A discount's, as it is written; whether it holds is asked anew each time.
    code = models.CharField(max_length=24, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    # Where the request that uses it came from (shop/network.py). No column: only what the
    # basket holds remembers it.
    network = ""

    class Meta:
        verbose_name = _("basket")
        verbose_name_plural = _("baskets")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Hold(models.Model):
    """Some of a variant's stock kept for one basket, then for one order.

    One without a basket is kept for somebody who waited for it. While it is ``active`` or
    ``paying`` its quantity is counted in ``Variant.reserved``. An active one lapses by the
    clock; a paying one only when Stripe says that its session can no longer be paid.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("in a basket")
        PAYING = "paying", _("being paid for")
        SOLD = "sold", _("sold")
        RELEASED = "released", _("given back")

    variant = models.ForeignKey(Variant, models.PROTECT, related_name="holds")
    cart = models.ForeignKey(Cart, models.SET_NULL, related_name="holds", null=True)
    quantity = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    # Once it is given back: when that was.
    expires_at = models.DateTimeField(db_index=True)
    extensions = models.PositiveSmallIntegerField(default=0)
    # Since when its basket or address has had the piece, short pauses not counted.
    kept_since = models.DateTimeField(default=now, editable=False)
    # A keyed hash of the address it is held from; it goes when the hold goes.
    network = models.CharField(max_length=24, blank=True, editable=False, db_index=True)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        indexes = [models.Index(fields=["state", "expires_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="hold_quantity_positive")
        ]

    def __str__(self) -> str:
        return f"{self.variant} × {self.quantity}"

    @property
    def is_kept(self) -> bool:
        """Whether its pieces are kept from everybody else now."""
        if self.state == Hold.State.ACTIVE:
            return self.expires_at > now()
        return self.state == Hold.State.PAYING


class CartLine(models.Model):
    """A variant in a basket: with a hold when it is taken from stock, without when it is made."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="cart_lines")
    hold = models.OneToOneField(
        Hold, models.SET_NULL, related_name="cart_line", null=True, blank=True
    )
    quantity = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    is_made = models.BooleanField(default=False)
    engraving = models.CharField(max_length=60, blank=True)
    # The price the shopper was shown, minor units; a changed one is told before paying.
    shown_price = models.PositiveIntegerField()
    # The story from which it was reached, if it was.
    story = models.ForeignKey(Collection, models.SET_NULL, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        verbose_name = _("line of a basket")
        verbose_name_plural = _("lines of a basket")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cart", "variant", "is_made", "engraving"],
                name="cart_line_once_per_variant",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cart_line_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.variant} × {self.quantity}"

    @property
    def is_held(self) -> bool:
        """Whether what it takes from stock is kept for its basket now."""
        return self.hold is not None and self.hold.is_kept


class GiftWish(models.Model):
    """What the shopper wishes for one designer's parcel, while it is still in the basket."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="gift_wishes")
    designer = models.ForeignKey(Designer, models.CASCADE, related_name="+")
    wrap = models.BooleanField(_("wrap it"), default=False)
    hide_prices = models.BooleanField(_("leave the price out of the parcel"), default=False)
    note = models.CharField(_("a note"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "designer"], name="gift_wish_once_per_parcel")
        ]

    def __str__(self) -> str:
        return self.note or str(self.designer)
