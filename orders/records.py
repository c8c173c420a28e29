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
    name: str
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
            name=shipping.get("name") or customer.get("name") or "",
            phone=customer.get("phone") or "",
            address=_address(shipping.get("address") or customer.get("address") or {}),
            payment_intent=intent.get("id") or "",
            payment_status_detail=intent.get("status") or "",
            charge=charge.get("id") or "",
            paid_by=_paid_by(charge.get("payment_method_details") or {}),
        )


def _object(found: Any) -> Json:
    """What may be an id, an object or nothing, as an object."""
    return {"id": found} if isinstance(found, str) else found or {}


def _address(found: Json) -> dict[str, str]:
    names = ("line1", "line2", "postal_code", "city", "state", "country")
    return {name: found.get(name) or "" for name in names}


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

    @classmethod
    def read(cls, found: Json) -> Self:
        return cls(
            quantity=found.get("quantity") or 0,
            amount_subtotal=found.get("amount_subtotal") or 0,
            amount_total=found.get("amount_total") or 0,
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
class Event:
    """An event: of what kind, about which object. What it says of the object is not trusted."""

    id: str
    type: str
    created: datetime
    livemode: bool
    object_id: str
    account: str

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
