"""Money as integer minor units with a currency code.

An amount is always an ``int`` in the currency's smallest unit (cents, yen, fils); the
currency a lower-case ISO 4217 code. Exponents: https://docs.stripe.com/currencies
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.formats import number_format
from django.utils.translation import gettext as _

ZERO_DECIMAL = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ]
)
THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
# Stripe takes these with two digits that must be zero.
WHOLE_ONLY = frozenset({"isk", "ugx"})
SYMBOLS = {"eur": "€", "gbp": "£", "usd": "$", "jpy": "¥", "chf": "CHF", "dkk": "kr."}
NBSP = "\N{NO-BREAK SPACE}"


class NotMoney(ValueError):
    """What a person typed cannot be read as an amount; the message says why."""


def exponent(currency: str) -> int:
    """How many digits the currency has after the point: 0, 2 or 3."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def step(currency: str) -> int:
    """The smallest amount Stripe can charge apart, in minor units: 1, 10 or 100."""
    if currency in THREE_DECIMAL:
        return 10
    return 100 if currency in WHOLE_ONLY else 1


def to_decimal(amount: int, currency: str) -> Decimal:
    """Minor units as the decimal people write: ``to_decimal(148000, "eur")`` is 1480.00."""
    return Decimal(amount).scaleb(-exponent(currency))


def from_decimal(value: Decimal, currency: str) -> int:
    """The minor units of a decimal. Raises NotMoney where it has digits the currency lacks."""
    try:
        minor = value.scaleb(exponent(currency))
        if not minor.is_finite() or minor != minor.to_integral_value():
            raise NotMoney(_("This currency has no such small part."))
    except InvalidOperation as error:
        raise NotMoney(_("This is not an amount of money.")) from error
    if int(minor) % step(currency):
        raise NotMoney(_("This currency has no such small part."))
    return int(minor)


def format_money(amount: int, currency: str, *, in_full: bool = False) -> str:
    """The amount as the shop writes it: ``1,480 €``, ``206.83 €``, ``12,000 ¥``.

    ``in_full`` writes ``1,480.00 €``, so that the digits of a column stand below each other.
    """
    decimal = to_decimal(amount, currency)
    whole = not in_full and decimal == decimal.to_integral_value()
    digits = 0 if whole else exponent(currency)
    number = number_format(decimal, decimal_pos=digits, use_l10n=True, force_grouping=True)
    return f"{number}{NBSP}{SYMBOLS.get(currency, currency.upper())}"


def share(amount: int, basis_points: int, smallest: int = 1) -> int:
    """The part of an amount that ``basis_points`` (1800 = 18 %) is, half up to a step."""
    part = Decimal(amount) * basis_points / 10_000 / smallest
    return int(part.quantize(Decimal(1), rounding=ROUND_HALF_UP)) * smallest


def tax_within(gross: int, basis_points: int) -> int:
    """The tax contained in a gross amount at a rate in basis points, half up."""
    part = Decimal(gross) * basis_points / (10_000 + basis_points)
    return int(part.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def spread(amount: int, weights: Sequence[int], smallest: int = 1) -> list[int]:
    """Divide an amount in proportion to weights by largest remainder; the parts sum to it.

    Each part is a multiple of ``smallest``, which the amount must be, and where the weights
    are too and sum to the amount or more, none is larger than its weight.
    """
    total = sum(weights)
    if not total or amount % smallest:
        raise ValueError("nothing to spread over, or no such small part")
    steps = amount // smallest
    parts = [steps * weight // total for weight in weights]
    rest = steps - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(steps * weights[i] % total), i))
    for index in by_remainder[:rest]:
        parts[index] += 1
    return [part * smallest for part in parts]
