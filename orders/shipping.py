"""Which rate a parcel is posted at, and what that costs."""

from collections.abc import Iterable

from django.db.models import Q

from designers.models import Designer
from orders.models import ShippingRate


def rates_of(designers: Iterable[Designer]) -> list[ShippingRate]:
    """The rates in use for these designers, and the house's; one query."""
    pks = {designer.pk for designer in designers}
    return list(
        ShippingRate.objects.filter(
            Q(designer__in=pks) | Q(designer=None), is_active=True
        ).order_by("amount", "pk")
    )


def choose(rates: Iterable[ShippingRate], designer: Designer, country: str) -> ShippingRate | None:
    """The most particular rate for a designer's parcel to a country; None: not posted there.

    The designer's goes before the house's, one that names the country before one for
    everywhere, and of several alike the first given.
    """
    fitting = [rate for rate in rates if _fits(rate, designer, country)]
    return max(fitting, key=_particular, default=None)


def _fits(rate: ShippingRate, designer: Designer, country: str) -> bool:
    whose = rate.designer_id in (None, designer.pk)
    return whose and (not rate.countries.strip() or country in rate.countries.split())


def _particular(rate: ShippingRate) -> tuple[bool, bool]:
    return rate.designer_id is not None, bool(rate.countries.strip())


def cost(rate: ShippingRate, items_total: int) -> int:
    """What posting pieces of this worth costs, minor units."""
    if rate.free_from is not None and items_total >= rate.free_from:
        return 0
    return rate.amount
