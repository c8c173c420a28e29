"""What a shopper asks for after buying: to call off, send back, have altered or mended."""

import secrets
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from catalog.models.photo import originals
from designers.models import AnyUser, Designer, is_owner
from orders.models.order import OrderLine, Parcel
from orders.models.payment import Refund


def photo_name(_asked: "AfterSale", _filename: str) -> str:
    """A name that tells nothing and cannot be guessed."""
    return f"requests/{secrets.token_hex(16)}.jpg"


class AfterSaleQuerySet(models.QuerySet["AfterSale"]):
    def for_user(self, user: AnyUser) -> Self:
        """Those about parcels of the designers whom this person works for; the owner sees all."""
        if is_owner(user):
            return self
        return self.filter(parcel__designer__in=Designer.objects.for_user(user))

    def open(self) -> Self:
        return self.exclude(state__in=AfterSale.OVER)

    def to_do(self, user: AnyUser) -> Self:
        """Those that wait for this person; the owner is also asked for the money of a return."""
        mends = Q(kind__in=AfterSale.MENDS, state__in=AfterSale.ON_THE_BENCH)
        wanted = Q(state=AfterSale.State.ASKED) | mends
        if is_owner(user):
            wanted |= Q(kind=AfterSale.Kind.RETURN, state=AfterSale.State.ARRIVED)
        return self.for_user(user).filter(wanted)


class AfterSale(models.Model):
    """One thing that is asked for about one parcel, and how far it has come.

    Which step leads from where to where, and who may take it: see
    ``orders/afterwards/aftersale_steps.py``.
    """

    class Kind(models.TextChoices):
        CANCELLATION = "cancellation", _("calling it off")
        RETURN = "return", _("sending it back")
        RESIZE = "resize", _("another size")
        REPAIR = "repair", _("mending")

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        QUOTED = "quoted", _("price named")
        ACCEPTED = "accepted", _("agreed")
        POSTED = "posted", _("on its way to the maker")
        ARRIVED = "arrived", _("with the maker")
        DONE = "done", _("done")
        SENT_BACK = "sent_back", _("on its way back")
        REFUNDED = "refunded", _("money given back")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        LAPSED = "lapsed", _("lapsed")

    class Reason(models.TextChoices):
        CHANGED_MIND = "changed_mind", _("It is not for me after all")
        DOES_NOT_FIT = "does_not_fit", _("It does not fit")
        NOT_AS_SHOWN = "not_as_shown", _("It looks other than I thought")
        BROKEN = "broken", _("Something is wrong with it")
        OTHER = "other", _("Something else")

    MENDS = (Kind.RESIZE, Kind.REPAIR)
    # A mend that is here: to be done, or done and to be posted.
    ON_THE_BENCH = (State.ARRIVED, State.DONE)
    OVER = (State.SENT_BACK, State.REFUNDED, State.REFUSED, State.WITHDRAWN, State.LAPSED)

    parcel = models.ForeignKey(
        Parcel, models.PROTECT, related_name="aftersales", verbose_name=_("parcel")
    )
    lines: "models.ManyToManyField[OrderLine, AfterSaleLine]" = models.ManyToManyField(
        OrderLine, through="AfterSaleLine", related_name="aftersales"
    )
    kind = models.CharField(_("what"), max_length=12, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.ASKED)
    # Of the form it came from: the same form sent twice is one request.
    token = models.UUIDField(unique=True, default=uuid4, editable=False)
    reason = models.CharField(_("why"), max_length=12, choices=Reason.choices, blank=True)
    words = models.TextField(_("in their words"), max_length=1000, blank=True)
    # A clean picture made of what they sent, for its maker, the owner and themselves.
    photo = models.FileField(
        _("photograph"), upload_to=photo_name, storage=originals, max_length=160, blank=True
    )
    new_size = models.CharField(_("wished size"), max_length=40, blank=True)
    # The maker's answer, as the shopper reads it last.
    answer = models.TextField(_("the maker's words"), max_length=1000, blank=True)
    # Minor units of the order's currency; nothing for a return, 0 for free.
    price = models.PositiveIntegerField(_("price"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("days of work"), null=True, blank=True)
    send_to = models.TextField(_("where to send it"), max_length=400, blank=True)
    # The day after which what was agreed or named no longer holds.
    until = models.DateField(_("until"), null=True, blank=True)
    carrier = models.CharField(_("carrier"), max_length=40, blank=True)
    tracking = models.CharField(_("tracking number"), max_length=60, blank=True)
    # What the refund of a return is asked for with, so that it is given once.
    refund_token = models.UUIDField(default=uuid4, editable=False)
    refund = models.OneToOneField(
        Refund, models.SET_NULL, related_name="aftersale", null=True, blank=True
    )
    created_at = models.DateTimeField(_("asked"), default=now, editable=False)
    moved_at = models.DateTimeField(_("last step"), default=now, editable=False)

    objects = AfterSaleQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "until"])]
        constraints = [
            models.UniqueConstraint(
                fields=["parcel"],
                condition=Q(kind="cancellation", state__in=["asked", "done"]),
                name="aftersale_one_cancellation_a_parcel",
            ),
            models.CheckConstraint(
                condition=~Q(state="refunded") | Q(kind="return"), name="aftersale_refunded_return"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parcel}: {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        """The shopper's page; causes queries unless parcel and order were read with it."""
        return reverse("orders:aftersale", args=[self.parcel.order.token, self.pk])

    @property
    def state_words(self) -> str:
        """The state as a word; what is done where a parcel is called off is not a mend."""
        if self.kind == self.Kind.CANCELLATION and self.state == self.State.DONE:
            return str(_("called off"))
        return str(self.get_state_display())

    @property
    def is_over(self) -> bool:
        """Whether nobody has anything left to do; a cancellation ends where a mend is half done."""
        done = self.kind == self.Kind.CANCELLATION and self.state == self.State.DONE
        return done or self.state in self.OVER


class AfterSaleLine(models.Model):
    """What of a line is asked about."""

    aftersale = models.ForeignKey(AfterSale, models.CASCADE, related_name="parts")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="aftersale_parts")
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)

    class Meta:
        verbose_name = _("piece of a request")
        verbose_name_plural = _("pieces of a request")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["aftersale", "line"], name="aftersale_line_once_per_line"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0), name="aftersale_line_quantity_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} × {self.quantity}"
