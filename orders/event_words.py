"""What happened to an order, for its owner: each kind of event in words, and what was said."""

import re
from datetime import date

from django.utils.translation import gettext as _

from orders import wording
from orders.afterwards import aftersale_steps
from orders.models import Dispute, OrderEvent


def told(event: OrderEvent) -> str:
    """``Posted``, ``It will be late``; a kind nobody has a word for stands as it is."""
    words = _words().get(event.kind) or _of_others(event.kind)
    return words or wording.sentence(event.kind.replace("_", " "))


def said(event: OrderEvent) -> str:
    """What was said with it, as a person reads it."""
    if event.kind != "postponed":
        return _without_numbers(event)
    day, _space, why = event.text.partition(" ")
    try:
        return f"{wording.weekday(date.fromisoformat(day))}. {why}"
    except ValueError:
        return event.text


def _without_numbers(event: OrderEvent) -> str:
    """Numbers of Stripe's stand beside the payments; how a dispute stands, in its kind."""
    if event.kind.startswith("dispute_"):
        return event.text.partition(",")[0]
    return "" if _OF_STRIPE.fullmatch(event.text) else event.text


_OF_STRIPE = re.compile(r"(cs|pi|ch|re|pyr|tr|trr)_\w+")


def _words() -> dict[str, str]:
    return {
        "placed": _("Ordered"),
        "paid": _("Paid"),
        "payment_processing": _("The bank has the payment in hand"),
        "payment_expired": _("The time to pay ran out"),
        "payment_failed": _("The payment did not work"),
        "review": _("Put under review"),
        "honoured": _("Kept after all"),
        "mended": _("Mended"),
        "stage": _("Reached a stage"),
        "maker_note": _("The maker writes"),
        "shipped": _("Posted"),
        "postponed": _("It will be late"),
        "delivered": _("Arrived"),
        "taken_as_arrived": _("Taken as arrived: posted long ago"),
        "goes_on": _("It goes on, with new days"),
        "fraud_warning": _("The bank warned of fraud"),
        "dispute_answered": _("The bank was answered"),
        "dispute_given_up": _("Given up"),
        "dispute_let_go_on": _("Let go on, though the bank still looks"),
        "refund_requested": _("A refund was asked for"),
        "refund_pending": _("Money is on its way back"),
        "refund_succeeded": _("Money was given back"),
        "refund_failed": _("Money did not go back"),
        "refund_canceled": _("A refund was called off"),
        "refund_allocated": _("It was said what a refund was for"),
        "payout_sent": _("Paid out"),
        "payout_by_hand": _("Paid by hand"),
        "payout_stuck": _("Could not be paid out"),
        "payout_tried_again": _("Paying out was tried again"),
        "payout_owed": _("Owed by the maker"),
        "payout_reversed": _("Taken back from the maker"),
    }


def _of_others(kind: str) -> str:
    about, _line, act = kind.partition("_")
    if about == "dispute":
        statuses = dict(Dispute.Status.choices)
        return _("Dispute, %s") % statuses[act] if act in statuses else ""
    return _of_requests().get(act, "") if about == "aftersale" else ""


def _of_requests() -> dict[str, str]:
    act = aftersale_steps.Act
    return {
        "ask": _("Something is asked for"),
        "call_off": _("Called off by the shopper"),
        "unanswered": _("A question was not answered for days"),
        act.AGREE: _("Agreed to call it off"),
        act.ACCEPT: _("May be sent back"),
        act.QUOTE: _("A price was named"),
        act.APPROVE: _("The price is all right"),
        act.REFUSE: _("Refused"),
        act.WITHDRAW: _("Withdrawn by the shopper"),
        act.POST: _("On its way to the maker"),
        act.ARRIVE: _("Came back to the maker"),
        act.GIVE_BACK: _("Money given back for it"),
        act.FINISH: _("Done at the bench"),
        act.SEND_BACK: _("Sent back to the shopper"),
        act.OVERTAKE: _("It was posted meanwhile"),
        act.LAPSE: _("Too late now"),
    }
