"""The workshop's side of orders; each module registers its own classes."""

from orders.admin import accounts, agreement, house, letters, parcels, payouts, rates

__all__ = ["accounts", "agreement", "house", "letters", "parcels", "payouts", "rates"]
