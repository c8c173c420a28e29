"""Links to onboarding, which live for five minutes."""

from sandbox import accounts, events
from sandbox.errors import Invalid, missing
from sandbox.objects import new_id
from sandbox.standin import Call, StandIn
from sandbox.store import Json
from sandbox.urls import check_url

LINK_LIFE = 5 * 60


def create(stand: StandIn, call: Call) -> Json:
    """POST /v2/core/account_links: a page where onboarding can be finished, for five minutes."""
    given = call.params
    if stand.store.get(given["account"], "v2.core.account") is None:
        raise missing("account", given["account"], param="account", status=400)
    if stand.store.hidden(given["account"]).get("cut_off"):
        raise accounts.no_access(given["account"])
    use_case = given["use_case"]
    details = use_case.get(use_case["type"])
    if not details:
        raise Invalid(
            f"use_case.{use_case['type']} is required.",
            code="parameter_missing",
            param=f"use_case.{use_case['type']}",
        )
    for name in ("refresh_url", "return_url"):
        if details.get(name):
            check_url(details[name], f"use_case.{use_case['type']}.{name}")
    link = {
        "id": new_id("link"),
        "object": "v2.core.account_link",
        "account": given["account"],
        "created": events.iso(stand.now()),
        "expires_at": events.iso(stand.now() + LINK_LIFE),
        "livemode": False,
        "use_case": use_case,
    }
    link["url"] = f"http://{call.host}/connect/{link['id']}"
    stand.store.add(link, expires=stand.now() + LINK_LIFE)
    return {name: value for name, value in link.items() if name != "id"}


def end_all(stand: StandIn, account: str) -> int:
    """Has the links of an account run out now; how many there were."""
    mine = [link for link in stand.store.find("v2.core.account_link") if link["account"] == account]
    for link in mine:
        stand.store.save(link, expires=0)
    return len(mine)
