"""What somebody who keeps rates should know: which overlap, and where a parcel cannot go."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from orders import wording
from orders.models import ShippingRate
from orders.post import countries, shipping
from shop.money import format_money

_NAMED = 4


def remarks(rate: ShippingRate) -> list[str]:
    """Sentences about a rate among its fellows: the same maker's, or the house's."""
    if not rate.is_active:
        return []
    whose = Q(designer=rate.designer_id) | Q(designer=None)
    used = list(ShippingRate.objects.filter(whose, is_active=True).order_by("amount", "pk"))
    fellows = [other for other in used if other.designer_id == rate.designer_id]
    return [*_overlaps(rate, fellows), *_ends(rate, fellows), *_gaps(used)]


def _overlaps(rate: ShippingRate, fellows: Iterable[ShippingRate]) -> list[str]:
    said = _("%(rate)s is for %(where)s too, insured up to the same worth: the cheaper one counts.")
    others = [fellow for fellow in fellows if fellow.pk != rate.pk and fellow.up_to == rate.up_to]
    return [
        said % {"rate": other, "where": _named(shared)}
        for other in others
        if (shared := {code for code in countries.COUNTRIES if _alike(rate, other, code)})
    ]


def _alike(rate: ShippingRate, other: ShippingRate, country: str) -> bool:
    near = shipping.nearness(rate, country)
    return near > 0 and near == shipping.nearness(other, country)


def _ends(rate: ShippingRate, fellows: Sequence[ShippingRate]) -> list[str]:
    """Where the last tier ends below what a parcel may be worth."""
    said = _("Nothing worth more than %(sum)s is posted to %(where)s: there the last tier ends.")
    ends: dict[int, set[str]] = {}
    for code in countries.COUNTRIES:
        if shipping.nearness(rate, code) and (most := _last(fellows, code)):
            ends.setdefault(most, set()).add(code)
    return [
        said % {"sum": format_money(most, settings.SHOP_CURRENCY), "where": _named(codes)}
        for most, codes in sorted(ends.items())
    ]


def _last(fellows: Iterable[ShippingRate], country: str) -> int | None:
    """The worth up to which anything is insured on its way there; None: whatever it is worth."""
    tiers = [fellow.up_to for fellow in fellows if shipping.nearness(fellow, country)]
    limited = [most for most in tiers if most is not None]
    return max(limited) if limited and len(limited) == len(tiers) else None


def _gaps(used: Sequence[ShippingRate]) -> list[str]:
    without = {
        code
        for code in countries.COUNTRIES
        if not any(shipping.nearness(rate, code) for rate in used)
    }
    said = _("No rate is for %s: nothing is posted there.")
    return [said % _named(without)] if without else []


def _named(codes: set[str]) -> str:
    """Countries by name; a zone or all of them in a word."""
    if codes == set(countries.COUNTRIES):
        return _("every country")
    zones = [zone for zone, among in countries.ZONES.items() if among <= codes]
    rest = codes - countries.expand(zones)
    names = [*(_("the %s") % zone for zone in zones), *sorted(map(countries.name, rest))]
    return _shortened(names)


def _shortened(names: list[str]) -> str:
    more = len(names) - _NAMED
    if more < 2:
        return wording.joined(names)
    return _("%(some)s and %(more)s more") % {"some": ", ".join(names[:_NAMED]), "more": more}
