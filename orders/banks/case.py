"""All that is known of an order, told so that somebody who was not there believes it."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from orders import wording
from orders.models import Order, OrderEvent, OutboxLetter, Parcel
from orders.pages import order_words
from orders.pages.order_page import LineTold
from orders.post import addresses
from shop.money import format_money

type Told = tuple[datetime, str]


class Case:
    """An order in rows: what was bought, said, posted and given back, each with its day."""

    def __init__(self, order: Order) -> None:
        self.order = order

    @cached_property
    def parcels(self) -> list[Parcel]:
        rows = self.order.parcels.select_related("designer")
        return list(rows.prefetch_related("lines__variant__piece").order_by("pk"))

    @property
    def lines(self) -> list[tuple[LineTold, Parcel, str]]:
        """Each line with its parcel and its price."""
        return [
            (LineTold(line), parcel, self.money(line.total))
            for parcel in self.parcels
            for line in parcel.lines.all()
        ]

    @property
    def posted(self) -> list[Parcel]:
        return [parcel for parcel in self.parcels if parcel.shipped_at]

    @property
    def address(self) -> list[str]:
        """Where it was sent to, row by row, in full."""
        return addresses.of(self.order).rows

    @property
    def sums(self) -> list[tuple[str, str]]:
        order = self.order
        rows = [(_("Pieces"), order.items_total), (_("Post"), order.shipping_total)]
        rows += [(_("Taken off"), -order.discount_total)] if order.discount_total else []
        rows += [(_("Tax added"), order.tax_added)] if order.tax_added else []
        return [(word, self.money(sum_)) for word, sum_ in [*rows, (_("Together"), order.total)]]

    @property
    def happened(self) -> list[Told]:
        """What was done and said, the first thing first."""
        events = self.order.events.select_related("parcel__designer")
        told = [(event.at, _said(event)) for event in events]
        return [(at, words) for at, words in told if words]

    @property
    def letters(self) -> list[Told]:
        """What was written to the shopper, and when it was sent."""
        order = self.order
        about: dict[tuple[str, int], str] = {
            ("confirmation", order.pk): _("The order confirmed, with its pieces and days"),
            ("waiting", order.pk): _("The payment is on its way"),
            ("order_goes_on", order.pk): _("The order goes on, with its new days"),
        }
        for parcel in self.parcels:
            words = _("The parcel from %s is on its way") % parcel.designer.short_name
            about["shipped", parcel.pk] = words
        for refund in order.refunds.all():
            about["refund", refund.pk] = _("%s goes back") % self.money(refund.amount)
        kinds, subjects = zip(*about, strict=True)
        sent = OutboxLetter.objects.filter(kind__in=kinds, subject__in=subjects).exclude(
            sent_at=None
        )
        rows = [(row.sent_at, about.get((row.kind, row.subject))) for row in sent]
        return sorted((at, words) for at, words in rows if at and words)

    @property
    def refunds(self) -> list[tuple[datetime, str, str, str]]:
        """When, how much, how it stands, and for what."""
        rows = self.order.refunds.prefetch_related("lines__order_line")
        return [
            (
                refund.created_at,
                self.money(refund.amount),
                str(refund.get_state_display()),
                ", ".join(word for word, _amount in wording.refunded(refund)) or refund.reason,
            )
            for refund in rows
        ]

    @property
    def terms(self) -> str:
        """Where the terms stand; what is linked is not said to have been read."""
        terms, returns = reverse("terms"), reverse("help", args=["returns"])
        linked = _(
            "The terms (%(terms)s) and how to send something back (%(returns)s) are linked from "
            "every page of the shop, the basket and the checkout among them. Whoever bought may "
            "send it back within %(days)d days of having it."
        ) % {
            "terms": settings.SITE_URL + terms,
            "returns": settings.SITE_URL + returns,
            "days": settings.RETURN_DAYS,
        }
        return " ".join(filter(None, [linked, self._accepted]))

    @property
    def _accepted(self) -> str:
        order = self.order
        if not order.terms_version:
            return ""
        return _("The terms of %(version)s were accepted with the order, on %(day)s.") % {
            "version": order.terms_version,
            "day": wording.dated(order.created_at),
        }

    def money(self, amount: int) -> str:
        return format_money(amount, self.order.currency)


def _said(event: OrderEvent) -> str:
    maker = event.parcel.designer.name if event.parcel else ""
    if event.kind == "maker_note":
        return _("%(maker)s wrote: “%(text)s”") % {"maker": maker, "text": event.text}
    if event.kind == "stage":
        return f"{maker}: {event.text}"
    words = order_words.event_words().get(event.kind, "") % {"maker": maker}
    # A session's number or Stripe's says nothing to a reader.
    told = event.text if event.kind in {"shipped", "postponed"} else ""
    return f"{words}: {told}" if words and told else words
