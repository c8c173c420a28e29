"""A small JSON interface for tests: pay without a browser, order faults, see what was sent.

POSTs must be `application/json`, which no page of another site can send without asking first.
"""

import json
from collections.abc import Callable

from sandbox import acts, cards, events, faults, page, payments, sessions
from sandbox.answers import Answer, Headers, as_json
from sandbox.buyers import Address, Buyer
from sandbox.errors import Refused
from sandbox.payment_intents import Outcome
from sandbox.standin import StandIn
from sandbox.store import Json


def answer(stand: StandIn, method: str, path: str, headers: Headers, body: bytes) -> Answer:
    """Answers /_test/…"""
    view = VIEWS.get(f"{method} {path}")
    if view is None:
        return as_json({"error": {"message": f"No {method} {path} here"}}, 404)
    if method == "POST" and not headers.get("Content-Type", "").startswith("application/json"):
        return as_json({"error": {"message": "Send application/json"}}, 415)
    try:
        return as_json(view(stand, json.loads(body or b"{}")))
    except Refused as refusal:
        return as_json(refusal.body(), refusal.status)
    except (KeyError, TypeError, ValueError) as error:
        return as_json({"error": {"message": f"{type(error).__name__}: {error}"}}, 400)


def _pay(stand: StandIn, given: Json) -> Json:
    """`card` is a test card's number or "delayed"; `bank` "complete" or "fail" answers for the
    bank."""
    with stand.store.transaction():
        session = sessions.load(stand, given["session"])
        buyer = _buyer(session, given)
        if given.get("card") == "delayed":
            outcome = payments.pay_later(stand, session["id"], buyer)
        else:
            outcome = _pay_by_card(stand, session["id"], buyer, given)
    landed = outcome.status in ("paid", "processing")
    return vars(outcome) | {"redirect": page.success_url(session) if landed else None}


def _pay_by_card(stand: StandIn, id: str, buyer: Buyer, given: Json) -> Outcome:
    card = cards.find(str(given.get("card", "4242424242424242")))
    if card is None:
        raise Refused("This is not one of the test cards.", status=402, code="incorrect_number")
    outcome = payments.pay(stand, id, card, buyer)
    if outcome.status == "asks" and "bank" in given:
        return payments.answer_bank(stand, id, card, agreed=given["bank"] == "complete")
    return outcome


def _buyer(session: Json, given: Json) -> Buyer:
    """A believable buyer where the test does not say otherwise."""
    allowed = (session["shipping_address_collection"] or {}).get("allowed_countries", ["PT"])
    usual = {
        "country": allowed[0],
        "line1": "Rua das Flores 12",
        "city": "Porto",
        "postal_code": "4050-262",
    }
    return Buyer(
        email=given.get("email", "jonas@example.eu"),
        name=given.get("name", "Jonas Weber"),
        phone=given.get("phone", "+351 912 345 678")
        if session["phone_number_collection"]["enabled"]
        else None,
        address=Address(**(usual | given.get("address", {})))
        if session["shipping_address_collection"]
        else None,
        shipping_rate=given.get("shipping_rate"),
    )


def _order_fault(stand: StandIn, given: Json) -> Json:
    faults.order(stand, faults.Fault(**given))
    return {"faults": [vars(fault) for fault in stand.faults]}


def _act(stand: StandIn, given: Json) -> Json:
    return {
        "said": acts.act(stand, given["act"], str(given.get("id", "")), str(given.get("value", "")))
    }


def _deliveries(stand: StandIn, given: Json) -> Json:
    rows = stand.store.rows("SELECT * FROM deliveries ORDER BY seq")
    return {"data": [dict(row) | {"type": _type(stand, row["event"])} for row in rows]}


def _type(stand: StandIn, event: str) -> str:
    return str((stand.store.get(event) or {}).get("type", ""))


def _events(stand: StandIn, given: Json) -> Json:
    return {"data": events.every(stand)[::-1]}


VIEWS: dict[str, Callable[[StandIn, Json], Json]] = {
    "POST /_test/pay": _pay,
    "POST /_test/faults": _order_fault,
    "POST /_test/act": _act,
    "GET /_test/deliveries": _deliveries,
    "GET /_test/events": _events,
}
