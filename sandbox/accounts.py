"""Connected accounts of API v2, their capability to receive transfers, and onboarding links."""

from sandbox import events
from sandbox.errors import Invalid, missing
from sandbox.objects import complete, new_id
from sandbox.standin import Call, StandIn
from sandbox.store import Json

# Null in an answer unless the request's `include` names them.
INCLUDABLE = ("configuration", "defaults", "future_requirements", "identity", "requirements")


def create(stand: StandIn, call: Call) -> Json:
    """POST /v2/core/accounts."""
    given = call.params
    country = (given.get("identity") or {}).get("country")
    wants = _wants_transfers(given)
    if wants and not country:
        raise Invalid(
            "identity.country is required for this configuration.",
            code="parameter_missing",
            param="identity.country",
        )
    account = complete(
        "v2.core.account",
        id=new_id("acct", 16),
        applied_configurations=[
            name for name, value in (given.get("configuration") or {}).items() if value
        ],
        closed=False,
        configuration=_configuration(given),
        contact_email=given.get("contact_email"),
        contact_phone=given.get("contact_phone"),
        created=events.iso(stand.now()),
        dashboard=given.get("dashboard"),
        defaults=_defaults(given),
        display_name=given.get("display_name"),
        identity=given.get("identity"),
        livemode=False,
        metadata=given.get("metadata") or {},
        requirements=_requirements(stand, due=wants),
    )
    stand.store.add(account)
    return shown(account, given.get("include") or [])


def _wants_transfers(given: Json) -> bool:
    recipient = (given.get("configuration") or {}).get("recipient") or {}
    balance = (recipient.get("capabilities") or {}).get("stripe_balance") or {}
    return bool((balance.get("stripe_transfers") or {}).get("requested"))


def _configuration(given: Json) -> Json:
    configuration: Json = {"customer": None, "merchant": None, "recipient": None}
    if (given.get("configuration") or {}).get("recipient") is None:
        return configuration
    status = _capability("restricted") if _wants_transfers(given) else None
    configuration["recipient"] = {
        "applied": True,
        "capabilities": {"stripe_balance": {"stripe_transfers": status}},
    }
    return configuration


def _defaults(given: Json) -> Json | None:
    if "defaults" not in given:
        return None
    responsibilities = given["defaults"].get("responsibilities") or {}
    collected = {"requirements_collector": "stripe"} | responsibilities
    defaults: Json = given["defaults"] | {"responsibilities": collected}
    return defaults


def _capability(status: str) -> Json:
    waiting = [{"code": "requirements_past_due", "resolution": "provide_info"}]
    return {"status": status, "status_details": [] if status == "active" else waiting}


def _requirements(stand: StandIn, *, due: bool) -> Json:
    entry = {
        "awaiting_action_from": "user",
        "description": "identity.individual.given_name",
        "errors": [],
        "impact": {
            "restricts_capabilities": [
                {
                    "capability": "stripe_balance.stripe_transfers",
                    "configuration": "recipient",
                    "deadline": {"status": "currently_due"},
                }
            ]
        },
        "minimum_deadline": {"status": "currently_due"},
        "requested_reasons": [{"code": "routine_onboarding"}],
    }
    minimum = {"minimum_deadline": {"status": "currently_due"}}
    return {"entries": [entry] if due else [], "summary": minimum if due else None}


def shown(account: Json, include: list[str]) -> Json:
    """The account as the API shows it: parts that were not asked for are null."""
    wanted = {name.split(".")[0] for name in include}
    return account | {name: account[name] if name in wanted else None for name in INCLUDABLE}


def retrieve(stand: StandIn, call: Call) -> Json:
    """GET /v2/core/accounts/{id}."""
    account = stand.store.get(call.ids[0], "v2.core.account")
    if account is None:
        raise missing("account", call.ids[0])
    return shown(account, call.params.get("include") or [])


def list_accounts(stand: StandIn, call: Call) -> Json:
    """GET /v2/core/accounts, in v2's own page shape (the first hundred)."""
    found = [shown(account, []) for account in stand.store.find("v2.core.account")[:100]]
    return {"data": found, "next_page_url": None, "previous_page_url": None}


def can_receive(account: Json) -> bool:
    """Whether transfers to the account go through."""
    recipient = (account["configuration"] or {}).get("recipient")
    if not recipient:
        return False
    capability = recipient["capabilities"]["stripe_balance"]["stripe_transfers"]
    return bool(capability and capability["status"] == "active")


def set_capability(stand: StandIn, id: str, *, active: bool) -> bool:
    """Finishes onboarding or takes the capability away; False if it was never asked for."""
    account = stand.store.get(id, "v2.core.account")
    recipient = account and account["configuration"]["recipient"]
    if not account or not recipient:
        return False
    recipient["capabilities"]["stripe_balance"]["stripe_transfers"] = _capability(
        "active" if active else "restricted"
    )
    account["requirements"] = _requirements(stand, due=not active)
    stand.store.save(account)
    events.record(stand, "account.updated", _as_v1(account, active=active), connect=True)
    events.record_thin(stand, "v2.core.account[requirements].updated", id)
    events.record_thin(
        stand, "v2.core.account[configuration.recipient].capability_status_updated", id
    )
    return True


def _as_v1(account: Json, *, active: bool) -> Json:
    """The account as `account.updated` of API v1 shows it."""
    status = "active" if active else "inactive"
    due: list[str] = [] if active else ["individual.first_name"]
    return {
        "id": account["id"],
        "object": "account",
        "capabilities": {"transfers": status},
        "charges_enabled": False,
        "country": ((account["identity"] or {}).get("country") or "").upper() or None,
        "details_submitted": active,
        "email": account["contact_email"],
        "metadata": account["metadata"],
        "payouts_enabled": active,
        "requirements": {
            "currently_due": due,
            "disabled_reason": None if active else "requirements.past_due",
            "errors": [],
            "eventually_due": due,
            "past_due": due,
            "pending_verification": [],
        },
    }


def balance(stand: StandIn, id: str, currency: str) -> int:
    """What a connected account holds: transfers less reversals and pay-outs."""
    transfers = [
        item
        for item in stand.store.find("transfer", destination=id)
        if item["currency"] == currency
    ]
    held = sum(item["amount"] - item["amount_reversed"] for item in transfers)
    paid_out: dict[str, int] = stand.store.hidden(id).get("paid_out", {})
    return int(held - paid_out.get(currency, 0))


def pay_out(stand: StandIn, id: str) -> None:
    """Sends all an account holds to its bank, so that reversals find nothing there."""
    account = stand.need("v2.core.account", id)
    paid_out: dict[str, int] = stand.store.hidden(id).get("paid_out", {})
    for currency in {item["currency"] for item in stand.store.find("transfer", destination=id)}:
        paid_out[currency] = paid_out.get(currency, 0) + balance(stand, id, currency)
    stand.store.save(account, paid_out=paid_out)
