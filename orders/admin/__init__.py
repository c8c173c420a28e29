"""The workshop's side of orders; each module registers its own classes."""

from orders.admin import house, parcels, payouts, rates

__all__ = ["house", "parcels", "payouts", "rates"]
