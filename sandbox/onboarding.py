"""The page behind an account link, where a designer finishes onboarding with one press."""

from sandbox import accounts
from sandbox.answers import Answer, as_page, redirect
from sandbox.html import render
from sandbox.page import origins
from sandbox.standin import StandIn


def answer(stand: StandIn, method: str, path: str) -> Answer:
    """Answers /connect/{link}. A link is good for one onboarding and five minutes."""
    link = stand.store.get(path.removeprefix("/connect/"), "v2.core.account_link")
    if link is None:
        return as_page(
            render("message", title="No such link", text="The address may be cut off."), 404
        )
    details = link["use_case"][link["use_case"]["type"]]
    hidden = stand.store.hidden(link["id"])
    if hidden.get("used") or hidden["expires"] < stand.now():
        return redirect(details["refresh_url"])
    if method == "POST":
        with stand.store.transaction():
            stand.store.save(link, used=True)
            accounts.set_capability(stand, link["account"], active=True)
        return redirect(details.get("return_url") or details["refresh_url"])
    account = stand.need("v2.core.account", link["account"])
    html = render(
        "onboarding",
        title="Be paid by the shop",
        name=account["display_name"] or account["id"],
        action=path,
        later=details.get("return_url") or details["refresh_url"],
    )
    return as_page(html, leads_to=origins(details.get("return_url"), details["refresh_url"]))
