"""The workshop's side of orders; each module registers its own classes."""

from orders.admin import aftersales, house, parcels, rates

__all__ = ["aftersales", "house", "parcels", "rates"]
