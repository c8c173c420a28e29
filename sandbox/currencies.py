"""Currencies: how many digits each has, how little may be charged, how an amount is written.

Amounts are integers of the currency's minor unit everywhere. Source: https://docs.stripe.com/currencies.
"""

from sandbox.errors import Invalid

TWO_DIGIT_CODES = """
    usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd
    cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd
    hnl htg huf idr ils inr jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop
    mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar
    sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah uyu uzs wst xcd xcg
    yer zar zmw
"""
NO_DIGIT_CODES = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
TWO_DIGITS = frozenset(TWO_DIGIT_CODES.split())
NO_DIGITS = frozenset(NO_DIGIT_CODES.split())
THREE_DIGITS = frozenset(("bhd", "jod", "kwd", "omr", "tnd"))
# Written with two digits for compatibility, though they have none: the last two must be 00.
WHOLE_ONLY = frozenset(("isk", "ugx"))
KNOWN = NO_DIGITS | THREE_DIGITS | WHOLE_ONLY | TWO_DIGITS
MINIMUM = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500,
    "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000,
    "myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
MAXIMUM = 99_999_999
SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def check(code: str, param: str) -> str:
    """The lower-case code of a currency Stripe knows."""
    if code.lower() not in KNOWN:
        raise Invalid(
            f"Invalid currency: {code.lower()}. Stripe currently supports these currencies: "
            f"{', '.join(sorted(KNOWN))}",
            param=param,
        )
    return code.lower()


def digits(currency: str) -> int:
    """How many of an amount's last digits stand behind the decimal point."""
    if currency in NO_DIGITS:
        return 0
    return 3 if currency in THREE_DIGITS else 2


def plain(amount: int, currency: str) -> str:
    """An amount in figures without its currency: 110000 eur is "1,100.00"."""
    places = digits(currency)
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), 10**places)
    return f"{sign}{whole:,}" + (f".{rest:0{places}}" if places else "")


def written(amount: int, currency: str) -> str:
    """An amount as Stripe's messages write it: "€1,100.00", or "1,100.00 sek" without a sign
    of its own."""
    if currency in SIGNS:
        return f"{SIGNS[currency]}{plain(amount, currency)}"
    return f"{plain(amount, currency)} {currency}"


def step(currency: str) -> int:
    """What amounts in this currency must be divisible by."""
    if currency in THREE_DIGITS:
        return 10
    return 100 if currency in WHOLE_ONLY else 1


def check_amount(amount: int, currency: str, param: str, *, least: int = 0) -> int:
    """An amount that can be charged in this currency, at least `least` minor units."""
    if amount < least:
        wording = "greater than or equal to 1" if least else "non-negative"
        raise Invalid(
            f"Invalid {'positive' if least else 'non-negative'} integer: must be {wording}",
            code="parameter_invalid_integer",
            param=param,
        )
    if amount > MAXIMUM:
        raise Invalid(
            f"Amount must be no more than {written(MAXIMUM, currency)}",
            code="amount_too_large",
            param=param,
        )
    if amount % step(currency):
        raise Invalid(
            f"Invalid amount: {amount}. Amounts in {currency} must be divisible by "
            f"{step(currency)}.",
            code="invalid_charge_amount",
            param=param,
        )
    return amount
