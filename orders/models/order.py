"""An order, its parcels (one per designer), its lines and what happened to it."""

import secrets
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from catalog.models import Collection, Piece, Variant
from designers.models import AnyUser, Designer, is_owner
from orders.models.cart import Cart, Hold

# Without 0, O, 1, I and vowels: a number is read over the telephone and spells nothing.
_ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"


def order_number() -> str:
    return "M-" + "".join(secrets.choice(_ALPHABET) for _ in range(6))


def order_token() -> str:
    return secrets.token_urlsafe(24)


class Order(models.Model):
    """What somebody buys at once. Amounts are minor units of ``currency``."""

    class State(models.TextChoices):
        AWAITING_PAYMENT = "awaiting_payment", _("awaiting payment")
        PROCESSING = "processing", _("payment on its way")
        PAID = "paid", _("paid")
        PARTIALLY_REFUNDED = "partially_refunded", _("refunded in part")
        REFUNDED = "refunded", _("refunded")
        EXPIRED = "expired", _("not paid in time")
        FAILED = "failed", _("payment failed")
        CANCELLED = "cancelled", _("cancelled")
        REVIEW = "review", _("needs a person")
        DISPUTED = "disputed", _("disputed")
        DISPUTE_LOST = "dispute_lost", _("dispute lost")

    number = models.CharField(
        _("number"), max_length=12, unique=True, default=order_number, editable=False
    )
    token = models.CharField(max_length=40, unique=True, default=order_token, editable=False)
    state = models.CharField(
        _("state"), max_length=18, choices=State.choices, default=State.AWAITING_PAYMENT
    )
    cart = models.ForeignKey(Cart, models.SET_NULL, related_name="orders", null=True, blank=True)
    # Of what was ordered and how it is posted: the same twice from one basket is a double click.
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2)
    # {"name", "line1", "line2", "postal_code", "city", "state", "country"} as Stripe gives it.
    address = models.JSONField(_("address"), default=dict, blank=True)
    currency = models.CharField(max_length=3)
    items_total = models.PositiveIntegerField(_("pieces"), default=0)
    shipping_total = models.PositiveIntegerField(_("post"), default=0)
    # The code it was made with, as it was then.
    code = models.CharField(_("code"), max_length=24, blank=True)
    discount_total = models.PositiveIntegerField(_("discount"), default=0)
    total = models.PositiveIntegerField(_("total"), default=0)
    # Tax on top of the prices; where prices contain it, it is told and not added.
    tax_added = models.PositiveIntegerField(_("tax added"), default=0)
    # What of it is on the post.
    shipping_tax = models.PositiveIntegerField(default=0)
    tax_included = models.PositiveIntegerField(_("tax included"), default=0)
    # Sums of the refunds that are asked for, on their way or done; orders/refunds.py keeps them.
    refunded_total = models.PositiveIntegerField(_("refunded"), default=0)
    shipping_refunded = models.PositiveIntegerField(_("post refunded"), default=0)
    # Which terms whoever pressed the button accepted by it; when, ``created_at`` says.
    terms_version = models.CharField(_("terms of"), max_length=20, blank=True, editable=False)
    payment_note = models.CharField(_("paid by"), max_length=60, blank=True)  # "Visa ending 4242"
    review_reason = models.CharField(_("why it needs a person"), max_length=240, blank=True)
    created_at = models.DateTimeField(_("made"), default=now, editable=False, db_index=True)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded_total__lte=F("total")), name="order_refunded_at_most_total"
            ),
            models.CheckConstraint(
                condition=Q(
                    shipping_refunded__lte=F("shipping_total") + F("shipping_tax"),
                    shipping_tax__lte=F("tax_added"),
                ),
                name="order_shipping_refunded_at_most_paid",
            ),
            models.CheckConstraint(
                condition=Q(
                    total=F("items_total")
                    + F("shipping_total")
                    - F("discount_total")
                    + F("tax_added")
                ),
                name="order_total_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("orders:order", args=[self.token])

    @property
    def recipient(self) -> str:
        """Whose name stands on the parcels: of a present, another's than who bought it."""
        return str(self.address.get("name") or self.name)

    @property
    def transfer_group(self) -> str:
        """Under which its payment and its transfers are found at Stripe."""
        return f"order_{self.pk}"

    @property
    def is_paid(self) -> bool:
        """Whether the money was received, whatever happened to it later."""
        return self.paid_at is not None


class ParcelQuerySet(models.QuerySet["Parcel"]):
    def for_user(self, user: AnyUser) -> Self:
        """Those of the designers whom this person works for; the owner sees all."""
        if is_owner(user):
            return self
        return self.filter(designer__in=Designer.objects.for_user(user))

    def to_send(self) -> Self:
        """Those paid for and not yet posted, the most urgent first."""
        return self.filter(
            state__in=[Parcel.State.NEW, Parcel.State.MAKING],
            order__state__in=[Order.State.PAID, Order.State.PARTIALLY_REFUNDED],
        ).order_by("post_by", "pk")


class Parcel(models.Model):
    """What one designer makes and posts for one order; the only part of it a designer sees."""

    class State(models.TextChoices):
        NEW = "new", _("to do")
        MAKING = "making", _("on the bench")
        SHIPPED = "shipped", _("posted")
        DELIVERED = "delivered", _("arrived")
        CANCELLED = "cancelled", _("cancelled")

    class Stage(models.IntegerChoices):
        DRAWN = 0, _("Drawn")
        FORMED = 1, _("Formed")
        SET = 2, _("Set")
        HALLMARKED = 3, _("Hallmarked")
        POSTED = 4, _("Posted")

    order = models.ForeignKey(Order, models.PROTECT, related_name="parcels")
    designer = models.ForeignKey(
        Designer, models.PROTECT, related_name="parcels", verbose_name=_("maker")
    )
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.NEW)
    stage = models.PositiveSmallIntegerField(_("stage"), choices=Stage.choices, default=Stage.DRAWN)
    # {"0": "2026-11-03", ...}: the day each stage was reached.
    stage_days = models.JSONField(default=dict, editable=False)
    items_total = models.PositiveIntegerField(default=0)
    shipping = models.PositiveIntegerField(_("post"), default=0)
    # What the house gives the maker for the post in the shopper's place: a code for free post.
    house_shipping = models.PositiveIntegerField(default=0)
    post_by = models.DateField(_("leaves by"))
    arrives_by = models.DateField(_("with them by"))
    wrap = models.BooleanField(_("wrapped"), default=False)
    hide_prices = models.BooleanField(_("no prices in the box"), default=False)
    gift_note = models.CharField(_("note"), max_length=200, blank=True)
    maker_note = models.CharField(_("a line from the maker"), max_length=240, blank=True)
    carrier = models.CharField(_("carrier"), max_length=40, blank=True)
    tracking = models.CharField(_("tracking number"), max_length=60, blank=True)
    shipped_at = models.DateTimeField(_("posted"), null=True, blank=True)

    objects = ParcelQuerySet.as_manager()

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        ordering = ["post_by", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "designer"], name="parcel_once_per_designer"),
            models.CheckConstraint(
                condition=~Q(state="shipped") | Q(shipped_at__isnull=False),
                name="parcel_shipped_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order.number}, {self.designer.short_name}"

    @property
    def stage_now(self) -> "Parcel.Stage":
        """How far it is; what lay ready was made before anybody ordered it.

        No query when its lines are prefetched.
        """
        made = any(line.is_made for line in self.lines.all())
        ready = not made and not self.stage
        return Parcel.Stage.HALLMARKED if ready else Parcel.Stage(self.stage)

    @property
    def is_urgent(self) -> bool:
        """Whether it must leave by tomorrow, in the shop's time zone."""
        return self.post_by <= localdate() + timedelta(days=1)


class OrderLine(models.Model):
    """A snapshot of what was bought, true even when the piece has changed since."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="lines")
    variant = models.ForeignKey(Variant, models.SET_NULL, related_name="order_lines", null=True)
    hold = models.OneToOneField(
        Hold, models.PROTECT, related_name="order_line", null=True, blank=True
    )
    title = models.CharField(_("piece"), max_length=80)
    label = models.CharField(_("size"), max_length=40, blank=True)
    sku = models.CharField(max_length=40, blank=True)
    engraving = models.CharField(_("engraving"), max_length=60, blank=True)
    is_made = models.BooleanField(_("made to order"), default=False)
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)
    unit_price = models.PositiveIntegerField(_("price"))
    total = models.PositiveIntegerField(_("total"))
    # What was taken off the price, and what of that the house bears instead of the maker.
    discount = models.PositiveIntegerField(_("discount"), default=0)
    house_discount = models.PositiveIntegerField(default=0)
    # The tax on what was paid; what of it was put on top of the price the house hands on.
    tax = models.PositiveIntegerField(_("tax"), default=0)
    tax_added = models.PositiveIntegerField(default=0)
    paid = models.GeneratedField(
        expression=F("total") - F("discount") + F("tax_added"),
        output_field=models.PositiveIntegerField(_("paid")),
        db_persist=True,
    )
    refunded = models.PositiveIntegerField(_("refunded"), default=0)
    refunded_quantity = models.PositiveSmallIntegerField(default=0)
    # How many came back and were put into stock again.
    restocked = models.PositiveSmallIntegerField(default=0)
    # How many an open return or mend is about; orders/afterwards/aftersale.py keeps it.
    asked_quantity = models.PositiveSmallIntegerField(default=0)
    commission_basis_points = models.PositiveSmallIntegerField(default=0)
    # Of the price less what the maker gave off it; a tax on top bears none.
    commission = models.PositiveIntegerField(_("commission"), default=0)
    # The story from which it was reached, if it was.
    story = models.ForeignKey(Collection, models.SET_NULL, related_name="+", null=True, blank=True)
    # {"maker", "materials", "image": {...}, "path"}: what the order page and mails show.
    snapshot = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(total=F("unit_price") * F("quantity")), name="order_line_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(
                    refunded__lte=F("total") - F("discount") + F("tax_added"),
                    discount__lte=F("total"),
                    house_discount__lte=F("discount"),
                    tax_added__lte=F("tax"),
                ),
                name="order_line_refunded_at_most_paid",
            ),
            models.CheckConstraint(
                condition=Q(refunded_quantity__lte=F("quantity"), restocked__lte=F("quantity")),
                name="order_line_given_back_at_most_quantity",
            ),
            models.CheckConstraint(
                condition=Q(asked_quantity__lte=F("quantity")),
                name="order_line_asked_at_most_quantity",
            ),
            models.CheckConstraint(
                condition=Q(commission__lte=F("total")), name="order_line_commission_at_most_total"
            ),
        ]

    def __str__(self) -> str:
        is_only = self.label.lower() == str(Piece.Sized.NONE.label).lower()
        return self.title if is_only else f"{self.title} {self.label}".strip()

    @property
    def refundable(self) -> int:
        """What of its price has not been given back, in minor units."""
        return self.total - self.discount + self.tax_added - self.refunded

    @property
    def refundable_quantity(self) -> int:
        return self.quantity - self.refunded_quantity


class OrderEvent(models.Model):
    """Something that happened to an order; only ever added to."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="events")
    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="events", null=True, blank=True)
    # The request of the shopper of which it was a step.
    aftersale = models.ForeignKey(
        "orders.AfterSale", models.CASCADE, related_name="events", null=True, blank=True
    )
    kind = models.CharField(max_length=30)
    text = models.CharField(max_length=400, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True
    )
    at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"
