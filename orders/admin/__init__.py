"""The workshop's side of orders; each module registers its own classes."""

from orders.admin import disputes, house, parcels, rates

__all__ = ["disputes", "house", "parcels", "rates"]
