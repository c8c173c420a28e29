"""How many are ready, changed by hand: never below what baskets and payments have."""

from django.db.models import F

from catalog.models import Variant


class Reserved(Exception):
    """Fewer than are in baskets or being paid for was asked for."""


def recount(variant: Variant, *, was: int, now: int) -> None:
    """Correct the stock from what somebody saw (``was``) to what they counted (``now``).

    The difference is applied, so that one sold in between stays sold. Raises Reserved when
    too few would be left for those who have them in a basket.
    """
    by = now - was
    if not by:
        return
    enough = Variant.objects.filter(pk=variant.pk, stock__gte=F("reserved") - by)
    if not enough.filter(stock__gte=-by).update(stock=F("stock") + by):
        raise Reserved(variant.pk)
