"""How a designer's account at Stripe stands, in words; the same for the designer and the owner."""

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from designers.models import Designer
from orders import wording
from orders.models import DesignerAccount
from orders.post import countries, regions
from shop.money import format_money
from shop.numbers import spell

# The beginnings of what Stripe calls its requirements, the longer before the shorter.
# https://docs.stripe.com/connect/handling-api-verification and the SDK's types.
_WANTED: dict[str, str | Promise] = {
    "identity.individual.documents": gettext_lazy("a picture of an identity document"),
    "identity.individual.address": gettext_lazy("an address"),
    "identity.individual.date_of_birth": gettext_lazy("a date of birth"),
    "identity.individual.id_numbers": gettext_lazy("a tax or identity number"),
    "identity.individual.phone": gettext_lazy("a telephone number"),
    "identity.individual.email": gettext_lazy("an e-mail address"),
    "identity.individual": gettext_lazy("a full name"),
    "identity.entity_type": gettext_lazy("whether it is a person or a company"),
    "identity.attestations": gettext_lazy("consent to its terms"),
    "identity.business_details": gettext_lazy("details of the business"),
    "identity.persons": gettext_lazy("who stands behind the business"),
    "defaults.profile": gettext_lazy("what is sold, and where"),
    "configuration.recipient": gettext_lazy("a bank account"),
    "external_account": gettext_lazy("a bank account"),
}
# https://docs.stripe.com/api/payouts/failures
_RETURNED: dict[str, str | Promise] = {
    "account_closed": gettext_lazy("the account is closed"),
    "account_frozen": gettext_lazy("the account is frozen"),
    "bank_account_restricted": gettext_lazy("the account takes no such payments"),
    "could_not_process": gettext_lazy("the bank could not book it"),
    "declined": gettext_lazy("the bank declined it"),
    "incorrect_account_holder_name": gettext_lazy("the name of its holder is another"),
    "incorrect_account_holder_address": gettext_lazy("the address of its holder is another"),
    "invalid_account_number": gettext_lazy("the number is not right"),
    "invalid_currency": gettext_lazy("the account is in another currency"),
    "no_account": gettext_lazy("there is no such account"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """``state`` is a shape and a tone of static/css/workshop/state.css; ``act`` the button's word,
    empty where there is nothing to press."""

    state: str
    word: str
    sentence: str
    act: str = ""
    wanted: list[str] = field(default_factory=list)
    came_back: str = ""
    has_a_day: bool = False
    # The sentence where what is asked for is listed below it.
    headline: str = ""

    @property
    def is_ready(self) -> bool:
        return self.state == "live"

    @property
    def is_urgent(self) -> bool:
        """Whether money stops, or has stopped, until the designer does something."""
        return bool(self.act) and (self.has_a_day or not self.is_ready)


def told(designer: Designer, account: DesignerAccount | None) -> Told:
    """How it stands, why, and what can be done."""
    if account is None or account.stripe_id is None or account.is_detached:
        return _not_there(designer, account)
    if account.status in {"rejected", "unsupported"}:
        return Told(
            "returned",
            _("turned down"),
            _("Stripe has decided to send no money there: it says why in its own letters."),
        )
    if account.is_ready:
        return _ready(account)
    if not account.wanted:
        return Told(
            "scheduled",
            _("being looked at"),
            _("Stripe is looking at what it was told. That may take some days."),
        )
    return Told(
        "review",
        _("unfinished"),
        _asks(account),
        act=_("Go on at Stripe"),
        wanted=wanted(account),
        headline=_asks_in_short(account),
        came_back=_came_back(account),
    )


def _not_there(designer: Designer, account: DesignerAccount | None) -> Told:
    if not regions.is_reached(designer.country, shop=settings.SHOP_COUNTRY):
        return Told("retired", _("by hand"), other_region(designer))
    begin = _("Begin at Stripe")
    if account is None:
        return Told("draft", _("not begun"), _("There is no account at Stripe yet."), act=begin)
    if account.is_detached:
        sentence = _("The account at Stripe was closed, or cut off from the shop.")
        return Told("returned", _("cut off"), sentence, act=_("Begin anew at Stripe"))
    if account.error:
        sentence = _("Stripe would not open the account: %s") % account.error
        return Told("returned", _("refused"), sentence, act=begin)
    sentence = _("Stripe has not answered yet; the shop goes on asking.")
    return Told("scheduled", _("asked for"), sentence, act=begin)


def _ready(account: DesignerAccount) -> Told:
    sentence = _("All is there: Stripe sends the share of what is sold.")
    return Told(
        "live",
        _("can be paid"),
        f"{sentence} {_asks(account)}" if account.wanted else sentence,
        act=_("Answer at Stripe") if account.wanted or _came_back(account) else "",
        wanted=wanted(account),
        came_back=_came_back(account),
        has_a_day=bool(account.wanted and account.wanted_by) or bool(_came_back(account)),
    )


def _asks(account: DesignerAccount) -> str:
    words = {"what": wording.joined(wanted(account))}
    if account.wanted_by is None:
        return _("Stripe asks for %(what)s.") % words
    words["day"] = wording.day(account.wanted_by)
    return _("Stripe asks for %(what)s by %(day)s.") % words


def _asks_in_short(account: DesignerAccount) -> str:
    many = len(wanted(account))
    words = {"n": spell(many)}
    if account.wanted_by is None:
        asks = ngettext("Stripe asks for %(n)s thing:", "Stripe asks for %(n)s things:", many)
        return asks % words
    words["day"] = wording.day(account.wanted_by)
    asks = ngettext(
        "Stripe asks for %(n)s thing by %(day)s:", "Stripe asks for %(n)s things by %(day)s:", many
    )
    return asks % words


def wanted(account: DesignerAccount) -> list[str]:
    """What Stripe still asks for, each once, in words."""
    return list(dict.fromkeys(_named(str(asked)) for asked in account.wanted))


def _named(asked: str) -> str:
    known = (str(words) for start, words in _WANTED.items() if asked.startswith(start))
    return next(known, "") or _("something that its page names")


def _came_back(account: DesignerAccount) -> str:
    found = account.returned
    if "payout" not in found:
        return ""
    words = {
        "sum": format_money(found["amount"], found["currency"]),
        "why": why_returned(found["why"]),
    }
    return _("The bank sent %(sum)s back to Stripe: %(why)s.") % words


def why_returned(code: str) -> str:
    """Why a bank sent money back, by Stripe's word for it."""
    return str(_RETURNED.get(code, "")) or _("the bank did not say why")


def other_region(designer: Designer) -> str:
    """Why no account is begun."""
    words = {
        "shop": countries.name(settings.SHOP_COUNTRY),
        "designer": countries.name(designer.country),
    }
    sentence = _("Stripe sends no money from %(shop)s to %(designer)s: the house pays by hand.")
    return sentence % words
