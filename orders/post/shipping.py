"""Which rate a parcel is posted at, what that costs, and why a maker does not post somewhere."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from designers.models import Designer
from orders.models import ShippingRate
from orders.post import countries
from shop.money import format_money


def rates_of(designers: Iterable[Designer]) -> list[ShippingRate]:
    """The rates in use for these designers, and the house's; one query."""
    pks = {designer.pk for designer in designers}
    return list(
        ShippingRate.objects.filter(
            Q(designer__in=pks) | Q(designer=None), is_active=True
        ).order_by("amount", "pk")
    )


def choose(
    rates: Iterable[ShippingRate], designer: Designer, country: str, worth: int
) -> ShippingRate | None:
    """The rate for a designer's parcel of this worth (minor units) to a country.

    A designer who posts there at all does so at their own rates, else at the house's. Of those
    that insure the parcel one that names the country goes before one for its zone, and that
    before one for everywhere; of several alike the cheapest. None: it is not posted there.
    """
    fitting = [rate for rate in of_country(rates, designer, country) if insures(rate, worth)]
    return min(
        fitting, key=lambda rate: (-nearness(rate, country), cost(rate, worth)), default=None
    )


def of_country(
    rates: Iterable[ShippingRate], designer: Designer, country: str
) -> Sequence[ShippingRate]:
    """The designer's own rates for a country; where there is none, the house's."""
    there = [rate for rate in rates if nearness(rate, country)]
    own = [rate for rate in there if rate.designer_id == designer.pk]
    return own or [rate for rate in there if rate.designer_id is None]


def nearness(rate: ShippingRate, country: str) -> int:
    """How particularly a rate names a country: 3 itself, 2 its zone, 1 everywhere, 0 not at all."""
    named = rate.countries.split()
    if not named:
        return 1
    if country in named:
        return 3
    return 2 if country in countries.expand(named) else 0


def insures(rate: ShippingRate, worth: int) -> bool:
    """Whether it covers a parcel of this worth, minor units."""
    return rate.up_to is None or worth <= rate.up_to


def cost(rate: ShippingRate, items_total: int) -> int:
    """What posting pieces of this worth costs, minor units."""
    if rate.free_from is not None and items_total >= rate.free_from:
        return 0
    return rate.amount


def refusal(rates: Iterable[ShippingRate], designer: Designer, country: str) -> str:
    """Why a parcel for which ``choose`` found no rate is not posted, in a sentence."""
    insured = [rate.up_to for rate in of_country(rates, designer, country) if rate.up_to]
    words = {"maker": designer.short_name, "country": countries.name(country)}
    if not insured:
        return _("%(maker)s does not post to %(country)s.") % words
    words["sum"] = format_money(max(insured), settings.SHOP_CURRENCY)
    said = _(
        "%(maker)s posts no parcel worth more than %(sum)s to %(country)s. Take something out, "
        "or write to us."
    )
    return said % words
