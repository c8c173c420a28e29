"""Charges and their balance transactions."""

from typing import Any

from sandbox import currencies, events, lists
from sandbox.cards import Card
from sandbox.objects import card_details, complete, listing, new_id
from sandbox.standin import Call, StandIn
from sandbox.store import Json

FIXED_FEE = {0: 0, 2: 25, 3: 250}
FILTERS = ("payment_intent", "transfer_group")


def create(stand: StandIn, payment: Json, method: str, card: Card | None, **fields: Any) -> Json:
    """A charge of the whole payment, by card or by the delayed method named."""
    session = stand.store.get(stand.store.hidden(payment["id"])["session"]) or {}
    buyer = session.get("customer_details") or {}
    charge = complete(
        "charge",
        id=new_id("ch" if card else "py"),
        amount=payment["amount"],
        amount_captured=payment["amount"],
        amount_refunded=0,
        billing_details={name: buyer.get(name) for name in ("address", "email", "name", "phone")}
        | {"tax_id": None},
        calculated_statement_descriptor="SANDBOX",
        captured=True,
        created=stand.now(),
        currency=payment["currency"],
        description=payment["description"],
        disputed=False,
        fraud_details={},
        livemode=False,
        metadata=payment["metadata"],
        outcome=_outcome(card),
        paid=True,
        payment_intent=payment["id"],
        payment_method=payment["payment_method"],
        payment_method_details=_method_details(method, card),
        radar_options={},
        receipt_email=payment["receipt_email"],
        refunded=False,
        shipping=payment["shipping"],
        status="succeeded",
        transfer_group=payment["transfer_group"],
    )
    return stand.store.add(charge | fields, fate=card.fate if card else "delayed")


def _outcome(card: Card | None) -> Json:
    declined = card is not None and card.fate == "declined"
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if declined else "approved_by_network",
        "reason": (card.decline_code or card.code) if card and declined else None,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "The bank did not return any further details with this decline."
        if declined
        else "Payment complete.",
        "type": "issuer_declined" if declined else "authorized",
    }


def _method_details(method: str, card: Card | None) -> Json:
    if card is None:
        return {
            "type": method,
            method: {"last4": "3000", "fingerprint": new_id("", 16).lstrip("_")},
        }
    details = card_details(
        brand=card.brand,
        checks={
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        country="US",
        exp_month=12,
        exp_year=2030,
        funding="credit",
        last4=card.last4,
        network=card.brand,
    )
    return {"type": "card", "card": details}


def settle(stand: StandIn, id: str) -> None:
    """Adds fee and net, which Stripe knows only a moment after the payment."""
    charge = stand.store.get(id, "charge")
    if charge is None or charge["balance_transaction"]:
        return
    fee = charge["amount"] * 15 // 1000 + FIXED_FEE[currencies.digits(charge["currency"])]
    transaction = book(stand, charge, amount=charge["amount"], fee=fee, type="charge")
    charge["balance_transaction"] = transaction["id"]
    stand.store.save(charge)
    events.record(stand, "charge.updated", charge, previous={"balance_transaction": None})
    if stand.store.hidden(id).get("fate") == "disputed":
        stand.later("dispute", id, stand.options.settle_after)


def book(stand: StandIn, source: Json, *, amount: int, type: str, fee: int = 0) -> Json:
    """A balance transaction. `amount` is negative when money leaves the platform's balance."""
    details = {
        "amount": fee,
        "application": None,
        "currency": source["currency"],
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    transaction = complete(
        "balance_transaction",
        id=new_id("txn"),
        amount=amount,
        available_on=stand.now(),
        balance_type="payments",
        created=stand.now(),
        currency=source["currency"],
        description=source.get("description"),
        fee=fee,
        fee_details=[details] if fee else [],
        net=amount - fee,
        reporting_category=type,
        source=source["id"],
        status="available",
        type=type,
    )
    return stand.store.add(transaction)


def retrieve(stand: StandIn, call: Call) -> Json:
    """GET /v1/charges/{id}."""
    return stand.need("charge", call.ids[0])


def list_charges(stand: StandIn, call: Call) -> Json:
    """GET /v1/charges, by payment_intent, transfer_group or created."""
    if "customer" in call.params:
        return listing(call.path, [])
    links = {name: call.params[name] for name in FILTERS if name in call.params}
    return lists.page(stand, call, stand.store.find("charge", **links), kind="charge")


def retrieve_transaction(stand: StandIn, call: Call) -> Json:
    """GET /v1/balance_transactions/{id}."""
    return stand.need("balance_transaction", call.ids[0])


def list_transactions(stand: StandIn, call: Call) -> Json:
    """GET /v1/balance_transactions, by type, source, currency or created."""
    found = stand.store.find("balance_transaction")
    for name in ("type", "source", "currency"):
        if name in call.params:
            found = [item for item in found if item[name] == call.params[name]]
    return lists.page(stand, call, found, kind="balance_transaction")
