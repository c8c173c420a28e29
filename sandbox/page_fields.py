"""The hosted page's form and summary as HTML."""

from dataclasses import replace

from sandbox import cards, countries, currencies, methods, page_form
from sandbox.cards import Mistake
from sandbox.html import Html, fill, join, part, when
from sandbox.page_form import Typed
from sandbox.payment_intents import Outcome
from sandbox.standin import StandIn
from sandbox.store import Json


def summary(session: Json, lines: list[Json], products: list[Json]) -> Html:
    """The lines with pictures, then discount, shipping and tax."""
    money = [_line(line, product) for line, product in zip(lines, products, strict=True)]
    details = session["total_details"]
    extra = {"Discount": -details["amount_discount"]} if details["amount_discount"] else {}
    if session["shipping_cost"]:
        extra["Post"] = details["amount_shipping"]
    if details["amount_tax"]:
        is_added = lines[0]["price"]["tax_behavior"] == "exclusive"
        extra["Tax" if is_added else "Tax, included"] = details["amount_tax"]
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
        '<div class="line"><dt>{picture}<span>{name}{many}{description}</span></dt>'
        "<dd>{amount}</dd></div>",
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
    card = page_form.asks_card(session, replace(typed, act=""))
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
        "address": _address(session, typed, mistakes)
        if page_form.asks_address(session)
        else Html(""),
        "phone": _field("phone", "Telephone", typed.phone, mistakes, kind="tel")
        if session["phone_number_collection"]["enabled"]
        else Html(""),
        "shipping": _shipping(stand, session),
        "card": _card(typed, mistakes) if card else Html(""),
        "cards": _test_cards() if card else Html(""),
        "later": when(
            card and method,
            '<button class="button button--quiet" name="act" value="later">Pay by {method}, '
            "which takes days</button>",
            method=methods.NAMES.get(method or "", ""),
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
    "state": ("address-level1", "", "text"),
    "number": ("cc-number", "4242 4242 4242 4242", "numeric"),
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
    example = page_form.EXAMPLES.get(name)
    return fill(
        '<div class="field"><label for="{name}">{label}</label>'
        '<input id="{name}" name="{name}" type="{kind}" value="{value}" '
        'autocomplete="{autocomplete}" '
        'inputmode="{mode}"{placeholder}{example}{fixed}{wrong}>{error}</div>',
        name=name,
        label=label,
        kind=kind,
        value=value,
        autocomplete=autocomplete,
        mode=mode,
        placeholder=when(placeholder, ' placeholder="{text}"', text=placeholder),
        example=when(example, ' data-example="{text}"', text=example),
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
    options = sorted((countries.name(code), code) for code in page_form.countries_of(session))
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
        '<div class="field"><label for="country">Country</label><select id="country" '
        'name="country" '
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
            chosen=when(rate["id"] == page_form.chosen_rate(session), " checked"),
            name=rate["display_name"],
            estimate=_estimate(rate["delivery_estimate"]),
            amount=currencies.plain(rate["fixed_amount"]["amount"], session["currency"]),
        )
        for rate in rates
    ]
    update = when(
        len(choices) > 1,
        '<button class="text-button" name="act" value="update" data-update>Show the new '
        "total</button>",
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
            '<li><button form="pay" name="fill" value="{number}" '
            'data-card="{spaced}"><b>{spaced}</b>'
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
