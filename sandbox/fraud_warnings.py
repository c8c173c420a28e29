"""Early fraud warnings: a card's bank says that a payment may be a fraud."""

from sandbox import events
from sandbox.errors import Refused
from sandbox.objects import new_id
from sandbox.standin import Call, StandIn
from sandbox.store import Json

TYPES = {
    "card_never_received",
    "fraudulent_card_application",
    "made_with_counterfeit_card",
    "made_with_lost_card",
    "made_with_stolen_card",
    "misc",
    "unauthorized_use_of_card",
}


def warn(stand: StandIn, charge_id: str, fraud_type: str) -> Json:
    """The bank warns of a paid charge."""
    charge = stand.need("charge", charge_id)
    if charge["status"] != "succeeded" or fraud_type not in TYPES:
        raise Refused("Only of a paid charge, and for a reason that banks give.")
    warning: Json = {
        "id": new_id("issfr"),
        "object": "radar.early_fraud_warning",
        "actionable": not charge["disputed"] and not charge["refunded"],
        "charge": charge["id"],
        "created": stand.now(),
        "fraud_type": fraud_type,
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
    stand.store.add(warning)
    events.record(stand, "radar.early_fraud_warning.created", warning)
    return warning


def retrieve(stand: StandIn, call: Call) -> Json:
    """GET /v1/radar/early_fraud_warnings/{id}."""
    return stand.need("radar.early_fraud_warning", call.ids[0])
