"""The panel: what the stand-in holds, and buttons for what the world might do to it."""

import json
from urllib.parse import parse_qsl, urlencode

from sandbox import acts, panel_rows
from sandbox.answers import Answer, as_page, redirect
from sandbox.errors import Refused
from sandbox.html import Html, fill, join, render, when
from sandbox.panel_rows import button
from sandbox.standin import StandIn

SHOWN = 30


def answer(stand: StandIn, method: str, path: str, query: str, body: bytes) -> Answer:
    """Answers /panel and /panel/{id}."""
    if method == "POST":
        return _pressed(stand, body)
    id = path.removeprefix("/panel").strip("/")
    if id:
        return _object(stand, id)
    said = dict(parse_qsl(query))
    return as_page(
        render(
            "panel",
            title="Panel",
            said=_said(said),
            switches=_switches(stand),
            sessions=panel_rows.sessions(stand, SHOWN),
            accounts=panel_rows.accounts(stand),
            events=panel_rows.events(stand, SHOWN),
        )
    )


def _pressed(stand: StandIn, body: bytes) -> Answer:
    """Does what the button says, then shows the panel with a sentence about it."""
    posted = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    act = posted.get("act", "")
    try:
        outcome = {
            "done": acts.act(stand, act, posted.get("id", ""), posted.get("value", "").strip())
        }
    except Refused as refusal:
        outcome = {"refused": refusal.message}
    return redirect(f"/panel?{urlencode(outcome)}")


def _said(said: dict[str, str]) -> Html:
    if "done" in said:
        return fill('<p class="notice notice--done" role="status">{text}</p>', text=said["done"])
    return when(
        "refused" in said,
        '<p class="notice" role="alert">{text}</p>',
        text=said.get("refused", ""),
    )


def _object(stand: StandIn, id: str) -> Answer:
    found = stand.store.get(id)
    if found is None:
        return as_page(render("message", title="Nothing by this id", text=id), 404)
    text = json.dumps(found, indent=2, ensure_ascii=False)
    return as_page(render("object", title=id, text=text, sent=panel_rows.deliveries(stand, id)))


def _switches(stand: StandIn) -> Html:
    held = stand.store.switch("hold") == "on"
    waiting = stand.store.rows("SELECT count(*) AS n FROM deliveries WHERE state = 'held'")[0]["n"]
    faults = ", ".join(f"{fault.mode} × {fault.times} at {fault.path}" for fault in stand.faults)
    hold = (
        join(
            [
                button("release", f"Release {waiting} held"),
                button("release", "Release, newest first", value="reversed"),
            ]
        )
        if held
        else button("hold", "Hold all")
    )
    return join(
        [
            hold,
            _number("drop_next", "Drop the next", stand),
            _number("duplicate_next", "Send twice the next", stand),
            _number("delay_next", "Delay the next by seconds", stand),
            _fault_form(),
            when(
                faults,
                '<p class="small">On order: {faults}</p>{clear}',
                faults=faults,
                clear=button("clear_faults", "No faults"),
            ),
        ]
    )


def _number(act: str, label: str, stand: StandIn) -> Html:
    return fill(
        '<form method="post" action="/panel"><input type="hidden" name="act" value="{act}">'
        '<label for="{act}">{label}</label><input id="{act}" name="value" inputmode="numeric" '
        'size="3" '
        'value="{value}"><button>Set</button></form>',
        act=act,
        label=label,
        value=stand.store.switch(act) or "0",
    )


def _fault_form() -> Html:
    modes = {
        "500": "fails with 500",
        "409": "fails with 409",
        "429": "fails with 429",
        "timeout_before": "is lost",
        "timeout_after": "is done, its answer lost",
    }
    options = [
        fill('<option value="{mode}">{label}</option>', mode=mode, label=label)
        for mode, label in modes.items()
    ]
    return fill(
        '<form method="post" action="/panel"><input type="hidden" name="act" value="fault">'
        '<label for="fault-path">Next call to</label><input id="fault-path" name="id" '
        'value="/v1/*" size="22">'
        '<label for="fault-mode">how</label><select id="fault-mode" name="value">{options}'
        "</select><button>Set</button></form>",
        options=join(options),
    )
