"""The shopper pays, or tries to: payment intents, and how a session completes."""

from dataclasses import dataclass
from typing import Any

from sandbox import buyers, charges, events, lists, methods, pricing, sessions, shipping
from sandbox.buyers import Buyer
from sandbox.cards import Card
from sandbox.objects import complete, listing, new_id
from sandbox.standin import Call, StandIn
from sandbox.store import Json


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended: paid, declined, asks (the bank wants a word), processing, closed."""

    status: str
    code: str = ""
    decline_code: str = ""
    message: str = ""


ASK_FAILED = Outcome(
    "declined",
    "payment_intent_authentication_failure",
    "",
    "We are unable to authenticate your payment method. Please choose a different payment "
    "method and try again.",
)


def pay(stand: StandIn, id: str, card: Card, buyer: Buyer) -> Outcome:
    """Tries a card on an open session. A session that is not open is left as it is."""
    session = _open(stand, id, buyer)
    if session is None:
        return Outcome("closed")
    if session["amount_total"] == 0:
        return _complete(stand, session, "no_payment_required")
    payment = _begin(stand, session, "card")
    if card.fate == "asks":
        return _ask(stand, session, payment, card, buyer)
    if card.fate == "declined":
        return _decline(stand, payment, card)
    return _succeed(stand, session, payment, card)


def pay_later(stand: StandIn, id: str, buyer: Buyer) -> Outcome:
    """Pays by the session's delayed method: the session completes unpaid, the money comes or
    fails later."""
    session = _open(stand, id, buyer)
    method = methods.delayed(session) if session else None
    if session is None or method is None:
        return Outcome("closed")
    payment = _begin(stand, session, method)
    payment |= {"status": "processing", "last_payment_error": None}
    charge = charges.create(stand, payment, method, None, status="pending", paid=False)
    payment["latest_charge"] = charge["id"]
    stand.store.save(payment)
    events.record(stand, "payment_intent.processing", payment)
    events.record(stand, "charge.pending", charge)
    _complete(stand, session, "unpaid")
    return Outcome("processing")


def _open(stand: StandIn, id: str, buyer: Buyer) -> Json | None:
    """The session if it can be paid, with the buyer and the shipping rate written in."""
    session = sessions.load(stand, id)
    if session["status"] != "open":
        return None
    if buyer.shipping_rate:
        shipping.choose(session, buyer.shipping_rate)
    sessions.price(session, pricing.lines_of(stand, id))
    buyers.describe(session, buyer)
    return stand.store.save(session)


def _begin(stand: StandIn, session: Json, method: str) -> Json:
    """The session's payment intent, made at the first attempt and used again for every later
    one."""
    if session["payment_intent"]:
        payment = stand.need("payment_intent", session["payment_intent"])
        payment |= _shared(session) | {"payment_method": new_id("pm")}
        return stand.store.save(payment)
    payment = _new(stand, session, method)
    stand.store.add(payment, session=session["id"])
    session["payment_intent"] = payment["id"]
    stand.store.save(session)
    events.record(stand, "payment_intent.created", payment)
    return payment


def _new(stand: StandIn, session: Json, method: str) -> Json:
    wanted = stand.store.hidden(session["id"])["payment"]
    id = new_id("pi")
    return complete(
        "payment_intent",
        **_shared(session),
        id=id,
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        capture_method="automatic_async",
        client_secret=f"{id}_secret_{new_id('', 25).lstrip('_')}",
        confirmation_method="automatic",
        created=stand.now(),
        currency=session["currency"],
        description=wanted.get("description"),
        livemode=False,
        metadata=wanted.get("metadata") or {},
        payment_method=new_id("pm"),
        payment_method_types=[method],
        receipt_email=wanted.get("receipt_email"),
        setup_future_usage=wanted.get("setup_future_usage"),
        statement_descriptor=wanted.get("statement_descriptor"),
        statement_descriptor_suffix=wanted.get("statement_descriptor_suffix"),
        status="requires_payment_method",
        transfer_group=wanted.get("transfer_group"),
    )


def _shared(session: Json) -> Json:
    """What a later attempt may change: the total with another shipping rate, and the address."""
    shipped = (session["collected_information"] or {}).get("shipping_details")
    details = shipped and {
        **shipped,
        "carrier": None,
        "phone": session["customer_details"]["phone"],
        "tracking_number": None,
    }
    return {"amount": session["amount_total"], "shipping": details}


def _ask(stand: StandIn, session: Json, payment: Json, card: Card, buyer: Buyer) -> Outcome:
    payment |= {
        "status": "requires_action",
        "last_payment_error": None,
        "next_action": {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "three_d_secure_redirect"},
        },
    }
    stand.store.save(payment)
    stand.store.save(session, asked=card.number, buyer=buyers.as_json(buyer))
    events.record(stand, "payment_intent.requires_action", payment)
    return Outcome("asks")


def answer_bank(stand: StandIn, id: str, card: Card, *, agreed: bool) -> Outcome:
    """The shopper's word to the bank: the payment goes through, or the attempt fails and the
    page stays open."""
    session = sessions.load(stand, id)
    if session["status"] != "open" or not session["payment_intent"]:
        return Outcome("closed")
    payment = stand.need("payment_intent", session["payment_intent"])
    if payment["status"] != "requires_action":
        return Outcome("closed")
    payment["next_action"] = None
    if agreed:
        return _succeed(stand, session, payment, card)
    payment |= {
        "status": "requires_payment_method",
        "last_payment_error": _error(payment, ASK_FAILED),
    }
    stand.store.save(payment | {"payment_method": None})
    events.record(stand, "payment_intent.payment_failed", payment)
    return ASK_FAILED


def _decline(stand: StandIn, payment: Json, card: Card) -> Outcome:
    outcome = Outcome("declined", card.code, card.decline_code, card.message)
    charge = charges.create(
        stand,
        payment,
        "card",
        card,
        status="failed",
        paid=False,
        captured=False,
        amount_captured=0,
        failure_code=card.code,
        failure_message=card.message,
    )
    _fail(stand, payment, charge, outcome)
    return outcome


def _fail(stand: StandIn, payment: Json, charge: Json, outcome: Outcome) -> None:
    payment |= {
        "status": "requires_payment_method",
        "latest_charge": charge["id"],
        "last_payment_error": _error(payment, outcome) | {"charge": charge["id"]},
        "next_action": None,
        "payment_method": None,
    }
    stand.store.save(payment)
    events.record(stand, "charge.failed", charge)
    events.record(stand, "payment_intent.payment_failed", payment)


def _error(payment: Json, outcome: Outcome) -> Json:
    error: Json = {"code": outcome.code, "message": outcome.message, "type": "card_error"}
    if outcome.decline_code:
        error["decline_code"] = outcome.decline_code
    error["doc_url"] = f"https://stripe.com/docs/error-codes/{outcome.code.replace('_', '-')}"
    error["payment_method"] = {
        "id": payment["payment_method"],
        "object": "payment_method",
        "billing_details": dict.fromkeys(("address", "email", "name", "phone", "tax_id")),
        "created": payment["created"],
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }
    return error


def _succeed(stand: StandIn, session: Json, payment: Json, card: Card) -> Outcome:
    charge = charges.create(stand, payment, "card", card)
    _mark_succeeded(stand, payment, charge)
    return _complete(stand, session, "paid")


def _mark_succeeded(stand: StandIn, payment: Json, charge: Json) -> None:
    payment |= {
        "status": "succeeded",
        "amount_received": payment["amount"],
        "last_payment_error": None,
        "latest_charge": charge["id"],
    }
    stand.store.save(payment)
    events.record(stand, "payment_intent.succeeded", payment)
    events.record(stand, "charge.succeeded", charge)
    stand.later("settle", charge["id"], stand.options.settle_after)


def _complete(stand: StandIn, session: Json, payment_status: str) -> Outcome:
    session |= {"status": "complete", "payment_status": payment_status, "url": None}
    stand.store.save(session)
    events.record(stand, "checkout.session.completed", session)
    return Outcome("paid")


def finish_delayed(stand: StandIn, id: str, *, succeeded: bool) -> bool:
    """The money of a delayed payment arrives or fails; False when the session waits for none."""
    session = sessions.load(stand, id)
    payment = stand.store.get(session["payment_intent"] or "", "payment_intent")
    if payment is None or payment["status"] != "processing":
        return False
    charge = stand.need("charge", payment["latest_charge"])
    (_arrive if succeeded else _bounce)(stand, session, payment, charge)
    return True


def _arrive(stand: StandIn, session: Json, payment: Json, charge: Json) -> None:
    charge |= {"status": "succeeded", "paid": True}
    stand.store.save(charge)
    _mark_succeeded(stand, payment, charge)
    session["payment_status"] = "paid"
    stand.store.save(session)
    events.record(stand, "checkout.session.async_payment_succeeded", session)


def _bounce(stand: StandIn, session: Json, payment: Json, charge: Json) -> None:
    message = "The customer's bank account has insufficient funds."
    charge |= {"status": "failed", "failure_code": "insufficient_funds", "failure_message": message}
    stand.store.save(charge)
    _fail(
        stand, payment, charge, Outcome("declined", "payment_method_provider_decline", "", message)
    )
    events.record(stand, "checkout.session.async_payment_failed", session)


def retrieve(stand: StandIn, call: Call) -> Json:
    """GET /v1/payment_intents/{id}."""
    return stand.need("payment_intent", call.ids[0])


def list_payments(stand: StandIn, call: Call) -> Json:
    """GET /v1/payment_intents, by created."""
    if call.params.keys() & {"customer", "customer_account"}:
        return listing(call.path, [])
    return lists.page(stand, call, stand.store.find("payment_intent"), kind="payment_intent")


def buyer_kept(stand: StandIn, id: str) -> tuple[str, dict[str, Any]]:
    """Card number and buyer of the attempt that the bank asks about."""
    hidden = stand.store.hidden(id)
    return hidden.get("asked", ""), hidden.get("buyer", {})
