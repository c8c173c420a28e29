"""The countries the shop posts to, by ISO 3166-1 code; Django brings no list of its own.

All of them are known to Stripe's shipping_address_collection.
"""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

COUNTRIES: dict[str, str | Promise] = {
    # The European Union
    "AT": _("Austria"),
    "BE": _("Belgium"),
    "BG": _("Bulgaria"),
    "HR": _("Croatia"),
    "CY": _("Cyprus"),
    "CZ": _("Czechia"),
    "DK": _("Denmark"),
    "EE": _("Estonia"),
    "FI": _("Finland"),
    "FR": _("France"),
    "DE": _("Germany"),
    "GR": _("Greece"),
    "HU": _("Hungary"),
    "IE": _("Ireland"),
    "IT": _("Italy"),
    "LV": _("Latvia"),
    "LT": _("Lithuania"),
    "LU": _("Luxembourg"),
    "MT": _("Malta"),
    "NL": _("Netherlands"),
    "PL": _("Poland"),
    "PT": _("Portugal"),
    "RO": _("Romania"),
    "SK": _("Slovakia"),
    "SI": _("Slovenia"),
    "ES": _("Spain"),
    "SE": _("Sweden"),
    # Their neighbours
    "IS": _("Iceland"),
    "LI": _("Liechtenstein"),
    "NO": _("Norway"),
    "CH": _("Switzerland"),
    "GB": _("United Kingdom"),
    "AD": _("Andorra"),
    "MC": _("Monaco"),
    "SM": _("San Marino"),
    # Farther away
    "AU": _("Australia"),
    "CA": _("Canada"),
    "HK": _("Hong Kong"),
    "IL": _("Israel"),
    "JP": _("Japan"),
    "MX": _("Mexico"),
    "NZ": _("New Zealand"),
    "SG": _("Singapore"),
    "KR": _("South Korea"),
    "TW": _("Taiwan"),
    "AE": _("United Arab Emirates"),
    "US": _("United States"),
}

# Short names for many, which a rate may name in their stead.
ZONES: dict[str, frozenset[str]] = {
    "EU": frozenset({
        "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE",
        "IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
    }),
}  # fmt: skip


def expand(codes: Iterable[str]) -> frozenset[str]:
    """The countries that are meant by these codes, zones among them."""
    return frozenset().union(*(ZONES.get(code, {code}) for code in codes))


def choices() -> list[tuple[str, str]]:
    """Code and name, by name in the reader's language, for a form's select."""
    return sorted(((code, str(name)) for code, name in COUNTRIES.items()), key=lambda c: c[1])


def name(code: str) -> str:
    """The country's name, or the code where the shop does not know it."""
    return str(COUNTRIES.get(code, code))
