"""The workshop's side of orders; each module registers its own classes."""

from orders.admin import codes, house, parcels, rates, taxes

__all__ = ["codes", "house", "parcels", "rates", "taxes"]
