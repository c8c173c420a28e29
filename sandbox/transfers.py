"""Transfers to connected accounts and their reversals: bounded by the charge they come from."""

from typing import Any

from sandbox import accounts, charges, currencies, events, lists
from sandbox.errors import Refused, missing, not_simulated, required
from sandbox.objects import complete, listing, new_id
from sandbox.standin import Call, StandIn
from sandbox.store import Json

FILTERS = ("destination", "transfer_group")


def create(stand: StandIn, call: Call) -> Json:
    """POST /v1/transfers."""
    given = call.params
    if "amount" not in given:
        raise required("amount")
    currencies.check_amount(given["amount"], given["currency"], "amount", least=1)
    _check_destination(stand, given["destination"])
    source = _source(stand, given)
    made = complete(
        "transfer",
        id=new_id("tr"),
        amount=given["amount"],
        amount_reversed=0,
        created=stand.now(),
        currency=given["currency"],
        description=given.get("description"),
        destination=given["destination"],
        destination_payment=new_id("py"),
        livemode=False,
        metadata=given.get("metadata") or {},
        reversed=False,
        source_transaction=source["id"] if source else None,
        source_type=given.get("source_type", "card"),
        transfer_group=given.get("transfer_group") or (source and source["transfer_group"]),
    )
    made["reversals"] = listing(f"/v1/transfers/{made['id']}/reversals", [])
    made["balance_transaction"] = charges.book(
        stand, made, amount=-made["amount"], type="transfer"
    )["id"]
    stand.store.add(made)
    events.record(stand, "transfer.created", made)
    return made


def _check_destination(stand: StandIn, id: str) -> None:
    account = stand.store.get(id, "v2.core.account")
    if account is None:
        raise missing("destination", id, param="destination", status=400)
    if not accounts.can_receive(account):
        raise Refused(
            "Your destination account needs to have at least one of the following capabilities "
            "enabled: "
            "transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )


def _source(stand: StandIn, given: Json) -> Json | None:
    if "source_transaction" not in given:
        _check_funds(stand, given)
        return None
    source = stand.store.get(given["source_transaction"], "charge")
    if source is None:
        raise missing("charge", given["source_transaction"], param="source_transaction", status=400)
    if source["status"] == "failed":
        raise Refused(
            f"Charge {source['id']} has failed: nothing to transfer.", param="source_transaction"
        )
    if source["currency"] != given["currency"]:
        raise Refused(
            f"The currency of source_transaction's balance transaction ({source['currency']}) "
            "must be the same "
            f"as the transfer currency ({given['currency']})",
            param="currency",
        )
    _check_bound(stand, source, given["amount"])
    return source


def _check_funds(stand: StandIn, given: Json) -> None:
    """What charges bring stays pending here; only what was added or taken back is there."""
    if given["amount"] <= funds(stand, given["currency"]):
        return
    raise Refused(
        "You have insufficient available funds in your Stripe account. Try adding funds "
        "directly to your "
        "available balance by creating Charges using the 4000000000000077 test card.",
        code="balance_insufficient",
    )


def funds(stand: StandIn, currency: str) -> int:
    """What the platform has available: funds added and transfers taken back, less what was sent
    from no charge."""
    moved: int = sum(
        transfer["amount_reversed"] - (0 if transfer["source_transaction"] else transfer["amount"])
        for transfer in stand.store.find("transfer")
        if transfer["currency"] == currency
    )
    return int(stand.store.switch(f"funds_{currency}") or 0) + moved


def add_funds(stand: StandIn, amount: int, currency: str) -> None:
    """Puts money into the platform's available balance, as a top-up does."""
    added = int(stand.store.switch(f"funds_{currency}") or 0)
    stand.store.set_switch(f"funds_{currency}", str(added + amount))


def _check_bound(stand: StandIn, source: Json, amount: int) -> None:
    sent = sum(
        transfer["amount"] - transfer["amount_reversed"]
        for transfer in stand.store.find("transfer", source_transaction=source["id"])
    )
    if sent + amount <= source["amount"]:
        return
    currency = source["currency"]
    already = (
        " (There is already a transfer using this source, amounting to "
        f"{currencies.written(sent, currency)}.)"
        if sent
        else ""
    )
    raise Refused(
        f"Transfers using this transaction as a source must not exceed the source amount of "
        f"{currencies.written(source['amount'], currency)}.{already}",
        param="source_transaction",
    )


def retrieve(stand: StandIn, call: Call) -> Json:
    """GET /v1/transfers/{id}."""
    return stand.need("transfer", call.ids[0])


def list_transfers(stand: StandIn, call: Call) -> Json:
    """GET /v1/transfers, by destination, transfer_group or created."""
    links = {name: call.params[name] for name in FILTERS if name in call.params}
    return lists.page(stand, call, stand.store.find("transfer", **links), kind="transfer")


def reverse(stand: StandIn, call: Call) -> Json:
    """POST /v1/transfers/{id}/reversals."""
    given = call.params
    transfer = stand.need("transfer", call.ids[0])
    if given.get("refund_application_fee"):
        raise not_simulated("refund_application_fee")
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = given.get("amount", left)
    _check_reversal(stand, transfer, amount=amount, left=left)
    made = _store_reversal(stand, transfer, amount, given)
    before: Json = {
        "amount_reversed": transfer["amount_reversed"],
        "reversed": transfer["reversed"],
    }
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    newest = reversals_of(stand, transfer["id"])
    transfer["reversals"] |= {"data": newest[:10], "has_more": len(newest) > 10}
    stand.store.save(transfer)
    events.record(stand, "transfer.reversed", transfer, previous=before)
    return made


def _check_reversal(stand: StandIn, transfer: Json, *, amount: int, left: int) -> None:
    currency = transfer["currency"]
    if not left:
        raise Refused(f"Transfer {transfer['id']} is already fully reversed.")
    currencies.check_amount(amount, currency, "amount", least=1)
    if amount > left:
        raise Refused(
            f"Reversal amount ({currencies.written(amount, currency)}) is greater than "
            "unreversed amount on "
            f"transfer ({currencies.written(left, currency)})",
            param="amount",
        )
    if amount > accounts.balance(stand, transfer["destination"], currency):
        raise Refused(
            "Insufficient funds in the connected account's balance to reverse this transfer.",
            code="balance_insufficient",
        )


def _store_reversal(stand: StandIn, transfer: Json, amount: int, given: dict[str, Any]) -> Json:
    made = complete(
        "transfer_reversal",
        id=new_id("trr"),
        amount=amount,
        created=stand.now(),
        currency=transfer["currency"],
        metadata=given.get("metadata") or {},
        transfer=transfer["id"],
    )
    made["balance_transaction"] = charges.book(stand, made, amount=amount, type="transfer_refund")[
        "id"
    ]
    return stand.store.add(made)


def reversals_of(stand: StandIn, transfer: str) -> list[Json]:
    """A transfer's reversals, newest first."""
    return stand.store.find("transfer_reversal", transfer=transfer)


def list_reversals(stand: StandIn, call: Call) -> Json:
    """GET /v1/transfers/{id}/reversals."""
    transfer = stand.need("transfer", call.ids[0])
    return lists.page(stand, call, reversals_of(stand, transfer["id"]), kind="transfer_reversal")


def retrieve_reversal(stand: StandIn, call: Call) -> Json:
    """GET /v1/transfers/{id}/reversals/{id}."""
    made = stand.need("transfer_reversal", call.ids[1])
    if made["transfer"] != call.ids[0]:
        raise missing("transfer_reversal", call.ids[1])
    return made
