"""The hosted page's form: what is asked, what was typed, what is wrong with it."""

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qs

from sandbox import cards, countries, currencies, methods
from sandbox.buyers import Address, Buyer
from sandbox.cards import Mistake
from sandbox.html import Html, fill, join, part, when
from sandbox.payments import Outcome
from sandbox.session_rules import EMAIL
from sandbox.standin import StandIn
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

    def with_card(self, number: str) -> "Typed":
        """The same with a test card filled in."""
        card = cards.find(number)
        return replace(self, number=card.spaced, expiry="12 / 30", cvc="123") if card else self


def blank(session: Json) -> Typed:
    """The form before anybody typed."""
    return Typed(email=session["customer_email"] or "", shipping_rate=_chosen(session))


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
        shipping_rate=typed.shipping_rate or _chosen(session),
    )


def _chosen(session: Json) -> str:
    return str(session["shipping_cost"]["shipping_rate"]) if session["shipping_cost"] else ""


def shop_name(session: Json) -> str:
    """Whom the page names as payee."""
    return str((session.get("branding_settings") or {}).get("display_name") or "Your order")


def _asks_address(session: Json) -> bool:
    return (
        bool(session["shipping_address_collection"])
        or session["billing_address_collection"] == "required"
    )


def _asks_card(session: Json, typed: Typed) -> bool:
    return session["amount_total"] > 0 and typed.act != "later"


def mistakes(session: Json, typed: Typed) -> dict[str, Mistake]:
    """What has to be put right before anything is tried, by field, in the page's order."""
    found: dict[str, Mistake] = {}
    if not EMAIL.match(typed.email):
        found["email"] = Mistake("email_invalid", "An e-mail address, such as jonas@example.eu.")
    if _asks_address(session):
        found |= _address_mistakes(session, typed)
    if session["phone_number_collection"]["enabled"] and sum(c.isdigit() for c in typed.phone) < 6:
        found["phone"] = Mistake("phone_invalid", "A telephone number, for the carrier.")
    if _asks_card(session, typed):
        found |= cards.mistakes(typed.number, typed.expiry, typed.cvc, today=date.today())
    return found


def _address_mistakes(session: Json, typed: Typed) -> dict[str, Mistake]:
    wanted = {"name": "A name.", "line1": "A street and number.", "city": "A town."}
    found = {
        name: Mistake("incomplete", sentence)
        for name, sentence in wanted.items()
        if not getattr(typed, name)
    }
    if typed.country not in _countries(session):
        found["country"] = Mistake("country", "One of the countries in the list.")
    return found


def _countries(session: Json) -> list[str]:
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
        address=address if _asks_address(session) else None,
        shipping_rate=typed.shipping_rate or None,
    )


def summary(session: Json, lines: list[Json], products: list[Json]) -> Html:
    """The lines with pictures, then discount and shipping."""
    money = [_line(line, product) for line, product in zip(lines, products, strict=True)]
    details = session["total_details"]
    extra = {"Discount": -details["amount_discount"]} if details["amount_discount"] else {}
    if session["shipping_cost"]:
        extra["Post"] = details["amount_shipping"]
    rows = [
        fill(
            "<div><dt>{name}</dt><dd>{amount}</dd></div>",
            name=name,
            amount=currencies.plain(amount, session["currency"]),
        )
        for name, amount in extra.items()
    ]
    return join([*money, *rows])


def _line(line: Json, product: Json) -> Html:
    image = (product.get("images") or [""])[0]
    picture = when(
        image, '<img src="{image}" alt="" width="48" height="48" loading="lazy">', image=image
    )
    description = when(
        product.get("description"), "<small>{text}</small>", text=product.get("description")
    )
    many = when(line["quantity"] > 1, " × {quantity}", quantity=line["quantity"])
    return fill(
        '<div class="line">{picture}<dt>{name}{many}{description}</dt><dd>{amount}</dd></div>',
        picture=picture,
        name=line["description"],
        many=many,
        description=description,
        amount=currencies.plain(line["amount_subtotal"], line["currency"]),
    )


def fields(
    stand: StandIn,
    session: Json,
    typed: Typed,
    *,
    mistakes: dict[str, Mistake],
    error: Outcome | None,
) -> dict[str, Html]:
    """The form's parts by the name the template gives them."""
    if error and typed.number:
        mistakes = mistakes | {"number": Mistake(error.code, "Take another card from the list.")}
    card = _asks_card(session, replace(typed, act=""))
    method = methods.delayed(session)
    return {
        "email": _field(
            "email",
            "Email",
            typed.email,
            mistakes,
            kind="email",
            fixed=bool(session["customer_email"]),
        ),
        "address": _address(session, typed, mistakes) if _asks_address(session) else Html(""),
        "phone": _field("phone", "Telephone", typed.phone, mistakes, kind="tel")
        if session["phone_number_collection"]["enabled"]
        else Html(""),
        "shipping": _shipping(stand, session),
        "card": _card(typed, mistakes) if card else Html(""),
        "cards": _test_cards() if card else Html(""),
        "later": when(
            card and method,
            '<button class="button button--quiet" name="act" value="later">Pay by {method}, which takes days</button>',
            method=(method or "").replace("_", " "),
        ),
        "back": when(
            session["cancel_url"],
            '<a class="text-button" href="{url}">Go back without paying</a>',
            url=session["cancel_url"],
        ),
    }


