"""The letter to the owner about a payment that a bank believes to be a fraud."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.banks import fraud_warnings
from orders.models import Order
from shop.letters import Letter, NoLonger
from shop.money import format_money


def warned(pk: int) -> tuple[Letter, str]:
    """To the owner; ``pk`` is the order's. Not sent when all the money has gone back."""
    order = Order.objects.get(pk=pk)
    if order.state == Order.State.REFUNDED:
        raise NoLonger("Everything was given back.")
    told = order.events.filter(kind=fraud_warnings.LETTER).last()
    page = reverse("admin:orders_order_change", args=[order.pk])
    words = {
        "number": order.number,
        "why": told.text if told else fraud_warnings.why(""),
        "sum": format_money(order.total, order.currency),
        "posted": _posted(order),
    }
    return Letter(
        subject=_("Order %(number)s may be a fraud") % words,
        heading=_("A bank warns of order %(number)s") % words,
        opening=_(
            "The bank of the card that paid %(sum)s believes that this is a fraud: %(why)s. "
            "%(posted)s A dispute may follow, with a fee. Whoever gives all the money back before "
            "that has none."
        )
        % words,
        act=_("See the order"),
        url=f"{settings.SITE_URL}{page}",
        why=_("It went to the house of %s alone.") % settings.SHOP_NAME,
    ), settings.SHOP_EMAIL


def _posted(order: Order) -> str:
    if order.parcels.filter(shipped_at__isnull=False).exists():
        return _("Something of it was posted already.")
    return _("Nothing of it was posted yet.")
