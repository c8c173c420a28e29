"""Stripe's books, the ledger and the stock compared; what differs, and mending it."""
