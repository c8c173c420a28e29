"""The words of an order's page: for each of its states, and for what happened to it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders import wording
from orders.models import Order
from shop.numbers import spell


def clause(place: str, count: int, *, named: bool) -> str:
    """``one piece is with you``; the word piece in the first clause alone."""
    words = {
        "with": ngettext("%s is with you", "%s are with you", count),
        "way": ngettext("%s is on its way", "%s are on their way", count),
        "bench": ngettext("%s is still on the bench", "%s are still on the bench", count),
        "ready": ngettext("%s lies ready to be posted", "%s lie ready to be posted", count),
        "not": ngettext("%s will not come", "%s will not come", count),
    }
    return words[place] % (wording.pieces(count) if named else spell(count))


def headings() -> dict[Any, str]:
    """What stands largest, by state."""
    state = Order.State
    return {
        state.AWAITING_PAYMENT: _("Confirming your payment"),
        state.PROCESSING: _("Your bank is at work"),
        state.PAID: _("Thank you"),
        state.PARTIALLY_REFUNDED: _("Thank you"),
        state.REFUNDED: _("Your money is on its way back"),
        state.EXPIRED: _("This order was not paid"),
        state.FAILED: _("The payment did not work"),
        state.CANCELLED: _("This order was called off"),
        state.REVIEW: _("A person is looking at this order"),
        state.DISPUTED: _("We are talking to your bank"),
        state.DISPUTE_LOST: _("Your bank has taken the payment back"),
    }


def standfirsts() -> dict[Any, str]:
    """What it means for the shopper, by state; %(sum)s is the order's total."""
    state = Order.State
    return {
        state.AWAITING_PAYMENT: _(
            "We are asking Stripe whether your %(sum)s arrived. It takes a few seconds, and this "
            "page moves on by itself. Your pieces are kept for you meanwhile."
        ),
        state.PROCESSING: _(
            "Your bank has not sent the %(sum)s yet; that can take some days. Your pieces are kept "
            "for you, and we write when the money is here."
        ),
        state.REFUNDED: _(
            "All of it, %(sum)s, goes back the way it came. Your bank needs five to ten days to "
            "show it."
        ),
        state.EXPIRED: _(
            "The time ran out before it was paid, and the pieces went back into the shop. "
            "You have not been charged."
        ),
        state.FAILED: _(
            "Your bank did not send the %(sum)s, and the pieces went back into the shop. "
            "You have not been charged."
        ),
        state.CANCELLED: _(
            "Nothing will be sent. If you had paid, the money goes back the way it came."
        ),
        state.REVIEW: _(
            "Your %(sum)s arrived, but what you chose could no longer be kept for you. All of it "
            "goes back the way it came, in five to ten days. There is nothing you have to do."
        ),
        state.DISPUTED: _(
            "Your bank is looking at the payment of %(sum)s. Until it has, what was not posted yet "
            "waits here for you. Write to us if we can help: most such questions are soon settled."
        ),
        state.DISPUTE_LOST: _("The %(sum)s went back to you. Nothing more will be sent."),
    }


def event_words() -> dict[str, str]:
    """What happened, by kind; %(maker)s is whose parcel it was. Other kinds are not told."""
    return {
        "placed": _("Ordered"),
        "paid": _("Paid"),
        "payment_processing": _("Your bank has the payment in hand"),
        "payment_expired": _("The time to pay ran out"),
        "payment_failed": _("The payment did not work"),
        "review": _("A person looks at it"),
        "refund_pending": _("Money sent back to you"),
        "refund_succeeded": _("Money given back"),
        "shipped": _("Posted by %(maker)s"),
        "postponed": _("%(maker)s needs some days more"),
        "goes_on": _("It goes on, with a new day"),
        "delivered": _("Arrived from %(maker)s"),
        "aftersale_call_off": _("You called the parcel from %(maker)s off"),
        "aftersale_agree": _("%(maker)s agreed to call it off"),
    }
