"""What the panel's buttons and the tests can make happen."""

import time
from collections.abc import Callable

from sandbox import accounts, disputes, faults, payments, refunds, sessions, transfers, webhooks
from sandbox.errors import Refused
from sandbox.standin import StandIn

MOST_COPIES = 50


def act(stand: StandIn, name: str, id: str = "", value: str = "") -> str:
    """Does one thing and says what was done; raises Refused with the reason when it cannot be."""
    if name not in ACTS:
        raise Refused(f"No such act: {name}", param="act")
    with stand.store.transaction():
        return ACTS[name](stand, id, value)


def _expire(stand: StandIn, id: str, value: str) -> str:
    session = sessions.load(stand, id)
    if session["status"] != "open":
        raise Refused(f"The session is {session['status']} already.")
    sessions.close(stand, session)
    return "The session has expired."


def _delayed(succeeded: bool) -> Callable[[StandIn, str, str], str]:
    def finish(stand: StandIn, id: str, value: str) -> str:
        if not payments.finish_delayed(stand, id, succeeded=succeeded):
            raise Refused("No delayed payment is under way in this session.")
        return "The money has arrived." if succeeded else "The money did not come."

    return finish


def _refund(stand: StandIn, id: str, value: str) -> str:
    """As from the Dashboard: `id` is a charge, `value` minor units or nothing for all."""
    if value and not value.isdecimal():
        raise Refused("An amount in minor units, such as 500 for 5.00.", param="amount")
    amount = int(value) if value else None
    if amount == 0:
        raise Refused("Nothing to refund.", param="amount")
    made = refunds.refund(stand, stand.need("charge", id), amount=amount)
    return f"{made['amount']} refunded as {made['id']}."


def _refund_comes_back(stand: StandIn, id: str, value: str) -> str:
    if not refunds.fail(stand, id):
        raise Refused("This refund cannot fail any more.")
    return "The bank has sent the refund back."


def _refund_arrives(stand: StandIn, id: str, value: str) -> str:
    if not refunds.finish(stand, id):
        raise Refused("This refund is not pending.")
    return "The refund has arrived."


def _dispute(stand: StandIn, id: str, value: str) -> str:
    return f"Dispute {disputes.open_dispute(stand, id)['id']} is open."


def _decide(won: bool) -> Callable[[StandIn, str, str], str]:
    def close(stand: StandIn, id: str, value: str) -> str:
        return f"The dispute is {disputes.close(stand, id, won=won)['status']}."

    return close


def _capability(active: bool) -> Callable[[StandIn, str, str], str]:
    def change(stand: StandIn, id: str, value: str) -> str:
        if not accounts.set_capability(stand, id, active=active):
            raise Refused("This account never asked to receive transfers.")
        return (
            "The account can receive transfers."
            if active
            else "The account cannot receive transfers now."
        )

    return change


def _pay_out(stand: StandIn, id: str, value: str) -> str:
    accounts.pay_out(stand, id)
    return "The account's balance went to its bank."


def _add_funds(stand: StandIn, id: str, value: str) -> str:
    """Into the platform's own balance: `value` minor units, `id` the currency or nothing (eur)."""
    if not value.isdecimal():
        raise Refused("An amount in minor units, such as 500 for 5.00.", param="amount")
    transfers.add_funds(stand, int(value), id or "eur")
    return "The funds are available."


def _resend(stand: StandIn, id: str, value: str) -> str:
    """Sends an event once more; `value` may be how many times."""
    copies = min(int(value), MOST_COPIES) if value.isdecimal() else 1
    event = stand.store.get(id)
    if event is None:
        raise Refused("No such event.")
    rows = stand.store.rows("SELECT DISTINCT endpoint FROM deliveries WHERE event = ?", id)
    for endpoint in [row["endpoint"] for row in rows] or ["platform"]:
        for _ in range(copies):
            webhooks.add(stand, id, endpoint, due=time.time())
    return f"Sent again{f' {copies} times' if copies > 1 else ''}."


def _hold(stand: StandIn, id: str, value: str) -> str:
    stand.store.set_switch("hold", "on")
    return "Webhooks are held from now on."


def _release(stand: StandIn, id: str, value: str) -> str:
    """Lets held deliveries go; `value` "reversed" sends the newest first."""
    stand.store.set_switch("hold", "")
    held = stand.store.rows("SELECT seq FROM deliveries WHERE state = 'held' ORDER BY seq")
    if value == "reversed":
        held.reverse()
    for place, row in enumerate(held):
        due = time.time() + place * 0.001
        stand.store.run(
            "UPDATE deliveries SET state = 'waiting', due = ? WHERE seq = ?", due, row["seq"]
        )
    stand.tell_workers()
    return f"{len(held)} held webhooks are on their way."


def _switch(name: str, sentence: str) -> Callable[[StandIn, str, str], str]:
    def turn(stand: StandIn, id: str, value: str) -> str:
        if not value.isdecimal():
            raise Refused("A whole number.", param="value")
        stand.store.set_switch(name, value)
        return sentence.format(value)

    return turn


def _fault(stand: StandIn, id: str, value: str) -> str:
    """Lets the next call to the path `id` fail in the mode `value`.

    A lost answer is lost three times, so that the SDK's own retries do not hide it.
    """
    lost = value.startswith("timeout")
    faults.order(stand, faults.Fault(id or "/v1/*", value, times=3 if lost else 1))
    return f"The next call to {id or '/v1/*'} fails with {value}."


def _clear_faults(stand: StandIn, id: str, value: str) -> str:
    faults.clear(stand)
    return "No call fails any more."


def _forget(stand: StandIn, id: str, value: str) -> str:
    """An account begun anew, as test accounts can be: no object, no answer, no switch is left."""
    stand.store.clear()
    faults.clear(stand)
    return "Everything is forgotten."


ACTS: dict[str, Callable[[StandIn, str, str], str]] = {
    "expire": _expire,
    "delayed_succeeds": _delayed(True),
    "delayed_fails": _delayed(False),
    "refund": _refund,
    "refund_arrives": _refund_arrives,
    "refund_comes_back": _refund_comes_back,
    "dispute": _dispute,
    "dispute_won": _decide(True),
    "dispute_lost": _decide(False),
    "onboard": _capability(True),
    "restrict": _capability(False),
    "pay_out": _pay_out,
    "add_funds": _add_funds,
    "resend": _resend,
    "hold": _hold,
    "release": _release,
    "drop_next": _switch("drop_next", "The next {} webhooks are dropped."),
    "duplicate_next": _switch("duplicate_next", "The next {} webhooks are sent twice."),
    "delay_next": _switch("delay_next", "The next webhook waits {} s."),
    "fault": _fault,
    "clear_faults": _clear_faults,
    "forget": _forget,
}
