"""Which function answers which operation. The names are those of `rules/*.json`."""

from collections.abc import Callable

from sandbox import (
    account_links,
    accounts,
    bank_payouts,
    charges,
    coupons,
    disputes,
    events,
    fraud_warnings,
    payment_intents,
    refunds,
    sessions,
    transfers,
)
from sandbox.standin import Call, StandIn
from sandbox.store import Json

type View = Callable[[StandIn, Call], Json]

ROUTES: dict[str, View] = {
    "POST /v1/checkout/sessions": sessions.create,
    "GET /v1/checkout/sessions": sessions.list_sessions,
    "GET /v1/checkout/sessions/*": sessions.retrieve,
    "POST /v1/checkout/sessions/*/expire": sessions.expire,
    "GET /v1/checkout/sessions/*/line_items": sessions.list_lines,
    "GET /v1/payment_intents": payment_intents.list_payments,
    "GET /v1/payment_intents/*": payment_intents.retrieve,
    "GET /v1/charges": charges.list_charges,
    "GET /v1/charges/*": charges.retrieve,
    "GET /v1/balance_transactions": charges.list_transactions,
    "GET /v1/balance_transactions/*": charges.retrieve_transaction,
    "POST /v1/refunds": refunds.create,
    "GET /v1/refunds": refunds.list_refunds,
    "GET /v1/refunds/*": refunds.retrieve,
    "POST /v1/refunds/*": refunds.update,
    "POST /v1/transfers": transfers.create,
    "GET /v1/transfers": transfers.list_transfers,
    "GET /v1/transfers/*": transfers.retrieve,
    "POST /v1/transfers/*/reversals": transfers.reverse,
    "GET /v1/transfers/*/reversals": transfers.list_reversals,
    "GET /v1/transfers/*/reversals/*": transfers.retrieve_reversal,
    "GET /v1/payouts/*": bank_payouts.retrieve,
    "GET /v1/radar/early_fraud_warnings/*": fraud_warnings.retrieve,
    "GET /v1/disputes": disputes.list_disputes,
    "GET /v1/disputes/*": disputes.retrieve,
    "POST /v1/disputes/*": disputes.update,
    "POST /v1/disputes/*/close": disputes.give_up,
    "POST /v1/coupons": coupons.create,
    "GET /v1/coupons/*": coupons.retrieve,
    "GET /v1/events": events.list_events,
    "GET /v1/events/*": events.retrieve,
    "POST /v2/core/accounts": accounts.create,
    "GET /v2/core/accounts": accounts.list_accounts,
    "GET /v2/core/accounts/*": accounts.retrieve,
    "POST /v2/core/account_links": account_links.create,
}


def find(method: str, path: str) -> tuple[str, list[str]] | None:
    """The operation and the ids in its path."""
    steps = path.strip("/").split("/")
    for operation in ROUTES:
        verb, _, pattern = operation.partition(" ")
        wanted = pattern.strip("/").split("/")
        if verb == method and len(wanted) == len(steps):
            pairs = list(zip(wanted, steps, strict=True))
            if all(want in ("*", step) for want, step in pairs):
                return operation, [step for want, step in pairs if want == "*"]
    return None
