"""Shipping rates given inline with a session, and the one the shopper chose."""

from sandbox.objects import complete, new_id
from sandbox.standin import StandIn
from sandbox.store import Json


def build_options(stand: StandIn, given: list[Json]) -> list[Json]:
    """Stores a rate for each option given; the session keeps the amounts and the ids."""
    rates = [_store_rate(stand, option["shipping_rate_data"]) for option in given]
    return [
        {"shipping_amount": rate["fixed_amount"]["amount"], "shipping_rate": rate["id"]}
        for rate in rates
    ]


def _store_rate(stand: StandIn, data: Json) -> Json:
    rate = complete(
        "shipping_rate",
        id=new_id("shr"),
        active=True,
        created=stand.now(),
        delivery_estimate=data.get("delivery_estimate"),
        display_name=data["display_name"],
        fixed_amount={
            "amount": data["fixed_amount"]["amount"],
            "currency": data["fixed_amount"]["currency"],
        },
        livemode=False,
        metadata=data.get("metadata", {}),
        tax_behavior=data.get("tax_behavior", "unspecified"),
        tax_code=data.get("tax_code"),
        type="fixed_amount",
    )
    return stand.store.add(rate)


def choose(session: Json, rate: str) -> None:
    """Makes one of the session's own options its shipping cost; any other id changes nothing."""
    for option in session["shipping_options"]:
        if option["shipping_rate"] == rate:
            session["shipping_cost"] = {
                "amount_subtotal": option["shipping_amount"],
                "amount_tax": 0,
                "amount_total": option["shipping_amount"],
                "shipping_rate": rate,
            }
