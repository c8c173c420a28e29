"""Refunds: never more than was charged, never of a disputed charge."""

from typing import Any

from sandbox import charges, currencies, disputes, events, lists
from sandbox.errors import Invalid, Refused, exclusive, missing, not_simulated
from sandbox.objects import complete, merged, new_id
from sandbox.standin import Call, StandIn
from sandbox.store import Json

FILTERS = ("charge", "payment_intent")
ELSEWHERE = ("customer", "instructions_email", "origin")


def create(stand: StandIn, call: Call) -> Json:
    """POST /v1/refunds, by payment_intent or charge; the whole rest unless an amount is given."""
    given = call.params
    for name in ELSEWHERE:
        if name in given:
            raise not_simulated(name)
    charge = _charge(stand, given)
    if "amount" in given:
        currencies.check_amount(given["amount"], charge["currency"], "amount", least=1)
    for name in ("reverse_transfer", "refund_application_fee"):
        if given.get(name):
            raise Refused(
                f"Charge {charge['id']} has no associated transfer: `{name}` needs a "
                "destination charge.",
                param=name,
            )
    return refund(
        stand,
        charge,
        amount=given.get("amount"),
        reason=given.get("reason"),
        metadata=given.get("metadata") or {},
    )


def _charge(stand: StandIn, given: Json) -> Json:
    if "charge" in given and "payment_intent" in given:
        raise exclusive("charge", "payment_intent")
    if "charge" in given:
        return stand.need("charge", given["charge"], param="charge")
    if "payment_intent" not in given:
        raise Invalid(
            "One of the following params should be provided for this request: payment_intent or "
            "charge.",
            code="parameter_missing",
        )
    payment = stand.store.get(given["payment_intent"], "payment_intent")
    if payment is None:
        raise missing("payment_intent", given["payment_intent"], param="payment_intent")
    if payment["status"] not in ("succeeded", "processing"):
        raise Refused(
            f"This PaymentIntent ({payment['id']}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
            param="payment_intent",
        )
    return stand.need("charge", payment["latest_charge"])


def refund(
    stand: StandIn,
    charge: Json,
    *,
    amount: int | None = None,
    reason: str | None = None,
    metadata: dict[str, str] | None = None,
) -> Json:
    """Gives money of a charge back, for API and panel; raises Refused when it may not."""
    _check(stand, charge, amount)
    left = charge["amount"] - charge["amount_refunded"]
    amount = left if amount is None else amount
    fate = stand.store.hidden(charge["id"]).get("fate", "")
    waits = fate in ("refund_waits", "delayed")
    made = _store(
        stand,
        charge,
        amount,
        "pending" if waits else "succeeded",
        reason=reason,
        metadata=metadata or {},
    )
    if fate == "refund_waits":
        stand.later("finish_refund", made["id"], stand.options.settle_after)
    if fate == "refund_fails":
        stand.later("fail_refund", made["id"], stand.options.settle_after)
    return made


def _check(stand: StandIn, charge: Json, amount: int | None) -> None:
    if charge["status"] != "succeeded":
        raise Refused(
            f"Charge {charge['id']} has not succeeded and cannot be refunded.",
            code="charge_not_refundable",
        )
    if charge["refunded"]:
        raise Refused(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if disputes.forbids_refunds(stand, charge["id"]):
        raise Refused(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    left = charge["amount"] - charge["amount_refunded"]
    if amount is not None and amount > left:
        currency = charge["currency"]
        raise Refused(
            f"Refund amount ({currencies.written(amount, currency)}) is greater than unrefunded "
            "amount on "
            f"charge ({currencies.written(left, currency)})",
            param="amount",
        )


def _store(stand: StandIn, charge: Json, amount: int, status: str, **fields: Any) -> Json:
    made = complete(
        "refund",
        id=new_id("re"),
        amount=amount,
        charge=charge["id"],
        created=stand.now(),
        currency=charge["currency"],
        destination_details=_destination(charge),
        payment_intent=charge["payment_intent"],
        status=status,
        **fields,
    )
    made["balance_transaction"] = charges.book(stand, made, amount=-amount, type="refund")["id"]
    stand.store.add(made)
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    _take_back(stand, charge, amount)
    events.record(stand, "refund.created", made)
    events.record(stand, "charge.refunded", charge, previous=before)
    return made


def _destination(charge: Json) -> Json:
    type = charge["payment_method_details"]["type"]
    if type != "card":
        return {"type": type, type: {}}
    card = {
        "reference_status": "pending",
        "reference_type": "acquirer_reference_number",
        "type": "refund",
    }
    return {"type": "card", "card": card}


def _take_back(stand: StandIn, charge: Json, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    stand.store.save(charge)


def finish(stand: StandIn, id: str) -> bool:
    """A pending refund arrives; False when it is not pending."""
    made = stand.store.get(id, "refund")
    if made is None or made["status"] != "pending":
        return False
    made["status"] = "succeeded"
    stand.store.save(made)
    _tell_updated(stand, made, {"status": "pending"})
    return True


def fail(stand: StandIn, id: str) -> bool:
    """The bank sends a refund back, even a succeeded one: it can be made again."""
    made = stand.store.get(id, "refund")
    if made is None or made["status"] not in ("pending", "succeeded"):
        return False
    charge = stand.need("charge", made["charge"])
    _take_back(stand, charge, -made["amount"])
    before = made["status"]
    returned = charges.book(stand, made, amount=made["amount"], type="refund_failure")
    made |= {
        "status": "failed",
        "failure_reason": "lost_or_stolen_card",
        "failure_balance_transaction": returned["id"],
    }
    stand.store.save(made)
    _tell_updated(stand, made, {"status": before})
    events.record(stand, "refund.failed", made)
    return True


def _tell_updated(stand: StandIn, made: Json, previous: Json) -> None:
    events.record(stand, "refund.updated", made, previous=previous)
    events.record(stand, "charge.refund.updated", made, previous=previous)


def retrieve(stand: StandIn, call: Call) -> Json:
    """GET /v1/refunds/{id}."""
    return stand.need("refund", call.ids[0])


def update(stand: StandIn, call: Call) -> Json:
    """POST /v1/refunds/{id}: metadata only."""
    made = stand.need("refund", call.ids[0])
    made["metadata"] = merged(made["metadata"] or {}, call.params.get("metadata"))
    return stand.store.save(made)


def list_refunds(stand: StandIn, call: Call) -> Json:
    """GET /v1/refunds, by charge, payment_intent or created."""
    links = {name: call.params[name] for name in FILTERS if name in call.params}
    return lists.page(stand, call, stand.store.find("refund", **links), kind="refund")
