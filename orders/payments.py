"""Stripe, in our words. The only module that imports its SDK.

What comes back are small frozen records, what goes wrong are our own errors:
``Refused`` is definitive, after ``Unknown`` the same call may be made again with the same key.
The SDK is pinned to API version 2026-10-28.endive.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import lru_cache, partial
from itertools import batched
from typing import Any, NoReturn
from urllib.parse import urlsplit

import stripe
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from orders.models import DesignerAccount, Dispute, PaymentAttempt, Refund, Reversal, Transfer
from orders.records import (
    Account,
    BankPayout,
    Charge,
    Disputed,
    Event,
    FraudWarning,
    Line,
    Payment,
    Refunded,
    Session,
    TakenBack,
    Transferred,
)

# Seconds to connect and to be answered; the SDK would wait for 80.
TIMEOUT = (3.05, 15)
# API v2 leaves out what is not named.
ACCOUNT_PARTS = ["configuration.recipient", "requirements"]
# A key that Stripe does not know says nothing about the call: the next key may do it.
_UNKNOWN = (stripe.APIConnectionError, stripe.AuthenticationError, stripe.RateLimitError)


class Refused(Exception):
    """Stripe said no, and would say no again; ``code`` is its word for why, if it has one."""

    def __init__(self, message: str = "", code: str = "") -> None:
        super().__init__(message)
        self.code = code


class Unknown(Exception):
    """Stripe did not answer, or is still busy with the same call: it may have been done."""


class NotOpen(Exception):
    """The session can no longer be expired: it was paid, or is over already."""


class NotFound(Refused):
    """Stripe knows nothing by that id."""


class CutOff(Refused):
    """The shop may no longer look at that account: its designer has cut it off."""


class _Exists(Refused):
    """What is to be made under an id of ours is there already."""


class BadSignature(Exception):
    """What came to the webhook was not signed by Stripe, is too old, or is no event."""


def environment() -> str:
    """Names this shop in Stripe's metadata: several may share one Stripe account."""
    return str(urlsplit(settings.SITE_URL).netloc)


def is_live() -> bool:
    """Whether the shop's key moves real money."""
    key: str = settings.STRIPE_SECRET_KEY
    return key.startswith(("sk_live_", "rk_live_"))


def client() -> stripe.StripeClient:
    """The SDK's client, built once for the settings as they are."""
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@lru_cache(maxsize=4)
def _client(key: str, base: str) -> stripe.StripeClient:
    if not key:
        raise ImproperlyConfigured("STRIPE_SECRET_KEY is not set: the shop cannot be paid.")
    addresses: Any = dict.fromkeys(("api", "connect", "files", "meter_events"), base)
    return stripe.StripeClient(
        key,
        base_addresses=addresses if base else None,
        # Without it the client would not retry at all.
        max_network_retries=2,
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
    )


def create_coupon(attempt: PaymentAttempt) -> None:
    """Make the coupon of the attempt's code with its stored parameters under its own key.

    Called again it is the same one, also when Stripe has forgotten the key. Raises Refused or
    Unknown.
    """
    options: Any = {"idempotency_key": f"coupon:{attempt.idempotency_key}"}
    with suppress(_Exists):
        _plain(lambda: client().v1.coupons.create(attempt.coupon, options))


def create_session(attempt: PaymentAttempt) -> Session:
    """Open a Checkout Session with the attempt's stored parameters under its stored key.

    Called again it returns the same session. Raises Refused or Unknown.
    """
    options: Any = {"idempotency_key": attempt.idempotency_key}
    create = client().v1.checkout.sessions.create
    return Session.read(_plain(lambda: create(attempt.parameters, options)))


def get_session(session_id: str) -> Session:
    """The session as Stripe knows it now, with its payment. Raises NotFound or Unknown."""
    expand: Any = {"expand": ["payment_intent.latest_charge"]}
    retrieve = client().v1.checkout.sessions.retrieve
    return Session.read(_plain(lambda: retrieve(session_id, expand)))


def line_items(session_id: str) -> list[Line]:
    """All lines of a session; Stripe gives them in pages."""
    items = client().v1.checkout.sessions.line_items.list
    return [Line.read(line) for line in _every(lambda: items(session_id, {"limit": 100}))]


def expire_session(session_id: str) -> None:
    """Make sure that the session can never be paid. Raises NotOpen when it no longer is open."""
    try:
        _plain(lambda: client().v1.checkout.sessions.expire(session_id))
    except NotFound:
        raise
    except Refused as refusal:
        raise NotOpen(str(refusal)) from refusal


def list_sessions(since: datetime) -> Iterator[Session]:
    """The account's sessions created since then (aware), the newest first."""
    created: Any = {"created": {"gte": int(since.timestamp())}, "limit": 100}
    for session in _every(lambda: client().v1.checkout.sessions.list(created)):
        yield Session.read(session)


def get_payment(payment_intent: str) -> Payment:
    """A payment intent: whose it is and why it was last declined."""
    retrieve = client().v1.payment_intents.retrieve
    return Payment.read(_plain(lambda: retrieve(payment_intent)))


