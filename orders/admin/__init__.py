"""The workshop's side of orders; each module registers its own classes."""

from orders.admin import accounts, house, parcels, rates

__all__ = ["accounts", "house", "parcels", "rates"]
