"""The letters about disputes: two to the owner of the shop, one to the shopper when it goes on."""

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders import fulfilment, wording
from orders.models import Dispute, Order, Parcel
from shop.letters import Letter, NoLonger
from shop.money import format_money

Status = Dispute.Status


def opened(pk: int) -> tuple[Letter, str]:
    """To the owner: a bank asks or takes back, why, and until when it waits for an answer."""
    dispute = _dispute(pk)
    _still(dispute.is_open, _("The bank has decided."))
    sum_ = format_money(dispute.amount, dispute.currency)
    number = dispute.order.number
    if dispute.is_inquiry:
        subject = _("Order %s: a bank asks about the payment") % number
        opening = _(
            "The bank of who bought {} asks about <b>{}</b>. No money was taken yet, and the "
            "order goes on. Answer it, or give the money back."
        )
    else:
        subject = _("Order %s: a bank has taken the payment back") % number
        opening = _(
            "The bank of who bought {} has taken <b>{}</b> back until it decides. Nothing of the "
            "order is posted meanwhile, and its makers are not paid. Answer it in time, or it is "
            "lost."
        )
    return _letter(dispute, subject, format_html(opening, number, sum_), heading=subject)


def closed(pk: int) -> tuple[Letter, str]:
    """To the owner: how the bank has decided, and what follows."""
    dispute = _dispute(pk)
    _still(not dispute.is_open, _("The bank looks at it again."))
    words = _outcomes().get(dispute.status, _("It is closed."))
    subject = _("Order %(number)s: %(state)s") % {
        "number": dispute.order.number,
        "state": dispute.get_status_display(),
    }
    return _letter(dispute, subject, words, heading=subject)


def _outcomes() -> dict[str, str]:
    return {
        Status.WON: _("The money is back. What was stopped goes on, each parcel with a new day."),
        Status.LOST: _(
            "The bank keeps the money. Nothing more of the order is posted; its pieces stay sold "
            "until you put them into stock again."
        ),
        Status.WARNING_CLOSED: _("The bank is content with what it heard. No money has moved."),
    }


def _letter(dispute: Dispute, subject: str, opening: str, *, heading: str) -> tuple[Letter, str]:
    rows = [
        (_("In dispute"), format_money(dispute.amount, dispute.currency)),
        (_("The bank says"), reason(dispute)),
    ]
    if dispute.days_left is not None and dispute.due_by:
        days = ngettext("%d day left", "%d days left", dispute.days_left) % dispute.days_left
        rows.append((_("Answer by"), wording.day_of_year(dispute.due_by)))
        rows.append(("", days))
    told = Letter(
        subject=subject,
        heading=heading,
        opening=opening,
        act=_("Look at it"),
        url=settings.SITE_URL + reverse("admin:orders_dispute_change", args=[dispute.pk]),
        preview=reason(dispute),
        rows=rows,
        why=_("It went to the house of %s alone.") % settings.SHOP_NAME,
    )
    return told, settings.SHOP_EMAIL


def goes_on(pk: int) -> tuple[Letter, str]:
    """To the shopper: the work goes on, and the new day. Why it had stopped, they know."""
    order = Order.objects.get(pk=pk)
    open_ones = list(order.parcels.filter(state__in=fulfilment.OPEN).select_related("designer"))
    sendable = order.state in fulfilment.SENDABLE_ORDERS and open_ones
    _still(bool(sendable), _("Nothing of it is to be sent."))
    last = wording.weekday(max(parcel.arrives_by for parcel in open_ones))
    told = Letter(
        subject=_("Order %(number)s goes on: with you by %(day)s")
        % {"number": order.number, "day": last},
        heading=_("It goes on"),
        opening=format_html(
            _("The question about your payment is settled. {} with you by <b>{}</b>."),
            wording.sentence(wording.parcels(len(open_ones))),
            last,
        ),
        act=_("See how far it is"),
        url=settings.SITE_URL + order.get_absolute_url(),
        preview=_("With you by %s.") % last,
        rows=[(parcel.designer.name, _new_day(parcel)) for parcel in open_ones],
    )
    return told, order.email


def _new_day(parcel: Parcel) -> str:
    return wording.day(parcel.arrives_by)


def reason(dispute: Dispute) -> str:
    """Why the bank says that it asks, in words; Stripe's own word where it is a new one."""
    words = {
        "credit_not_processed": _("money promised back did not come"),
        "duplicate": _("it was paid twice"),
        "fraudulent": _("somebody else used the card"),
        "general": _("no reason given"),
        "product_not_received": _("nothing came"),
        "product_unacceptable": _("what came is not what was ordered"),
        "subscription_canceled": _("it was cancelled"),
        "unrecognized": _("they do not know the name on their statement"),
    }
    return words.get(dispute.reason, dispute.reason.replace("_", " "))


def _dispute(pk: int) -> Dispute:
    return Dispute.objects.select_related("order").get(pk=pk)


def _still(is_true: bool, sentence: str) -> None:

    if not is_true:
        raise NoLonger(sentence)
