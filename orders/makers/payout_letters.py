"""The letter to the house when a maker's money cannot be sent: nothing of that is silent."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.models import Payout
from shop.letters import Letter, NoLonger
from shop.money import format_money


def stuck(payout_id: int) -> tuple[Letter, str]:
    """Which payout, how much, and why; no longer once it is on its way."""
    payout = Payout.objects.select_related("parcel__order", "parcel__designer").get(pk=payout_id)
    if not payout.trouble and not payout.hold:
        raise NoLonger("it goes on")
    order, maker = payout.parcel.order, payout.parcel.designer
    sum_ = format_money(payout.to_come, order.currency)
    words = {"maker": maker.name, "sum": sum_, "number": order.number}
    page = reverse("admin:orders_payout_change", args=[payout.pk])
    letter = Letter(
        subject=_("%(maker)s could not be paid: %(number)s") % words,
        heading=_("A maker waits for their money"),
        opening=_("Their share of a parcel could not be sent. It is not lost, and waits here."),
        preview=_("%(sum)s for %(maker)s.") % words,
        quote=payout.error or str(payout.get_hold_display()),
        quoted="Stripe" if payout.error and payout.transfers.exists() else settings.SHOP_NAME,
        rows=[(_("Maker"), maker.name), (_("Order"), order.number), (_("To come"), sum_)],
        act=_("See what can be done"),
        url=f"{settings.SITE_URL}{page}",
        why=_("It comes because you keep the shop."),
    )
    return letter, settings.SHOP_EMAIL
