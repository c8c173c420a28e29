"""Stripe, in our words. The only module that imports its SDK.

What comes back are small frozen records, what goes wrong are our own errors:
``Refused`` is definitive, after ``Unknown`` the same call may be made again with the same key.
The SDK is pinned to API version 2026-10-28.endive.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache, partial
from itertools import batched
from typing import Any, NoReturn
from urllib.parse import urlsplit

import stripe
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from orders.models import PaymentAttempt, Refund, Reversal, Transfer
from orders.records import Event, Line, Payment, Refunded, Session, TakenBack, Transferred

# Seconds to connect and to be answered; the SDK would wait for 80.
TIMEOUT = (3.05, 15)
# So many types of events Stripe takes at once.
_MOST_TYPES = 20
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


def list_events(types: Iterable[str], since: datetime) -> Iterator[Event]:
    """The account's events of these types since then (aware), the newest first of each lot."""
    created = {"gte": int(since.timestamp())}
    for some in batched(types, _MOST_TYPES):
        wanted: Any = {"types": list(some), "created": created, "limit": 100}
        for event in _every(partial(client().v1.events.list, wanted)):
            yield Event.read(event)


def read_event(body: bytes, signature: str, secrets: str) -> Event:
    """A webhook's event, once its signature is verified. Raises BadSignature.

    ``secrets`` are separated by commas: there are two while one is being rolled.
    """
    for secret in filter(None, map(str.strip, secrets.split(","))):
        try:
            return Event.read(client().construct_event(body, signature, secret).to_dict())
        except stripe.SignatureVerificationError:
            continue
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise BadSignature("This is no event.") from error
    raise BadSignature("None of the secrets signed this.")


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
    if status == 404:
        raise NotFound(str(error), error.code or "") from error
    raise Refused(str(error), error.code or "") from error
