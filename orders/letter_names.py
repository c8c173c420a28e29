"""What people call each kind of letter that the shop writes."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_NAMES = {
    "confirmation": gettext_lazy("order confirmed"),
    "waiting": gettext_lazy("payment on its way"),
    "refund": gettext_lazy("money goes back"),
    "shipped": gettext_lazy("parcel posted"),
    "link": gettext_lazy("the order’s page again"),
    "waiting_question": gettext_lazy("does somebody wait for a piece"),
    "piece_is_back": gettext_lazy("a piece is back"),
    "account_stopped": gettext_lazy("a maker can no longer be paid"),
    "account_reminder": gettext_lazy("Stripe still asks a maker for something"),
    "money_returned": gettext_lazy("a maker’s bank sent money back"),
    "payout_stuck": gettext_lazy("a maker could not be paid"),
    "fraud_warning": gettext_lazy("a bank fears fraud"),
    "dispute_opened": gettext_lazy("a bank looks at a payment"),
    "dispute_closed": gettext_lazy("a bank has decided"),
    "order_goes_on": gettext_lazy("an order goes on"),
}
# What is asked for after buying, by what has happened with it.
_HAPPENED = {
    "ask": gettext_lazy("something is asked for"),
    "agree": gettext_lazy("it is called off"),
    "call_off": gettext_lazy("called off before it was begun"),
    "overtake": gettext_lazy("too late to call off"),
    "accept": gettext_lazy("it may be sent back"),
    "quote": gettext_lazy("what mending costs"),
    "approve": gettext_lazy("the price is agreed"),
    "refuse": gettext_lazy("it is refused"),
    "withdraw": gettext_lazy("nothing is asked for any more"),
    "post": gettext_lazy("it is on its way to the maker"),
    "arrive": gettext_lazy("it is with the maker"),
    "give_back": gettext_lazy("the money goes back"),
    "finish": gettext_lazy("it is mended"),
    "send_back": gettext_lazy("it is on its way back"),
    "lapse": gettext_lazy("nothing came of it"),
    "unanswered": gettext_lazy("nobody has answered"),
}
_TO_WHOM = {
    "shopper": gettext_lazy("to the shopper"),
    "maker": gettext_lazy("to the maker"),
    "owner": gettext_lazy("to the house"),
}


def called(kind: str) -> str:
    """A kind's name; one that is not named here is called as it is written."""
    return capfirst(_after_sale(kind) or str(_NAMES.get(kind, kind.replace("_", " "))))


def _after_sale(kind: str) -> str:
    act, _sep, whom = kind.removeprefix("aftersale_").rpartition("_")
    if not kind.startswith("aftersale_") or act not in _HAPPENED or whom not in _TO_WHOM:
        return ""
    return _("%(what)s, %(to_whom)s") % {"what": _HAPPENED[act], "to_whom": _TO_WHOM[whom]}
