"""Payment intents: begun, failed, succeeded, read."""

from dataclasses import dataclass

from sandbox import events, lists
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


def begin(stand: StandIn, session: Json, method: str) -> Json:
    """The session's payment intent: made at the first attempt, used again by later ones."""
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


def succeed(stand: StandIn, payment: Json, charge: Json) -> None:
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


def fail(stand: StandIn, payment: Json, charge: Json, outcome: Outcome) -> None:
    payment |= {
        "status": "requires_payment_method",
        "latest_charge": charge["id"],
        "last_payment_error": error_of(payment, outcome) | {"charge": charge["id"]},
        "next_action": None,
        "payment_method": None,
    }
    stand.store.save(payment)
    events.record(stand, "charge.failed", charge)
    events.record(stand, "payment_intent.payment_failed", payment)


def error_of(payment: Json, outcome: Outcome) -> Json:
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


def retrieve(stand: StandIn, call: Call) -> Json:
    """GET /v1/payment_intents/{id}."""
    return stand.need("payment_intent", call.ids[0])


def list_payments(stand: StandIn, call: Call) -> Json:
    """GET /v1/payment_intents, by created."""
    if call.params.keys() & {"customer", "customer_account"}:
        return listing(call.path, [])
    return lists.page(stand, call, stand.store.find("payment_intent"), kind="payment_intent")
