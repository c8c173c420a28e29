"""What can still be given back of an order, and taking a part out of it so that none is twice.

Within the transaction that writes the refund down, under the order's lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _

from catalog.models import Variant
from orders.models import Order, OrderLine
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
    return order.total - order.refunded_total if order.state in STATES else 0


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


def take(order: Order, amount: int, shipping: int, parts: Sequence[Part]) -> None:
    """Take the amounts out of what can be given back: one conditional UPDATE a row, or TooMuch."""
    whole = Order.objects.filter(
        pk=order.pk,
        state__in=STATES,
        refunded_total__lte=F("total") - amount,
        shipping_refunded__lte=F("shipping_total") + F("shipping_tax") - shipping,
    )
    if amount <= 0 or not whole.update(
        refunded_total=F("refunded_total") + amount,
        shipping_refunded=F("shipping_refunded") + shipping,
    ):
        raise TooMuch(_("That is more than can still be given back."))
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
