"""Tax: which rate holds for what is posted where, and how much it comes to.

Where prices contain tax it is told; where they do not it is added, half up for each line, in
steps the currency allows. Where Stripe reckons it (``SHOP_STRIPE_TAX``) it is nothing here
until Stripe has said what it is (``orders/prices/charged.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings

from orders.models import TaxRate
from shop import money


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates that hold for one country, by (country, category); "" is all of them."""

    country: str
    rows: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def of(self, category: str) -> int:
        """Basis points; the most particular rate wins, and without any the shop's own."""
        for key in ((self.country, category), (self.country, ""), ("", category), ("", "")):
            if key in self.rows:
                return self.rows[key]
        return int(settings.SHOP_TAX_BASIS_POINTS)

    def on(self, amount: int, category: str) -> int:
        """The tax within an amount, or on top of it; minor units."""
        if settings.SHOP_STRIPE_TAX:
            return 0
        if settings.SHOP_PRICES_INCLUDE_TAX:
            return money.tax_within(amount, self.of(category))
        return money.share(amount, self.of(category), money.step(settings.SHOP_CURRENCY))


def rates_to(country: str) -> Rates:
    """What holds for what is posted to a country; one query."""
    rows = TaxRate.objects.filter(country__in=[country, ""])
    found = rows.values_list("country", "category", "basis_points")
    return Rates(country, {(land, category): points for land, category, points in found})


def is_added() -> bool:
    """Whether tax comes on top of the prices, whoever reckons it."""
    return not settings.SHOP_PRICES_INCLUDE_TAX