def payment_of_charge(charge: str) -> str:
    """The payment intent that a charge belongs to, or nothing."""
    found = _plain(lambda: client().v1.charges.retrieve(charge))
    return found.get("payment_intent") or ""


def list_charges(since: datetime) -> Iterator[Charge]:
    """The account's charges created since then (aware), declined ones too, the newest first."""
    created: Any = {"created": {"gte": int(since.timestamp())}, "limit": 100}
    for charge in _every(lambda: client().v1.charges.list(created)):
        yield Charge.read(charge)


def charges_of(payment_intent: str) -> list[Charge]:
    """The charges of one payment: at most one of them was paid."""
    of_it: Any = {"payment_intent": payment_intent, "limit": 100}
    return [Charge.read(found) for found in _every(lambda: client().v1.charges.list(of_it))]


def fee_of(charge: str) -> int | None:
    """What Stripe kept of a charge, in minor units of the shop's currency; None while it does
    not know yet, or if it reckons in another currency."""
    expand: Any = {"expand": ["balance_transaction"]}
    found = _plain(lambda: client().v1.charges.retrieve(charge, expand))
    booked = found.get("balance_transaction") or {}
    if booked.get("currency") != settings.SHOP_CURRENCY:
        return None
    return int(booked["fee"])


def get_fraud_warning(warning_id: str) -> FraudWarning:
    """An early fraud warning: of which charge, and why."""
    retrieve = client().v1.radar.early_fraud_warnings.retrieve
    return FraudWarning.read(_plain(lambda: retrieve(warning_id)))


def refund(wanted: Refund) -> Refunded:
    """Give money back with the refund's stored parameters under its stored key.

    Called again it returns the same refund. Raises Refused or Unknown.
    """
    parameters: Any = wanted.parameters
    options: Any = {"idempotency_key": wanted.idempotency_key}
    return Refunded.read(_plain(lambda: client().v1.refunds.create(parameters, options)))


def get_refund(refund_id: str) -> Refunded:
    """A refund as Stripe knows it now."""
    return Refunded.read(_plain(lambda: client().v1.refunds.retrieve(refund_id)))


def list_refunds(payment_intent: str) -> list[Refunded]:
    """Every refund of a payment, those made in Stripe's Dashboard too."""
    of_it: Any = {"payment_intent": payment_intent, "limit": 100}
    return [Refunded.read(found) for found in _every(lambda: client().v1.refunds.list(of_it))]


def transfer(wanted: Transfer) -> Transferred:
    """Send money to a maker's account with the stored parameters under the stored key.

    Called again it returns the same transfer. Raises Refused or Unknown.
    """
    parameters: Any = wanted.parameters
    options: Any = {"idempotency_key": wanted.idempotency_key}
    return Transferred.read(_plain(lambda: client().v1.transfers.create(parameters, options)))


def get_transfer(transfer_id: str) -> Transferred:
    """A transfer as Stripe knows it now. Raises NotFound or Unknown."""
    return Transferred.read(_plain(lambda: client().v1.transfers.retrieve(transfer_id)))


def list_transfers(group: str) -> list[Transferred]:
    """Every transfer of a group, whoever made it."""
    of_it: Any = {"transfer_group": group, "limit": 100}
    return [Transferred.read(found) for found in _every(lambda: client().v1.transfers.list(of_it))]


def reverse(wanted: Reversal) -> TakenBack:
    """Take a part of a transfer back, with the stored parameters under the stored key.

    Called again it returns the same reversal. Raises Refused (the account may hold too little)
    or Unknown.
    """
    transfer_id, parameters = wanted.transfer.stripe_id or "", wanted.parameters
    create: Any = client().v1.transfers.reversals.create
    options: Any = {"idempotency_key": wanted.idempotency_key}
    return TakenBack.read(_plain(lambda: create(transfer_id, parameters, options)))


def list_reversals(transfer_id: str) -> list[TakenBack]:
    """Every reversal of a transfer, those made in Stripe's Dashboard too."""
    reversals = client().v1.transfers.reversals.list
    found = _every(lambda: reversals(transfer_id, {"limit": 100}))
    return [TakenBack.read(reversal) for reversal in found]


def create_account(wanted: DesignerAccount) -> Account:
    """Ask for a designer's account with its stored parameters under its stored key.

    Called again it returns the same account. Raises Refused or Unknown.
    """
    parameters: Any = wanted.parameters | {"include": ACCOUNT_PARTS}
    options: Any = {"idempotency_key": wanted.idempotency_key}
    return Account.read(_plain(lambda: client().v2.core.accounts.create(parameters, options)))


def get_account(account_id: str) -> Account:
    """A designer's account as Stripe knows it now. Raises NotFound, CutOff or Unknown."""
    include: Any = {"include": ACCOUNT_PARTS}
    return Account.read(_plain(lambda: client().v2.core.accounts.retrieve(account_id, include)))


