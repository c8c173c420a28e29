"""The test cards, and what is wrong with a card as typed: https://docs.stripe.com/testing."""

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Card:
    """A test card.

    `fate` is one of pays, asks, declined, disputed, refund_fails, refund_waits.
    """

    number: str
    fate: str
    label: str
    code: str = ""
    decline_code: str = ""
    message: str = ""

    @property
    def last4(self) -> str:
        """The figures a receipt shows."""
        return self.number[-4:]

    @property
    def spaced(self) -> str:
        """The number in groups of four."""
        return re.sub(r"(.{4})(?=.)", r"\1 ", self.number)

    @property
    def brand(self) -> str:
        """Who issued it."""
        return "mastercard" if self.number.startswith("5") else "visa"


DECLINED = "Your card was declined."
CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242", "pays", "goes through"),
        Card("4000002500003155", "asks", "the bank asks first"),
        Card(
            "4000000000000002", "declined", "declined", "card_declined", "generic_decline", DECLINED
        ),
        Card(
            "4000000000009995",
            "declined",
            "declined, not enough money",
            "card_declined",
            "insufficient_funds",
            "Your card has insufficient funds.",
        ),
        Card("4000000000000259", "disputed", "goes through, disputed later"),
        Card("4000000000005126", "refund_fails", "goes through, a refund fails later"),
        Card("4000000000007726", "refund_waits", "goes through, a refund takes its time"),
        Card(
            "4000000000000069",
            "declined",
            "declined, expired",
            "expired_card",
            "",
            "Your card has expired.",
        ),
        Card(
            "4000000000000127",
            "declined",
            "declined, wrong security code",
            "incorrect_cvc",
            "",
            "Your card's security code is incorrect.",
        ),
        Card(
            "4000000000000119",
            "declined",
            "declined, error at the bank",
            "processing_error",
            "",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
        Card("5555555555554444", "pays", "goes through, Mastercard"),
    )
}
SHOWN = tuple(CARDS)[:5]


@dataclass(frozen=True)
class Mistake:
    """What is wrong with one field of the card form: Stripe's code and a sentence."""

    code: str
    message: str


def find(number: str) -> Card | None:
    """The test card with this number, spaces and hyphens aside."""
    return CARDS.get(re.sub(r"[\s-]", "", number))


def mistakes(number: str, expiry: str, cvc: str, *, today: date) -> dict[str, Mistake]:
    """Mistakes by field name; empty when the card can be tried."""
    found = {}
    if not number.strip():
        found["number"] = Mistake("incomplete_number", "Give a card number.")
    elif find(number) is None:
        found["number"] = Mistake(
            "incorrect_number", "This is not one of the test cards. Take one from the list."
        )
    if wrong := _expiry_mistake(expiry, today):
        found["expiry"] = wrong
    if not re.fullmatch(r"\d{3}", cvc.strip()):
        found["cvc"] = Mistake("incomplete_cvc", "Give three figures, any will do.")
    return found


def _expiry_mistake(expiry: str, today: date) -> Mistake | None:
    match = re.fullmatch(r"\s*(\d{1,2})\s*[/ -]?\s*(?:20)?(\d{2})\s*", expiry)
    if not match or not 1 <= int(match[1]) <= 12:
        return Mistake("incomplete_expiry", "Give month and year, such as 12 / 30.")
    if (2000 + int(match[2]), int(match[1])) < (today.year, today.month):
        return Mistake("invalid_expiry_year_past", "This date is past. Any date to come will do.")
    return None
