"""What goes from connected accounts to their banks, and what a bank sends back."""

from sandbox import accounts, events
from sandbox.errors import missing
from sandbox.objects import complete, new_id
from sandbox.standin import Call, StandIn
from sandbox.store import Json


def pay_out(stand: StandIn, id: str, *, failure: str = "") -> list[Json]:
    """Sends all an account holds to its bank, so that reversals find nothing there; with a
    failure (a code of Stripe's) the bank sends it back, and the account holds it still."""
    account = stand.need("v2.core.account", id)
    currencies = {item["currency"] for item in stand.store.find("transfer", destination=id)}
    sums = {currency: accounts.balance(stand, id, currency) for currency in sorted(currencies)}
    made = [_payout(stand, id, sums[name], name, failure) for name in sums if sums[name] > 0]
    if not failure:
        before: dict[str, int] = stand.store.hidden(id).get("paid_out", {})
        after = before | {name: before.get(name, 0) + sum_ for name, sum_ in sums.items()}
        stand.store.save(account, paid_out=after)
    return made


def _payout(stand: StandIn, account: str, amount: int, currency: str, failure: str) -> Json:
    payout = complete(
        "payout",
        id=new_id("po"),
        amount=amount,
        arrival_date=stand.now(),
        automatic=True,
        created=stand.now(),
        currency=currency,
        failure_code=failure or None,
        failure_message="The bank sent it back." if failure else None,
        livemode=False,
        metadata={},
        method="standard",
        reconciliation_status="completed",
        source_type="card",
        status="failed" if failure else "paid",
        type="bank_account",
    )
    stand.store.add(payout, account=account)
    events.record(stand, f"payout.{payout['status']}", payout, account=account)
    return payout


def retrieve(stand: StandIn, call: Call) -> Json:
    """GET /v1/payouts/{id}, of the account named by the header Stripe-Account."""
    payout = stand.store.get(call.ids[0], "payout")
    if call.account and stand.store.get(call.account, "v2.core.account") is None:
        raise accounts.no_access(call.account)
    if call.account and stand.store.hidden(call.account).get("cut_off"):
        raise accounts.no_access(call.account)
    if payout is None or stand.store.hidden(payout["id"])["account"] != call.account:
        raise missing("payout", call.ids[0])
    return payout
