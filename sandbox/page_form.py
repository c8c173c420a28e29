"""The hosted page's form: what is asked, what was typed, what is wrong with it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import parse_qs

from sandbox import cards, countries
from sandbox.buyers import Address, Buyer
from sandbox.cards import Mistake
from sandbox.session_rules import EMAIL
from sandbox.store import Json


@dataclass(frozen=True)
class Typed:
    """The form's fields as text."""

    act: str = ""
    fill: str = ""
    total: str = ""
    email: str = ""
    name: str = ""
    phone: str = ""
    country: str = ""
    line1: str = ""
    line2: str = ""
    postal_code: str = ""
    city: str = ""
    state: str = ""
    shipping_rate: str = ""
    number: str = ""
    expiry: str = ""
    cvc: str = ""


# What a test card fills into fields that are still empty, so that a demo is one press long.
EXAMPLES = {
    "email": "jonas@example.eu",
    "name": "Jonas Weber",
    "line1": "Kaistraße 3",
    "postal_code": "24114",
    "city": "Kiel",
    "phone": "+49 431 123456",
}


def fill_in(session: Json, typed: Typed) -> Typed:
    """The form with the test card that was pressed, and with examples where nothing was typed."""
    card = cards.find(typed.fill)
    if card is None:
        return typed
    empty = {name: text for name, text in EXAMPLES.items() if not getattr(typed, name)}
    country = typed.country or min(countries_of(session), key=countries.name)
    return replace(typed, number=card.spaced, expiry="12 / 30", cvc="123", country=country, **empty)


def blank(session: Json) -> Typed:
    """The form before anybody typed."""
    return Typed(email=session["customer_email"] or "", shipping_rate=chosen_rate(session))


def read(session: Json, body: bytes) -> Typed:
    """The form as posted; the shop's e-mail address and shipping rate stand when none is posted."""
    posted = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100)
    known = {
        name: values[-1].strip()[:500]
        for name, values in posted.items()
        if name in Typed.__annotations__
    }
    typed = Typed(**known)
    return replace(
        typed,
        email=session["customer_email"] or typed.email,
        shipping_rate=typed.shipping_rate or chosen_rate(session),
    )


def chosen_rate(session: Json) -> str:
    return str(session["shipping_cost"]["shipping_rate"]) if session["shipping_cost"] else ""


def shop_name(session: Json) -> str:
    """Whom the page names as payee."""
    return str((session.get("branding_settings") or {}).get("display_name") or "Your order")


def asks_address(session: Json) -> bool:
    return (
        bool(session["shipping_address_collection"])
        or session["billing_address_collection"] == "required"
    )


def asks_card(session: Json, typed: Typed) -> bool:
    return session["amount_total"] > 0 and typed.act != "later"


def mistakes(session: Json, typed: Typed) -> dict[str, Mistake]:
    """What has to be put right before anything is tried, by field, in the page's order."""
    found: dict[str, Mistake] = {}
    if not EMAIL.match(typed.email):
        found["email"] = Mistake(
            "email_invalid", "Give an e-mail address, such as jonas@example.eu."
        )
    if asks_address(session):
        found |= _address_mistakes(session, typed)
    if session["phone_number_collection"]["enabled"] and sum(c.isdigit() for c in typed.phone) < 6:
        found["phone"] = Mistake("phone_invalid", "Give a telephone number for the carrier.")
    if asks_card(session, typed):
        found |= cards.mistakes(
            typed.number, typed.expiry, typed.cvc, today=datetime.now(UTC).date()
        )
    return found


def _address_mistakes(session: Json, typed: Typed) -> dict[str, Mistake]:
    wanted = {
        "name": "Give the name on the parcel.",
        "line1": "Give street and number.",
        "city": "Give the town.",
    }
    found = {
        name: Mistake("incomplete", sentence)
        for name, sentence in wanted.items()
        if not getattr(typed, name)
    }
    if typed.country not in countries_of(session):
        found["country"] = Mistake("country", "Choose a country from the list.")
    return found


def countries_of(session: Json) -> list[str]:
    collection = session["shipping_address_collection"]
    return list(collection["allowed_countries"]) if collection else sorted(countries.NAMES)


def buyer(session: Json, typed: Typed) -> Buyer:
    """Who pays, from a form without mistakes."""
    address = Address(
        country=typed.country,
        line1=typed.line1,
        line2=typed.line2 or None,
        city=typed.city,
        postal_code=typed.postal_code or None,
        state=typed.state or None,
    )
    return Buyer(
        email=typed.email,
        name=typed.name or None,
        phone=typed.phone or None,
        address=address if asks_address(session) else None,
        shipping_rate=typed.shipping_rate or None,
    )
