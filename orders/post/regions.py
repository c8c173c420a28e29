"""Between which countries Stripe moves money from a shop to its makers.

https://docs.stripe.com/connect/cross-border-payouts: platforms in the USA, the United Kingdom,
the European Economic Area, Canada and Switzerland may send to accounts in any of them; every
other country only to its own.
"""

EEA = frozenset(
    ["AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IS", "IE"]
    + ["IT", "LV", "LI", "LT", "LU", "MT", "NL", "NO", "PL", "PT", "RO", "SK", "SI", "ES", "SE"]
)
TOGETHER = EEA | {"US", "GB", "CA", "CH"}


def is_reached(country: str, *, shop: str) -> bool:
    """Whether a shop of one country can send money to an account in the other (ISO codes)."""
    return country == shop or {country, shop} <= TOGETHER
