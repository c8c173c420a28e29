"""The panel's lists: sessions, connected accounts, events with their deliveries."""

from datetime import UTC, datetime

from sandbox import currencies, disputes
from sandbox.accounts import can_receive
from sandbox.events import every
from sandbox.html import Html, fill, join, when
from sandbox.sessions import written_total
from sandbox.standin import StandIn
from sandbox.store import Json


def button(act: str, label: str, *, id: str = "", value: str = "") -> Html:
    """A form of one button."""
    return fill(
        '<form method="post" action="/panel"><input type="hidden" name="act" value="{act}">'
        '<input type="hidden" name="id" value="{id}"><input type="hidden" name="value" '
        'value="{value}">'
        "<button>{label}</button></form>",
        act=act,
        id=id,
        value=value,
        label=label,
    )


def sessions(stand: StandIn, limit: int) -> Html:
    """The newest sessions, each with the buttons its state allows."""
    rows = [_session(stand, session) for session in stand.store.find("checkout.session")[:limit]]
    return join(rows) or Html('<li class="soft">No session yet.</li>')


def _session(stand: StandIn, session: Json) -> Html:
    details = session["customer_details"] or {}
    state = session["status"] + (
        f", {session['payment_status']}" if session["status"] == "complete" else ""
    )
    return fill(
        "<li><div "
        'class="row"><b>{total}</b><span>{state}</span><span>{email}</span><time>{time}</time>'
        '<a href="/panel/{id}">{short}</a></div><div class="acts">{buttons}</div></li>',
        total=written_total(session),
        state=state,
        email=details.get("email") or session["customer_email"] or "",
        time=_clock(session["created"]),
        id=session["id"],
        short=_short(session["id"]),
        buttons=_session_buttons(stand, session),
    )


def _session_buttons(stand: StandIn, session: Json) -> Html:
    if session["status"] == "open":
        page = fill('<a href="{url}">Open its page</a>', url=f"/c/pay/{session['id']}")
        return join([page, button("expire", "Expire now", id=session["id"])])
    payment = stand.store.get(session["payment_intent"] or "", "payment_intent")
    if payment is None:
        return Html("")
    if payment["status"] == "processing":
        return join(
            [
                button("delayed_succeeds", "The money arrives", id=session["id"]),
                button("delayed_fails", "The money does not come", id=session["id"]),
            ]
        )
    charge = stand.store.get(payment["latest_charge"] or "", "charge")
    return _charge_buttons(stand, charge) if charge else Html("")


def _charge_buttons(stand: StandIn, charge: Json) -> Html:
    parts = [fill('<a href="/panel/{id}">{short}</a>', id=charge["id"], short=_short(charge["id"]))]
    disputed = stand.store.find("dispute", charge=charge["id"])
    if charge["status"] == "succeeded" and not charge["refunded"] and not charge["disputed"]:
        parts.append(_refund_form(charge))
        if not disputed:
            parts.append(button("warn", "Warn of fraud", id=charge["id"]))
            parts.append(button("dispute", "Open a dispute", id=charge["id"]))
            parts.append(button("dispute", "Have its bank ask", id=charge["id"], value="inquiry"))
    for dispute in disputed:
        parts += _dispute_buttons(dispute)
    for refund in stand.store.find("refund", charge=charge["id"])[::-1]:
        parts += _refund_buttons(refund)
    return join(parts)


def _refund_form(charge: Json) -> Html:
    return fill(
        '<form method="post" action="/panel"><input type="hidden" name="act" value="refund">'
        '<input type="hidden" name="id" value="{id}"><label for="r-{id}">Refund</label>'
        '<input id="r-{id}" name="value" inputmode="numeric" size="7" placeholder="all" '
        'title="In minor units: 500 is 5.00"><button>From the Dashboard</button></form>',
        id=charge["id"],
    )


def _dispute_buttons(dispute: Json) -> list[Html]:
    said = fill("<span>dispute {status}</span>", status=dispute["status"])
    if dispute["status"] in disputes.INQUIRY:
        return [
            said,
            button("inquiry_escalates", "It becomes a dispute", id=dispute["id"]),
            button("inquiry_closes", "The bank is content", id=dispute["id"]),
        ]
    if dispute["status"] not in disputes.OPEN:
        return [said]
    return [
        said,
        button("dispute_won", "Dispute won", id=dispute["id"]),
        button("dispute_lost", "Dispute lost", id=dispute["id"]),
    ]


