"""Payment methods a session offers: cards, and one delayed method of its currency."""

from sandbox.errors import Invalid
from sandbox.store import Json

# Methods that say yes or no days later: the session is complete and still unpaid meanwhile.
DELAYED = {
    "eur": "sepa_debit",
    "usd": "us_bank_account",
    "gbp": "bacs_debit",
    "aud": "au_becs_debit",
}


def offered(given: Json, currency: str) -> list[str]:
    """The methods of a new session, as its allowed and excluded lists have it."""
    usual = ["card"] + ([DELAYED[currency]] if currency in DELAYED else [])
    allowed = given.get("allowed_payment_method_types") or usual
    excluded = given.get("excluded_payment_method_types") or []
    methods = [method for method in usual if method in allowed and method not in excluded]
    if not methods:
        raise Invalid(
            "No valid payment method types for this Checkout Session. Please ensure that you "
            "have activated "
            "payment methods compatible with your chosen currency.",
        )
    return methods


def delayed(session: Json) -> str | None:
    """The session's delayed method, if it has one."""
    return next((method for method in session["payment_method_types"] if method != "card"), None)


NAMES = {
    "sepa_debit": "SEPA debit",
    "us_bank_account": "bank account",
    "bacs_debit": "Bacs debit",
    "au_becs_debit": "BECS debit",
}