HINTS = {
    "email": ("email", "", "email"), "phone": ("tel", "", "tel"), "name": ("name", "", "text"),
    "line1": ("address-line1", "", "text"), "line2": ("address-line2", "", "text"),
    "postal_code": ("postal-code", "", "text"), "city": ("address-level2", "", "text"),
    "state": ("address-level1", "", "text"), "number": ("cc-number", "4242 4242 4242 4242", "numeric"),
    "expiry": ("cc-exp", "12 / 30", "numeric"), "cvc": ("cc-csc", "123", "numeric"),
}  # fmt: skip


def _field(
    name: str,
    label: str,
    value: str,
    mistakes: dict[str, Mistake],
    *,
    kind: str = "text",
    fixed: bool = False,
) -> Html:
    autocomplete, placeholder, mode = HINTS[name]
    mistake = mistakes.get(name)
    return fill(
        '<div class="field"><label for="{name}">{label}</label>'
        '<input id="{name}" name="{name}" type="{kind}" value="{value}" autocomplete="{autocomplete}" '
        'inputmode="{mode}"{placeholder}{fixed}{wrong}>{error}</div>',
        name=name,
        label=label,
        kind=kind,
        value=value,
        autocomplete=autocomplete,
        mode=mode,
        placeholder=when(placeholder, ' placeholder="{text}"', text=placeholder),
        fixed=when(fixed, " readonly"),
        wrong=when(mistake, ' aria-invalid="true" aria-describedby="{name}-error"', name=name),
        error=_error(name, mistake),
    )


def _error(name: str, mistake: Mistake | None) -> Html:
    return when(
        mistake,
        '<p class="field__error" id="{name}-error">{message}</p>',
        name=name,
        message=mistake.message if mistake else "",
    )


def _address(session: Json, typed: Typed, mistakes: dict[str, Mistake]) -> Html:
    labels = {
        "name": "Name", "line1": "Street and number", "line2": "Flat, floor, c/o (if any)",
        "postal_code": "Postcode", "city": "Town", "state": "State or county (if any)",
    }  # fmt: skip
    inputs = {
        name: _field(name, label, getattr(typed, name), mistakes) for name, label in labels.items()
    }
    legend = "Where it goes" if session["shipping_address_collection"] else "Billing address"
    return part("address", legend=legend, country=_country(session, typed, mistakes), **inputs)


def _country(session: Json, typed: Typed, mistakes: dict[str, Mistake]) -> Html:
    options = sorted((countries.NAMES.get(code, code), code) for code in _countries(session))
    chosen = typed.country or (options[0][1] if len(options) == 1 else "")
    items = [
        fill(
            '<option value="{code}"{chosen}>{name}</option>',
            code=code,
            name=name,
            chosen=when(code == chosen, " selected"),
        )
        for name, code in options
    ]
    mistake = mistakes.get("country")
    return fill(
        '<div class="field"><label for="country">Country</label><select id="country" name="country" '
        'autocomplete="country"{wrong}>{choose}{items}</select>{error}</div>',
        wrong=when(mistake, ' aria-invalid="true" aria-describedby="country-error"'),
        choose=when(len(options) > 1, '<option value="">Choose</option>'),
        items=join(items),
        error=_error("country", mistake),
    )


def _shipping(stand: StandIn, session: Json) -> Html:
    rates = [
        stand.store.get(option["shipping_rate"]) or {} for option in session["shipping_options"]
    ]
    choices = [
        fill(
            '<label class="choice"><input type="radio" name="shipping_rate" value="{id}"{chosen}>'
            "<span>{name}<small>{estimate}</small></span><b>{amount}</b></label>",
            id=rate["id"],
            chosen=when(rate["id"] == _chosen(session), " checked"),
            name=rate["display_name"],
            estimate=_estimate(rate["delivery_estimate"]),
            amount=currencies.plain(rate["fixed_amount"]["amount"], session["currency"]),
        )
        for rate in rates
    ]
    update = when(
        len(choices) > 1,
        '<button class="text-button" name="act" value="update" data-update>Show the new total</button>',
    )
    return when(
        choices,
        "<fieldset><legend>Post</legend>{choices}{update}</fieldset>",
        choices=join(choices),
        update=update,
    )


def _estimate(estimate: Json | None) -> str:
    ends = [
        end for end in ((estimate or {}).get("minimum"), (estimate or {}).get("maximum")) if end
    ]
    if not ends:
        return ""
    numbers = "–".join(dict.fromkeys(str(end["value"]) for end in ends))
    return f" {numbers} {ends[-1]['unit'].replace('_', ' ')}s"


def _card(typed: Typed, mistakes: dict[str, Mistake]) -> Html:
    return part(
        "card",
        number=_field("number", "Number", typed.number, mistakes),
        expiry=_field("expiry", "Good until", typed.expiry, mistakes),
        cvc=_field("cvc", "Security code", typed.cvc, mistakes),
    )


def _test_cards() -> Html:
    buttons = {
        number: fill(
            '<li><button form="pay" name="fill" value="{number}" data-card="{spaced}"><b>{spaced}</b>'
            "<span>{label}</span></button></li>",
            number=number,
            spaced=card.spaced,
            label=card.label,
        )
        for number, card in cards.CARDS.items()
    }
    shown = [buttons[number] for number in cards.SHOWN]
    more = [button for number, button in buttons.items() if number not in cards.SHOWN]
    return part("cards", shown=join(shown), more=join(more))