def _refund_buttons(refund: Json) -> list[Html]:
    amount = currencies.plain(refund["amount"], refund["currency"])
    parts = [fill("<span>{amount} refund {status}</span>", amount=amount, status=refund["status"])]
    if refund["status"] == "pending":
        parts.append(button("refund_arrives", "It arrives", id=refund["id"]))
    if refund["status"] in ("pending", "succeeded"):
        parts.append(button("refund_comes_back", "The bank sends it back", id=refund["id"]))
    return parts


def accounts(stand: StandIn) -> Html:
    """Connected accounts and whether they can receive transfers."""
    rows = [_account(account) for account in stand.store.find("v2.core.account")]
    return join(rows) or Html('<li class="soft">No connected account yet.</li>')


def _account(account: Json) -> Html:
    ready = can_receive(account)
    change = (
        join(
            [
                button("ask_for_more", "Ask for more", id=account["id"]),
                button("restrict", "Take the capability away", id=account["id"]),
            ]
        )
        if ready
        else button("onboard", "Finish onboarding", id=account["id"])
    )
    return fill(
        '<li><div class="row"><b>{name}</b><span>{state}</span><a href="/panel/{id}">{id}</a></div>'
        '<div class="acts">{change}{pay_out}</div></li>',
        name=account["display_name"] or account["contact_email"] or account["id"],
        state="receives transfers" if ready else "cannot receive transfers",
        id=account["id"],
        change=join([change, button("cut_off", "Cut it off", id=account["id"])]),
        pay_out=join(
            [
                button("pay_out", "Pay its balance out", id=account["id"]),
                button("pay_out_fails", "Its bank sends it back", id=account["id"]),
            ]
        ),
    )


def events(stand: StandIn, limit: int) -> Html:
    """The newest events and how each delivery went."""
    rows = [_event(stand, event) for event in every(stand)[:limit]]
    return join(rows) or Html('<li class="soft">No event yet.</li>')


def _event(stand: StandIn, event: Json) -> Html:
    sent = stand.store.rows("SELECT * FROM deliveries WHERE event = ? ORDER BY seq", event["id"])
    states = [
        fill(
            '<span class="state state--{state}">{state}{status}{tries}</span>',
            state=row["state"],
            status=when(row["status"], " {code}", code=row["status"]),
            tries=when(row["tries"] > 1, ", {n} tries", n=row["tries"]),
        )
        for row in sent
    ]
    return fill(
        '<li><div class="row"><b>{type}</b>{states}<time>{time}</time><a '
        'href="/panel/{id}">{short}</a></div>'
        '<div class="acts">{resend}{twice}</div></li>',
        type=event["type"],
        states=join(states) or Html("<span>not sent</span>"),
        time=_clock(event["created"]),
        id=event["id"],
        short=_short(event["id"]),
        resend=button("resend", "Resend", id=event["id"]),
        twice=button("resend", "Twice", id=event["id"], value="2"),
    )


def deliveries(stand: StandIn, event: str) -> Html:
    """How each delivery of an event went, with what the shop answered last."""
    rows = [
        fill(
            '<li><div class="row"><b class="state--{state}">{state}</b><span>{tries} tries</span>'
            "<span>{status}</span><span>{answer}</span></div></li>",
            state=row["state"],
            tries=row["tries"],
            status=row["status"] or "no answer",
            answer=row["answer"],
        )
        for row in stand.store.rows("SELECT * FROM deliveries WHERE event = ? ORDER BY seq", event)
    ]
    return when(rows, '<ul role="list">{rows}</ul>', rows=join(rows))


def _clock(created: int | str) -> str:
    """Seconds since 1970 of API v1, or how v2 writes a time."""
    if isinstance(created, str):
        moment = datetime.fromisoformat(created)
    else:
        moment = datetime.fromtimestamp(created, UTC)
    return moment.strftime("%H:%M:%S UTC")


def _short(id: str) -> str:
    return f"{id[:13]}…"
