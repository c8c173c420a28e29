"""What Stripe tells, as small frozen records of what the shop needs to know of it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Session:
    """A Checkout Session; amounts in minor units of ``currency``."""

    id: str
    status: str  # open, complete, expired
    payment_status: str  # paid, unpaid, no_payment_required
    livemode: bool
    url: str
    client_reference_id: str
    metadata: dict[str, str]
    currency: str
    amount_subtotal: int
    amount_total: int
    amount_discount: int
    amount_shipping: int
    amount_tax: int
    email: str
    name: str  # who pays
    phone: str
    address: dict[str, str]
    payment_intent: str
    payment_status_detail: str  # the payment intent's own status
    charge: str
    paid_by: str  # "Visa ending 4242"

    @classmethod
    def read(cls, found: Json) -> Self:
        totals = found.get("total_details") or {}
        customer = found.get("customer_details") or {}
        collected = found.get("collected_information") or {}
        shipping = collected.get("shipping_details") or {}
        intent = _object(found.get("payment_intent"))
        charge = _object(intent.get("latest_charge"))
        return cls(
            id=found["id"],
            status=found.get("status") or "",
            payment_status=found.get("payment_status") or "",
            livemode=bool(found.get("livemode")),
            url=found.get("url") or "",
            client_reference_id=found.get("client_reference_id") or "",
            metadata=found.get("metadata") or {},
            currency=found.get("currency") or "",
            amount_subtotal=found.get("amount_subtotal") or 0,
            amount_total=found.get("amount_total") or 0,
            amount_discount=totals.get("amount_discount") or 0,
            amount_shipping=totals.get("amount_shipping") or 0,
            amount_tax=totals.get("amount_tax") or 0,
            email=customer.get("email") or found.get("customer_email") or "",
            name=customer.get("name") or shipping.get("name") or "",
            phone=customer.get("phone") or "",
            address=_address(shipping if shipping.get("address") else customer),
            payment_intent=intent.get("id") or "",
            payment_status_detail=intent.get("status") or "",
            charge=charge.get("id") or "",
            paid_by=_paid_by(charge.get("payment_method_details") or {}),
        )


def _object(found: Any) -> Json:
    """What may be an id, an object or nothing, as an object."""
    return {"id": found} if isinstance(found, str) else found or {}


def _address(whose: Json) -> dict[str, str]:
    """Where the parcels go, and in whose name: a present goes to another than who buys it."""
    names = ("line1", "line2", "postal_code", "city", "state", "country")
    found = whose.get("address") or {}
    return {"name": whose.get("name") or ""} | {name: found.get(name) or "" for name in names}


def _paid_by(details: Json) -> str:
    kind = str(details.get("type") or "")
    card = details.get("card") or {}
    if card.get("last4"):
        return f"{str(card.get('brand') or kind).title()} ending {card['last4']}"
    return kind.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a session, as Stripe reckons it."""

    quantity: int
    amount_subtotal: int
    amount_total: int
    amount_tax: int
    order_line: int  # which of ours it is, by primary key; 0: none

    @classmethod
    def read(cls, found: Json) -> Self:
        return cls(
            quantity=found.get("quantity") or 0,
            amount_subtotal=found.get("amount_subtotal") or 0,
            amount_total=found.get("amount_total") or 0,
            amount_tax=found.get("amount_tax") or 0,
            order_line=int((found.get("metadata") or {}).get("line") or 0),
        )


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment intent: whose, how it stands, and why it was last declined."""

    id: str
    status: str
    metadata: dict[str, str]
    declined: str

    @classmethod
    def read(cls, found: Json) -> Self:
        error = found.get("last_payment_error") or {}
        return cls(
            id=found["id"],
            status=found.get("status") or "",
            metadata=found.get("metadata") or {},
            declined=str(error.get("decline_code") or error.get("code") or ""),
        )


@dataclass(frozen=True, slots=True)
class Charge:
    """What a payment brought and what went back of it, in minor units."""

    id: str
    payment_intent: str
    metadata: dict[str, str]
    is_paid: bool
    amount: int
    refunded: int

    @classmethod
    def read(cls, found: Json) -> Self:
        return cls(
            id=found["id"],
            payment_intent=_object(found.get("payment_intent")).get("id") or "",
            metadata=found.get("metadata") or {},
            is_paid=found.get("status") == "succeeded" and bool(found.get("paid")),
            amount=found.get("amount_captured") or 0,
            refunded=found.get("amount_refunded") or 0,
        )


@dataclass(frozen=True, slots=True)
class Refunded:
    """A refund as Stripe knows it: pending, succeeded, failed, canceled, requires_action."""

    id: str
    status: str
    amount: int
    payment_intent: str
    metadata: dict[str, str]
    failure: str

    @classmethod
    def read(cls, found: Json) -> Self:
        return cls(
            id=found["id"],
            status=found.get("status") or "",
            amount=found.get("amount") or 0,
            payment_intent=_object(found.get("payment_intent")).get("id") or "",
            metadata=found.get("metadata") or {},
            failure=found.get("failure_reason") or "",
        )


@dataclass(frozen=True, slots=True)
class Transferred:
    """A transfer to a maker's account, in minor units; ``reversed`` is what came back of it."""

    id: str
    amount: int
    reversed: int
    destination: str
    charge: str
    group: str
    metadata: dict[str, str]

    @classmethod
    def read(cls, found: Json) -> Self:
        return cls(
            id=found["id"],
            amount=found.get("amount") or 0,
            reversed=found.get("amount_reversed") or 0,
            destination=_object(found.get("destination")).get("id") or "",
            charge=_object(found.get("source_transaction")).get("id") or "",
            group=found.get("transfer_group") or "",
            metadata=found.get("metadata") or {},
        )


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A reversal of a part of a transfer, in minor units."""

    id: str
    amount: int
    transfer: str
    metadata: dict[str, str]

    @classmethod
    def read(cls, found: Json) -> Self:
        return cls(
            id=found["id"],
            amount=found.get("amount") or 0,
            transfer=_object(found.get("transfer")).get("id") or "",
            metadata=found.get("metadata") or {},
        )


@dataclass(frozen=True, slots=True)
class FraudWarning:
    """What a card's bank believes of a charge."""

    id: str
    charge: str
    payment_intent: str
    fraud_type: str

    @classmethod
    def read(cls, found: Json) -> Self:
        return cls(
            id=found["id"],
            charge=_object(found.get("charge")).get("id") or "",
            payment_intent=_object(found.get("payment_intent")).get("id") or "",
            fraud_type=found.get("fraud_type") or "",
        )


