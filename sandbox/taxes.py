"""Stripe Tax, as far as a shop can see it: one flat rate, reckoned once the address is known."""

from decimal import ROUND_HALF_UP, Decimal

from sandbox import currencies
from sandbox.errors import Invalid
from sandbox.standin import StandIn
from sandbox.store import Json

# Per cent, for every product in every place.
RATE = 20


def check(given: Json) -> None:
    """Raises Invalid where prices do not say whether they contain their tax."""
    if not is_on(given):
        return
    named = {
        f"line_items[{place}][price_data]": line["price_data"]
        for place, line in enumerate(given["line_items"])
    } | {
        f"shipping_options[{place}][shipping_rate_data]": option["shipping_rate_data"]
        for place, option in enumerate(given.get("shipping_options") or [])
    }
    for name, data in named.items():
        if data.get("tax_behavior", "unspecified") == "unspecified":
            raise Invalid(
                "You must specify a `tax_behavior` when automatic tax is enabled: the account "
                "has no default.",
                param=f"{name}[tax_behavior]",
            )


def is_on(given: Json) -> bool:
    """Whether the parameters, or the session, ask Stripe to reckon the tax."""
    return bool((given.get("automatic_tax") or {}).get("enabled"))


def settings(given: Json) -> Json:
    """What the session says of it before an address is known."""
    if not is_on(given):
        return {"enabled": False, "liability": None, "provider": None, "status": None}
    return {
        "enabled": True,
        "liability": {"type": "self"},
        "provider": "stripe",
        "status": "requires_location_inputs",
    }


def within(amount: int) -> int:
    """The tax that an amount contains."""
    return _rounded(Decimal(amount) * RATE / (100 + RATE))


def on_top(amount: int, currency: str) -> int:
    """The tax that is put on top of an amount: what can be charged in its currency."""
    step = currencies.step(currency)
    return _rounded(Decimal(amount) * RATE / 100 / step) * step


def _rounded(tax: Decimal) -> int:
    return int(tax.quantize(Decimal(1), ROUND_HALF_UP))


def reckon(stand: StandIn, session: Json, lines: list[Json], *, is_located: bool) -> None:
    """Writes the tax into the lines and the shipping cost: none while nobody knows where to."""
    session["automatic_tax"]["status"] = "complete" if is_located else "requires_location_inputs"
    for line in lines:
        net = line["amount_subtotal"] - line["amount_discount"]
        is_added = line["price"]["tax_behavior"] == "exclusive"
        line |= _taxed(net, session["currency"], is_added=is_added, is_located=is_located)
        stand.store.save(line)
    if cost := session["shipping_cost"]:
        rate = stand.need("shipping_rate", cost["shipping_rate"])
        net, is_added = cost["amount_subtotal"], rate["tax_behavior"] == "exclusive"
        cost |= _taxed(net, session["currency"], is_added=is_added, is_located=is_located)


def _taxed(net: int, currency: str, *, is_added: bool, is_located: bool) -> Json:
    if not is_located:
        return {"amount_tax": 0, "amount_total": net}
    tax = on_top(net, currency) if is_added else within(net)
    return {"amount_tax": tax, "amount_total": net + tax if is_added else net}
