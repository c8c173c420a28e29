"""Where an order goes, as it is written on a parcel."""

from dataclasses import dataclass

from orders.models import Order
from orders.post import countries


@dataclass(frozen=True, slots=True)
class Address:
    """Its parts; empty where Stripe has not told one. ``name`` is who gets it."""

    name: str
    street: str
    more: str
    town: str
    state: str
    country: str

    @property
    def rows(self) -> list[str]:
        """Name and address, row by row."""
        parts = [self.name, self.street, self.more, self.town, self.state, self.country]
        return [part for part in parts if part]


def of(order: Order) -> Address:
    """The address that Stripe has told, with the country of the basket until it has."""
    found = {key: str(value or "").strip() for key, value in order.address.items()}
    return Address(
        name=order.recipient,
        street=found.get("line1", ""),
        more=found.get("line2", ""),
        town=f"{found.get('postal_code', '')} {found.get('city', '')}".strip(),
        state=found.get("state", ""),
        country=str(countries.name(found.get("country") or order.country)),
    )