@dataclass(frozen=True, slots=True)
class Disputed:
    """A dispute; ``withdrawn``, ``reinstated`` and ``fee`` are what has moved at Stripe by it."""

    id: str
    status: str
    reason: str
    amount: int
    currency: str
    payment_intent: str
    charge: str
    created: datetime
    due_by: datetime | None
    submissions: int
    withdrawn: int
    reinstated: int
    fee: int

    @classmethod
    def read(cls, found: Json) -> Self:
        details = found.get("evidence_details") or {}
        moved = [m for m in found.get("balance_transactions") or [] if isinstance(m, dict)]
        amounts = [_in_currency(move, found) for move in moved]
        due = details.get("due_by")
        return cls(
            id=found["id"],
            status=found.get("status") or "",
            reason=found.get("reason") or "",
            amount=found.get("amount") or 0,
            currency=found.get("currency") or "",
            payment_intent=_object(found.get("payment_intent")).get("id") or "",
            charge=_object(found.get("charge")).get("id") or "",
            created=datetime.fromtimestamp(found.get("created") or 0, UTC),
            due_by=datetime.fromtimestamp(due, UTC) if due else None,
            submissions=details.get("submission_count") or 0,
            withdrawn=-sum(amount for amount in amounts if amount < 0),
            reinstated=sum(amount for amount in amounts if amount > 0),
            fee=sum(m.get("fee") or 0 for m in moved if m.get("currency") == found["currency"]),
        )


def _in_currency(move: Json, dispute: Json) -> int:
    """What a balance transaction moved, in the dispute's currency.

    An account that is kept in another currency is told there; then it was all of the dispute.
    """
    moved: int = move.get("amount") or 0
    if move.get("currency") == dispute.get("currency"):
        return moved
    whole: int = dispute.get("amount") or 0
    return -whole if moved < 0 else whole


@dataclass(frozen=True, slots=True)
class Event:
    """An event: of what kind, about which object. What it says of the object is not trusted."""

    id: str
    type: str
    created: datetime
    livemode: bool
    object_id: str
    account: str  # whose it is, where it happened in a designer's account

    @classmethod
    def read(cls, found: Json) -> Self:
        return cls(
            id=found["id"],
            type=found["type"],
            created=datetime.fromtimestamp(found.get("created") or 0, UTC),
            livemode=bool(found.get("livemode")),
            object_id=found["data"]["object"].get("id") or "",
            account=found.get("account") or "",
        )

    @classmethod
    def read_thin(cls, found: Json) -> Self:
        """Of API v2, which only names what it is about."""
        about = found.get("related_object") or {}
        is_account = about.get("type") == "v2.core.account"
        return cls(
            id=found["id"],
            type=found["type"],
            created=datetime.fromisoformat(found["created"]),
            livemode=bool(found.get("livemode")),
            object_id=about.get("id") or "",
            account=about["id"] if is_account else "",
        )


@dataclass(frozen=True, slots=True)
class Account:
    """A designer's account: whether money can be sent there, and what is asked of whom has it."""

    id: str
    status: str  # active, pending, restricted, rejected, unsupported
    is_closed: bool
    metadata: dict[str, str]
    wanted: list[str]  # in Stripe's words, as identity.individual.address
    wanted_by: datetime | None

    @classmethod
    def read(cls, found: Json) -> Self:
        recipient = (found.get("configuration") or {}).get("recipient") or {}
        balance = (recipient.get("capabilities") or {}).get("stripe_balance") or {}
        asked = found.get("requirements") or {}
        deadline = (asked.get("summary") or {}).get("minimum_deadline") or {}
        time = deadline.get("time")
        return cls(
            id=found["id"],
            status=(balance.get("stripe_transfers") or {}).get("status") or "",
            is_closed=bool(found.get("closed")),
            metadata=found.get("metadata") or {},
            wanted=[
                entry["description"]
                for entry in asked.get("entries") or []
                if entry.get("awaiting_action_from") == "user"
            ],
            wanted_by=datetime.fromisoformat(time) if time else None,
        )

    @property
    def is_ready(self) -> bool:
        """Whether Stripe sends money there."""
        return self.status == "active" and not self.is_closed


@dataclass(frozen=True, slots=True)
class BankPayout:
    """What Stripe sends from a designer's account to their bank; minor units of ``currency``."""

    id: str
    status: str  # pending, in_transit, paid, failed, canceled
    amount: int
    currency: str
    created: datetime
    failure: str

    @classmethod
    def read(cls, found: Json) -> Self:
        return cls(
            id=found["id"],
            status=found.get("status") or "",
            amount=found.get("amount") or 0,
            currency=found.get("currency") or "",
            created=datetime.fromtimestamp(found.get("created") or 0, UTC),
            failure=found.get("failure_code") or "",
        )
