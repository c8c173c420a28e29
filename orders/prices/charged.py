"""What Stripe charged, against what was ordered; and the tax, where Stripe reckons it."""

from collections.abc import Sequence

from django.db.models import F
from django.utils.translation import gettext as _

from orders.models import Order, OrderLine, PaymentAttempt
from orders.records import Line, Session


def mismatch(
    order: Order, attempt: PaymentAttempt, session: Session, lines: Sequence[Line]
) -> str | None:
    """In words, where what Stripe took differs from what was ordered."""
    tax = session.amount_tax if is_added_by_stripe(attempt) else 0
    if session.currency != order.currency:
        return _("It was paid in another currency: %s.") % session.currency
    if (
        session.amount_total != attempt.expected_total + tax
        or session.amount_shipping != order.shipping_total
    ):
        return _("Another amount was paid: %d.") % session.amount_total
    if session.amount_discount != order.discount_total:
        return _("Another discount was given: %d.") % session.amount_discount
    if session.amount_tax and not is_reckoned_by_stripe(attempt):
        return _("Tax was added that nobody asked for: %d.") % session.amount_tax
    ordered = sorted(_ordered(order, attempt))
    charged = sorted((line.quantity, line.amount_subtotal) for line in lines)
    if session.amount_subtotal != sum(total for _count, total in ordered) or ordered != charged:
        return _("Other lines were paid than ordered.")
    return None


def _ordered(order: Order, attempt: PaymentAttempt) -> list[tuple[int, int]]:
    lines = [(line.quantity, line.total) for line in order.lines.all()]
    has_own_tax = order.tax_added and not is_reckoned_by_stripe(attempt)
    return [*lines, (1, order.tax_added)] if has_own_tax else lines


def is_reckoned_by_stripe(attempt: PaymentAttempt) -> bool:
    """Whether the attempt's session asks Stripe to reckon the tax."""
    return bool(attempt.parameters.get("automatic_tax", {}).get("enabled"))


def is_added_by_stripe(attempt: PaymentAttempt) -> bool:
    """Whether Stripe puts the tax on top of the prices."""
    behaviours = {
        item["price_data"].get("tax_behavior") for item in attempt.parameters.get("line_items", [])
    }
    return is_reckoned_by_stripe(attempt) and behaviours == {"exclusive"}


def take_tax(order: Order, attempt: PaymentAttempt, session: Session, lines: list[Line]) -> None:
    """Write the tax that Stripe reckoned on the order and its lines; the same twice.

    Belongs into the transaction that settles, under the order's lock.
    """
    if not is_reckoned_by_stripe(attempt):
        return
    is_added = is_added_by_stripe(attempt)
    for line in lines:
        tax = {"tax": line.amount_tax, "tax_added": line.amount_tax if is_added else 0}
        OrderLine.objects.filter(order=order, pk=line.order_line or 0).update(**tax)
    mine = Order.objects.filter(pk=order.pk)
    if is_added:
        mine.update(
            tax_added=session.amount_tax,
            shipping_tax=session.amount_tax - sum(line.amount_tax for line in lines),
            total=F("total") - F("tax_added") + session.amount_tax,
        )
    else:
        mine.update(tax_included=session.amount_tax)
    order.refresh_from_db(fields=["tax_added", "shipping_tax", "tax_included", "total"])
