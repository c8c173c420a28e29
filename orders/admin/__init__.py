"""The workshop's side of orders; each module registers its own classes."""

from orders.admin import house, parcels, rates, waiting

__all__ = ["house", "parcels", "rates", "waiting"]
