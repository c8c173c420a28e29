"""The workshop's side of orders; each module registers its own classes."""

from orders.admin import agreement, house, letters, parcels, payouts, rates

__all__ = ["agreement", "house", "letters", "parcels", "payouts", "rates"]
