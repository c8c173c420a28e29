"""Connected accounts of API v2, their capability to receive transfers, and onboarding links."""

from sandbox import events
from sandbox.errors import Invalid, Refused, missing
from sandbox.objects import complete, new_id
from sandbox.standin import Call, StandIn
from sandbox.store import Json

# Null in an answer unless the request's `include` names them.
INCLUDABLE = ("configuration", "defaults", "future_requirements", "identity", "requirements")
NAME = "identity.individual.given_name"
DOCUMENT = "identity.individual.documents.primary_verification"
TWO_WEEKS = 14 * 24 * 60 * 60


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
        requirements=_requirements(stand, NAME if wants else None),
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


def _requirements(stand: StandIn, requirement: str | None, *, by: int | None = None) -> Json:
    """None, or one that its holder has to answer, by a day when that is still to come."""
    status = "eventually_due" if by else "currently_due"
    entry = {
        "awaiting_action_from": "user",
        "description": requirement,
        "errors": [],
        "impact": {
            "restricts_capabilities": [
                {
                    "capability": "stripe_balance.stripe_transfers",
                    "configuration": "recipient",
                    "deadline": {"status": status},
                }
            ]
        },
        "minimum_deadline": {"status": status},
        "requested_reasons": [{"code": "routine_verification" if by else "routine_onboarding"}],
    }
    soonest = {"status": status, "time": events.iso(by) if by else None}
    return {
        "entries": [entry] if requirement else [],
        "summary": {"minimum_deadline": soonest} if requirement else None,
    }


def shown(account: Json, include: list[str]) -> Json:
    """The account as the API shows it: parts that were not asked for are null."""
    wanted = {name.split(".")[0] for name in include}
    return account | {name: account[name] if name in wanted else None for name in INCLUDABLE}


def retrieve(stand: StandIn, call: Call) -> Json:
    """GET /v2/core/accounts/{id}."""
    account = stand.store.get(call.ids[0], "v2.core.account")
    if account is None:
        raise missing("account", call.ids[0])
    if stand.store.hidden(account["id"]).get("cut_off"):
        raise no_access(account["id"])
    return shown(account, call.params.get("include") or [])


def no_access(id: str) -> Refused:
    """What Stripe says of an account that its holder has cut off, or that never was the shop's."""
    return Refused(
        f"The provided key does not have access to account '{id}' (or that account does not "
        "exist). Application access may have been revoked.",
        status=403,
        code="account_invalid",
    )


def cut_off(stand: StandIn, id: str) -> None:
    """Its holder takes the shop's access away."""
    account = stand.need("v2.core.account", id)
    recipient = account["configuration"]["recipient"]
    recipient["capabilities"]["stripe_balance"]["stripe_transfers"] = _capability("restricted")
    stand.store.save(account, cut_off=True)
    application = {"id": "ca_sandbox", "object": "application", "name": "The shop"}
    events.record(stand, "account.application.deauthorized", application, account=id)


def ask_for_more(stand: StandIn, id: str, requirement: str) -> bool:
    """Stripe asks for something more by a day; money goes on being sent until then."""
    account = stand.store.get(id, "v2.core.account")
    if not account or not can_receive(account):
        return False
    account["requirements"] = _requirements(stand, requirement, by=stand.now() + TWO_WEEKS)
    _save_and_tell(stand, account)
    return True


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
    account["requirements"] = _requirements(stand, None if active else DOCUMENT)
    _save_and_tell(stand, account)
    events.record_thin(
        stand, "v2.core.account[configuration.recipient].capability_status_updated", id
    )
    return True


def _save_and_tell(stand: StandIn, account: Json) -> None:
    stand.store.save(account)
    seen = _as_v1(account, active=can_receive(account))
    events.record(stand, "account.updated", seen, account=account["id"])
    events.record_thin(stand, "v2.core.account[requirements].updated", account["id"])


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
