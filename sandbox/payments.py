"""The shopper pays, or tries to: payment intents, and how a session completes."""

from typing import Any

from sandbox import buyers, charges, events, methods, payment_intents, pricing, sessions, shipping
from sandbox.buyers import Buyer
from sandbox.cards import Card
from sandbox.payment_intents import Outcome
from sandbox.standin import StandIn
from sandbox.store import Json

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
    payment = payment_intents.begin(stand, session, "card")
    if card.fate == "asks":
        return _ask(stand, session, payment, card, buyer)
    if card.fate == "declined":
        return _decline(stand, payment, card)
    return _succeed(stand, session, payment, card)


def pay_later(stand: StandIn, id: str, buyer: Buyer) -> Outcome:
    """Pays by the session's delayed method: it completes unpaid, the money comes later."""
    session = _open(stand, id, buyer)
    method = methods.delayed(session) if session else None
    if session is None or method is None:
        return Outcome("closed")
    payment = payment_intents.begin(stand, session, method)
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
    sessions.price(stand, session, pricing.lines_of(stand, id), is_located=True)
    buyers.describe(session, buyer)
    return stand.store.save(session)


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
    """The shopper's word to the bank: pays, or fails and leaves the page open."""
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
        "last_payment_error": payment_intents.error_of(payment, ASK_FAILED),
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
    payment_intents.fail(stand, payment, charge, outcome)
    return outcome


def _succeed(stand: StandIn, session: Json, payment: Json, card: Card) -> Outcome:
    charge = charges.create(stand, payment, "card", card)
    payment_intents.succeed(stand, payment, charge)
    return _complete(stand, session, "paid")


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
    payment_intents.succeed(stand, payment, charge)
    session["payment_status"] = "paid"
    stand.store.save(session)
    events.record(stand, "checkout.session.async_payment_succeeded", session)


def _bounce(stand: StandIn, session: Json, payment: Json, charge: Json) -> None:
    message = "The customer's bank account has insufficient funds."
    charge |= {"status": "failed", "failure_code": "insufficient_funds", "failure_message": message}
    stand.store.save(charge)
    payment_intents.fail(
        stand, payment, charge, Outcome("declined", "payment_method_provider_decline", "", message)
    )
    events.record(stand, "checkout.session.async_payment_failed", session)


def buyer_kept(stand: StandIn, id: str) -> tuple[str, dict[str, Any]]:
    """Card number and buyer of the attempt that the bank asks about."""
    hidden = stand.store.hidden(id)
    return hidden.get("asked", ""), hidden.get("buyer", {})
