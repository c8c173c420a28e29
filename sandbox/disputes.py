"""Disputes: opened by the panel or by the test card for it, answered, then won or lost.

An inquiry (its status begins with `warning`) only asks: no money is taken and the charge can be
given back, until it becomes a dispute or is closed.
"""

from typing import Any

from sandbox import charges, events, lists
from sandbox.errors import Invalid, Refused, not_simulated
from sandbox.objects import complete, merged, new_id
from sandbox.standin import Call, StandIn
from sandbox.store import Json

FILTERS = ("charge", "payment_intent")
REASONS = (
    "bank_cannot_process", "check_returned", "credit_not_processed", "customer_initiated",
    "debit_not_authorized", "duplicate", "fraudulent", "general", "incorrect_account_details",
    "insufficient_funds", "noncompliant", "product_not_received", "product_unacceptable",
    "subscription_canceled", "unrecognized",
)  # fmt: skip
# What is uploaded first, or belongs to a programme of a card network.
ELSEWHERE = (
    "appeal", "cancellation_policy", "customer_communication", "customer_signature",
    "duplicate_charge_documentation", "enhanced_evidence", "receipt", "refund_policy",
    "service_documentation", "shipping_documentation", "uncategorized_file",
)  # fmt: skip
OPEN = ("needs_response", "under_review")
INQUIRY = ("warning_needs_response", "warning_under_review")
ANSWERED = {
    "needs_response": "under_review",
    "warning_needs_response": "warning_under_review",
}
WEEK = 7 * 24 * 60 * 60
FEE = 2000
LONGEST = 150_000


def open_dispute(
    stand: StandIn,
    charge_id: str,
    *,
    amount: int | None = None,
    inquiry: bool = False,
    reason: str = "fraudulent",
) -> Json:
    """The cardholder's bank takes back what was not refunded yet, or `amount`, for now."""
    charge = stand.need("charge", charge_id)
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise Refused("Only a paid charge that is not disputed yet can be disputed.")
    amount = amount or charge["amount"] - charge["amount_refunded"] or charge["amount"]
    if amount > charge["amount"]:
        raise Refused("More than was charged cannot be disputed.", param="amount")
    dispute = complete(
        "dispute",
        id=new_id("du"),
        amount=amount,
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
        is_charge_refundable=inquiry,
        livemode=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="warning_needs_response" if inquiry else "needs_response",
    )
    stand.store.add(dispute)
    stand.store.save(charge | {"disputed": True})
    if not inquiry:
        _withdraw(stand, dispute)
    events.record(stand, "charge.dispute.created", dispute)
    if not inquiry:
        events.record(stand, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def _withdraw(stand: StandIn, dispute: Json) -> None:
    taken = charges.book(stand, dispute, amount=-dispute["amount"], fee=FEE, type="adjustment")
    dispute["balance_transactions"].append(taken)
    stand.store.save(dispute)


def escalate(stand: StandIn, id: str) -> Json:
    """The bank is not content with an inquiry: it takes the money back."""
    dispute = stand.need("dispute", id)
    before = dispute["status"]
    if before not in INQUIRY:
        raise Refused("Only an open inquiry becomes a dispute.")
    dispute |= {"status": "needs_response", "is_charge_refundable": False}
    dispute["evidence_details"] |= {"due_by": stand.now() + WEEK, "submission_count": 0}
    _withdraw(stand, dispute)
    events.record(stand, "charge.dispute.updated", dispute, previous={"status": before})
    events.record(stand, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def close(stand: StandIn, id: str, *, won: bool) -> Json:
    """The bank decides. A won dispute brings the money back and frees the charge for refunds."""
    dispute = stand.need("dispute", id)
    before = dispute["status"]
    if before not in OPEN:
        raise Refused("This dispute is closed already, or no more than an inquiry.")
    dispute |= {"status": "won" if won else "lost", "is_charge_refundable": won}
    if won:
        back = charges.book(stand, dispute, amount=dispute["amount"], type="adjustment")
        dispute["balance_transactions"].append(back)
        stand.store.save(stand.need("charge", dispute["charge"]) | {"disputed": False})
    stand.store.save(dispute)
    if won:
        events.record(stand, "charge.dispute.funds_reinstated", dispute)
    events.record(stand, "charge.dispute.closed", dispute, previous={"status": before})
    return dispute


def drop_inquiry(stand: StandIn, id: str) -> Json:
    """The bank is content: nothing was taken, nothing comes back."""
    dispute = stand.need("dispute", id)
    before = dispute["status"]
    if before not in INQUIRY:
        raise Refused("Only an open inquiry is closed like this.")
    stand.store.save(dispute | {"status": "warning_closed"})
    stand.store.save(stand.need("charge", dispute["charge"]) | {"disputed": False})
    dispute["status"] = "warning_closed"
    events.record(stand, "charge.dispute.closed", dispute, previous={"status": before})
    return dispute


def forbids_refunds(stand: StandIn, charge_id: str) -> bool:
    """Whether money of the charge is in dispute, or was lost in one."""
    found = stand.store.find("dispute", charge=charge_id)
    return any(not dispute["is_charge_refundable"] for dispute in found)


def update(stand: StandIn, call: Call) -> Json:
    """POST /v1/disputes/{id}: evidence, sent to the bank at once unless `submit` is false."""
    dispute = stand.need("dispute", call.ids[0])
    given = call.params
    evidence = given.get("evidence") or {}
    for name in ELSEWHERE:
        if name in evidence:
            raise not_simulated(f"evidence[{name}]")
    if "metadata" in given:
        dispute["metadata"] = merged(dispute["metadata"], given["metadata"])
    if evidence or given.get("submit"):
        _take_evidence(stand, dispute, evidence, submit=given.get("submit", True))
    return stand.store.save(dispute)


def _take_evidence(stand: StandIn, dispute: Json, evidence: Json, *, submit: bool) -> None:
    details = dispute["evidence_details"]
    before = dispute["status"]
    if before not in ANSWERED or details["submission_count"]:
        raise Refused("This dispute can no longer be answered: its evidence was submitted, or it "
                      "is closed.")  # fmt: skip
    if stand.now() > details["due_by"]:
        raise Refused("The time to submit evidence for this dispute is over.")
    dispute["evidence"] |= evidence
    told = {key: value for key, value in dispute["evidence"].items() if isinstance(value, str)}
    if sum(map(len, told.values())) > LONGEST:
        raise Invalid(f"All evidence together may have {LONGEST} characters.", param="evidence")
    details["has_evidence"] = bool(told)
    if submit:
        details["submission_count"] += 1
        dispute["status"] = ANSWERED[before]
    events.record(stand, "charge.dispute.updated", dispute, previous={"status": before})


def give_up(stand: StandIn, call: Call) -> Json:
    """POST /v1/disputes/{id}/close: whoever was paid accepts that it is lost."""
    dispute = stand.need("dispute", call.ids[0])
    if dispute["status"] != "needs_response":
        raise Refused("This dispute can no longer be closed.")
    return close(stand, dispute["id"], won=False)


def retrieve(stand: StandIn, call: Call) -> Json:
    """GET /v1/disputes/{id}."""
    return stand.need("dispute", call.ids[0])


def list_disputes(stand: StandIn, call: Call) -> Json:
    """GET /v1/disputes, by charge, payment_intent or created."""
    links: dict[str, Any] = {name: call.params[name] for name in FILTERS if name in call.params}
    return lists.page(stand, call, stand.store.find("dispute", **links), kind="dispute")
