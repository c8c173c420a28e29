"""Which letters the shop writes about orders: for each kind, what it says and to whom.

One entry a kind: a function of the primary key of what the letter is about. It reads that row
as it is now, so that a letter sent late is still true, and is what the admin's preview shows.
"""

from collections.abc import Callable

from django.utils.translation import gettext as _

from orders import mails
from orders.afterwards import aftersale_letters
from orders.banks import dispute_letters, fraud_letters
from orders.makers import account_letters, payout_letters
from orders.models import Order, Parcel, Refund
from orders.scarce import waiting_letters
from shop.letters import Letter, NoLonger


def confirmation(order_id: int) -> tuple[Letter, str]:
    """Thanks for an order that is paid and stands."""
    order = Order.objects.get(pk=order_id)
    over = {Order.State.REVIEW, Order.State.REFUNDED, Order.State.CANCELLED}
    if order.paid_at is None or order.state in over:
        raise NoLonger(_("The order does not stand: %s.") % order.get_state_display())
    return mails.order_confirmation(order)


def waiting(order_id: int) -> tuple[Letter, str]:
    """Says that a payment by bank is on its way."""
    order = Order.objects.get(pk=order_id)
    if order.state != Order.State.PROCESSING:
        raise NoLonger(_("The payment is not on its way any more."))
    return mails.payment_waiting(order)


def refund(refund_id: int) -> tuple[Letter, str]:
    """Says that money goes back; not before Stripe has said yes."""
    given = Refund.objects.select_related("order").get(pk=refund_id)
    if not given.is_given:
        raise NoLonger(_("The money does not go back: %s.") % given.get_state_display())
    return mails.refund_note(given)


def shipped(parcel_id: int) -> tuple[Letter, str]:
    """Says that a parcel is on its way."""
    parcel = Parcel.objects.select_related("order", "designer").get(pk=parcel_id)
    if parcel.shipped_at is None:
        raise NoLonger(_("The parcel is not posted."))
    return mails.parcel_sent(parcel)


def link(order_id: int) -> tuple[Letter, str]:
    """Says where an order's page is, to who asked for it."""
    return mails.order_link(Order.objects.get(pk=order_id))


LETTERS: dict[str, Callable[[int], tuple[Letter, str]]] = {
    "confirmation": confirmation,
    "waiting": waiting,
    "refund": refund,
    "shipped": shipped,
    "link": link,
    "account_stopped": account_letters.stopped,
    "account_reminder": account_letters.reminder,
    "fraud_warning": fraud_letters.warned,
    "money_returned": account_letters.returned,
    "payout_stuck": payout_letters.stuck,
    "dispute_closed": dispute_letters.closed,
    "dispute_opened": dispute_letters.opened,
    "order_goes_on": dispute_letters.goes_on,
    "waiting_question": waiting_letters.question,
    "piece_is_back": waiting_letters.is_back,
    **aftersale_letters.LETTERS,
}