def onboarding_page(account_id: str, *, return_url: str, refresh_url: str) -> str:
    """The address of a page at Stripe on which a designer answers what it asks; good once,
    for some minutes. ``refresh_url`` is where it leads when it is no longer good."""
    addresses = {"return_url": return_url, "refresh_url": refresh_url}
    options = {"collection_options": {"fields": "eventually_due"}}
    use_case = {"type": "account_onboarding", "account_onboarding": addresses | options}
    asked: Any = {"account": account_id, "use_case": use_case}
    return str(_plain(lambda: client().v2.core.account_links.create(asked))["url"])


def get_bank_payout(account_id: str, payout_id: str) -> BankPayout:
    """What went from a designer's account to their bank, as Stripe knows it now."""
    whose: Any = {"stripe_account": account_id}
    retrieve = client().v1.payouts.retrieve
    return BankPayout.read(_plain(lambda: retrieve(payout_id, options=whose)))


def get_dispute(dispute_id: str) -> Disputed:
    """A dispute as Stripe knows it now. Raises NotFound or Unknown."""
    retrieve = client().v1.disputes.retrieve
    return Disputed.read(_plain(lambda: retrieve(dispute_id)))


def list_disputes(since: datetime) -> Iterator[Disputed]:
    """The account's disputes opened since then (aware), the newest first."""
    opened: Any = {"created": {"gte": int(since.timestamp())}, "limit": 100}
    for found in _every(lambda: client().v1.disputes.list(opened)):
        yield Disputed.read(found)


def disputes_of(payment_intent: str) -> list[Disputed]:
    """Every dispute about a payment."""
    of_it: Any = {"payment_intent": payment_intent, "limit": 100}
    return [Disputed.read(found) for found in _every(lambda: client().v1.disputes.list(of_it))]


def submit_evidence(dispute: Dispute) -> Disputed:
    """Answer the bank with the dispute's stored evidence under its stored key, once for all.

    Called again it is answered as before. Raises Refused or Unknown.
    """
    parameters: Any = {"evidence": dispute.evidence, "submit": True}
    options: Any = {"idempotency_key": f"evidence:{dispute.stripe_id}:{dispute.answer_number}"}
    update = client().v1.disputes.update
    return Disputed.read(_plain(lambda: update(dispute.stripe_id, parameters, options)))


def close_dispute(dispute: Dispute) -> Disputed:
    """Give a dispute up: it is lost, once for all. Called again it is lost as before.

    Raises Refused or Unknown.
    """
    options: Any = {"idempotency_key": f"close:{dispute.stripe_id}:{dispute.answer_number}"}
    close = client().v1.disputes.close
    return Disputed.read(_plain(lambda: close(dispute.stripe_id, {}, options)))


def list_events(types: Iterable[str], since: datetime) -> Iterator[Event]:
    """The account's events of these types since then (aware), of twenty types the newest first."""
    created = {"gte": int(since.timestamp())}
    # It takes twenty types at once: https://docs.stripe.com/api/events/list
    for some in batched(types, 20):
        wanted: Any = {"types": list(some), "created": created, "limit": 100}
        for event in _every(partial(client().v1.events.list, wanted)):
            yield Event.read(event)


def read_event(body: bytes, signature: str, secrets: str) -> Event:
    """A webhook's event, once its signature is verified. Raises BadSignature.

    ``secrets`` are separated by commas: there are two while one is being rolled.
    """
    for secret in filter(None, map(str.strip, secrets.split(","))):
        try:
            return _event(body, signature, secret)
        except stripe.SignatureVerificationError:
            continue
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise BadSignature("This is no event.") from error
    raise BadSignature("None of the secrets signed this.")


def _event(body: bytes, signature: str, secret: str) -> Event:
    """A snapshot of API v1 or a thin event of v2, which the SDK reads by another function."""
    try:
        return Event.read(client().construct_event(body, signature, secret).to_dict())
    except ValueError:
        client().parse_event_notification(body, signature, secret)
        return Event.read_thin(json.loads(body))


def _plain(call: Callable[[], Any]) -> dict[str, Any]:
    """The answer as plain dicts and lists, the SDK's errors as ours."""
    try:
        return call().to_dict()  # type: ignore[no-any-return]
    except stripe.StripeError as error:
        _explain(error)


def _every(call: Callable[[], Any]) -> Iterator[dict[str, Any]]:
    """All objects of a list, page by page."""
    try:
        for found in call().auto_paging_iter():
            yield found.to_dict()
    except stripe.StripeError as error:
        _explain(error)


def _explain(error: stripe.StripeError) -> NoReturn:
    status = error.http_status or 0
    if isinstance(error, _UNKNOWN) or status == 409 or status >= 500 or not status:
        raise Unknown(str(error)) from error
    if error.code == "resource_already_exists":
        raise _Exists(str(error)) from error
    if status == 404:
        raise NotFound(str(error), _code(error)) from error
    if status == 403 and _code(error) == "account_invalid":
        raise CutOff(str(error), _code(error)) from error
    raise Refused(str(error), _code(error)) from error


def _code(error: stripe.StripeError) -> str:
    """Stripe's word for what is wrong; the SDK drops it from a 403."""
    told: dict[str, Any] = error.json_body or {}  # type: ignore[assignment]
    return str(error.code or (told.get("error") or {}).get("code") or "")
