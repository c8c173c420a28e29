"""Disputes: opened by the panel or by the test card for it, then won or lost."""

from sandbox import charges, events, lists
from sandbox.errors import Refused
from sandbox.objects import complete, new_id
from sandbox.standin import Call, StandIn
from sandbox.store import Json

FILTERS = ("charge", "payment_intent")
WEEK = 7 * 24 * 60 * 60
FEE = 2000


def open_dispute(stand: StandIn, charge_id: str) -> Json:
    """The cardholder's bank takes the whole charge back for now."""
    charge = stand.need("charge", charge_id)
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise Refused("Only a paid charge that is not disputed yet can be disputed.")
    dispute = complete(
        "dispute",
        id=new_id("du"),
        amount=charge["amount"],
        balance_transactions=[],
        charge=charge["id"],
        created=stand.now(),
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={"enhanced_evidence": {}},
        evidence_details={
            "due_by": stand.now() + WEEK,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=False,
        livemode=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        reason="fraudulent",
        status="needs_response",
    )
    taken = charges.book(stand, dispute, amount=-charge["amount"], fee=FEE, type="adjustment")
    dispute["balance_transactions"] = [taken]
    stand.store.add(dispute)
    stand.store.save(charge | {"disputed": True})
    events.record(stand, "charge.dispute.created", dispute)
    events.record(stand, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def close(stand: StandIn, id: str, *, won: bool) -> Json:
    """The bank decides. A won dispute brings the money back and frees the charge for refunds."""
    dispute = stand.need("dispute", id)
    if dispute["status"] not in ("needs_response", "under_review"):
        raise Refused("This dispute is closed already.")
    before = dispute["status"]
    dispute["status"] = "won" if won else "lost"
    if won:
        back = charges.book(stand, dispute, amount=dispute["amount"], type="adjustment")
        dispute["balance_transactions"].append(back)
        stand.store.save(stand.need("charge", dispute["charge"]) | {"disputed": False})
    stand.store.save(dispute)
    if won:
        events.record(stand, "charge.dispute.funds_reinstated", dispute)
    events.record(stand, "charge.dispute.closed", dispute, previous={"status": before})
    return dispute


def retrieve(stand: StandIn, call: Call) -> Json:
    """GET /v1/disputes/{id}."""
    return stand.need("dispute", call.ids[0])


def list_disputes(stand: StandIn, call: Call) -> Json:
    """GET /v1/disputes, by charge, payment_intent or created."""
    links = {name: call.params[name] for name in FILTERS if name in call.params}
    return lists.page(stand, call, stand.store.find("dispute", **links), kind="dispute")
