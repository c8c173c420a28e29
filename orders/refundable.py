"""What can still be given back of an order, and taking a part out of it so that none is twice.

Within the transaction that writes the refund down, under the order's lock.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _

from catalog.models import Variant
from orders.banks import standing
from orders.models import Order, OrderLine, Parcel, Refund
from orders.prices import shares
from shop.money import step

STATES = [Order.State.PAID, Order.State.PARTIALLY_REFUNDED]


class TooMuch(Exception):
    """More than was paid and not given back, of the order, a line or the post."""


class NotRefundable(Exception):
    """The order is not paid, or stands in a state in which no money is given back by hand."""


@dataclass(frozen=True, slots=True)
class Part:
    """What of a line is given back: ``quantity`` pieces (or none), ``amount`` minor units."""

    line: OrderLine
    quantity: int
    amount: int
    restock: bool = False


def left(order: Order) -> int:
    """What can still be given back of an order, in minor units."""
    if order.state not in STATES:
        return 0
    return max(order.total - order.refunded_total - standing.lost(order), 0)


def why_not(order: Order) -> str:
    """Why nothing can be given back of an order in another state than ``STATES``."""
    if order.state == Order.State.DISPUTED:
        return _(
            "The bank has this payment in dispute and holds the money: nothing can be given back "
            "before it has decided."
        )
    if order.state == Order.State.DISPUTE_LOST:
        return _("The bank has taken this payment back: there is nothing left to give back.")
    return _("Nothing can be given back for this order now: see its state.")


def due(line: OrderLine, quantity: int) -> int:
    """What so many of a line's pieces still cost, in minor units.

    A share of what is left of its price, to the currency's smallest step; the last piece takes
    the rest, so that however many refunds there are, their sum is the price.
    """
    pieces = line.refundable_quantity
    if quantity >= pieces:
        return line.refundable
    smallest = step(line.order.currency)
    share = 2 * line.refundable * quantity + pieces * smallest
    return share // (2 * pieces * smallest) * smallest


def post_left(order: Order, parcel: Parcel) -> int:
    """What of its parcel's post a maker may still give back, in minor units."""
    counted = Refund.objects.filter(order=order, state__in=Refund.COUNTED, shipping_amount__gt=0)
    own: Counter[int] = Counter()
    for whose, amount in counted.exclude(parcel=None).values_list("parcel", "shipping_amount"):
        own[whose] += amount
    parcels = list(order.parcels.order_by("pk"))
    tax, given = order.shipping_tax, order.shipping_refunded
    left = shares.post_left(parcels, tax, given, own, smallest=step(order.currency))
    whole = order.shipping_total + order.shipping_tax - order.shipping_refunded
    return max(min(left.get(parcel.pk, 0), whole), 0)


def take(
    order: Order,
    amount: int,
    shipping: int,
    parts: Sequence[Part],
    *,
    parcel: Parcel | None = None,
) -> None:
    """Take the amounts out of what can be given back: one conditional UPDATE a row, or TooMuch.

    With ``parcel`` nothing of any other parcel can be among them.
    """
    if parcel and any(part.line.parcel_id != parcel.pk for part in parts):
        raise TooMuch(_("That is not of this parcel."))
    if parcel and shipping > post_left(order, parcel):
        raise TooMuch(_("That is more than can still be given back."))
    whole = Order.objects.filter(
        pk=order.pk,
        state__in=STATES,
        refunded_total__lte=F("total") - amount - standing.lost(order),
        shipping_refunded__lte=F("shipping_total") + F("shipping_tax") - shipping,
    )
    if amount <= 0 or not whole.update(
        refunded_total=F("refunded_total") + amount,
        shipping_refunded=F("shipping_refunded") + shipping,
    ):
        raise TooMuch(_("That is more than can still be given back."))
    _take_lines(order, parts)


def allot(order: Order, shipping: int, parts: Sequence[Part]) -> None:
    """Say of an amount that is counted already that it was for these; or TooMuch."""
    post = Order.objects.filter(
        pk=order.pk,
        shipping_refunded__lte=F("shipping_total") + F("shipping_tax") - shipping,
    )
    if not post.update(shipping_refunded=F("shipping_refunded") + shipping):
        raise TooMuch(_("That is more than the post has cost."))
    _take_lines(order, parts)


def _take_lines(order: Order, parts: Sequence[Part]) -> None:
    for part in sorted(parts, key=lambda part: part.line.pk):
        line = OrderLine.objects.filter(
            pk=part.line.pk,
            order=order,
            refunded__lte=F("paid") - part.amount,
            refunded_quantity__lte=F("quantity") - part.quantity,
        )
        if not line.update(
            refunded=F("refunded") + part.amount,
            refunded_quantity=F("refunded_quantity") + part.quantity,
        ):
            raise TooMuch(
                _("%s: that is more than can still be given back for it.") % part.line.title
            )


def restock(parts: Sequence[Part]) -> None:
    """Put what came back into stock, never more of a line than was sold."""
    for part in sorted(parts, key=lambda part: part.line.variant_id or 0):
        line = OrderLine.objects.filter(
            pk=part.line.pk, restocked__lte=F("quantity") - part.quantity
        )
        there = Variant.objects.filter(order_lines=part.line.pk)
        if (
            not part.quantity
            or not line.update(restocked=F("restocked") + part.quantity)
            or not there.update(stock=F("stock") + part.quantity)
        ):
            raise TooMuch(_("%s: that many cannot be put into stock again.") % part.line.title)
