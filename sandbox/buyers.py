"""What the shopper tells the hosted page beside the card."""

from dataclasses import asdict, dataclass

from sandbox.store import Json


@dataclass(frozen=True)
class Address:
    """A postal address; the country is a two-letter code."""

    country: str
    line1: str
    city: str
    line2: str | None = None
    postal_code: str | None = None
    state: str | None = None


@dataclass(frozen=True)
class Buyer:
    """Who pays, and where it goes."""

    email: str
    name: str | None = None
    phone: str | None = None
    address: Address | None = None
    shipping_rate: str | None = None


def describe(session: Json, buyer: Buyer) -> None:
    """Writes the buyer into the session, where API version 2026-10-28.endive puts it."""
    address = asdict(buyer.address) if buyer.address else None
    session["customer_details"] = {
        "address": address,
        "business_name": None,
        "email": session["customer_email"] or buyer.email,
        "individual_name": None,
        "name": buyer.name,
        "phone": buyer.phone,
        "tax_exempt": "none",
        "tax_ids": [],
    }
    shipped = session["shipping_address_collection"] and address
    session["collected_information"] = {
        "business_name": None,
        "individual_name": None,
        "shipping_details": {"address": address, "name": buyer.name} if shipped else None,
    }


def as_json(buyer: Buyer) -> Json:
    """For keeping while the bank asks."""
    return asdict(buyer)


def from_json(kept: Json) -> Buyer:
    """The other way round."""
    address = kept.get("address")
    return Buyer(**(kept | {"address": Address(**address) if address else None}))
