"""Codes: whether one holds for a basket, what it takes off each line, and who has used it.

A use counts while its order is paid or can be paid. Two constraints decide races: one
conditional UPDATE of ``Discount.uses``, one UNIQUE of customer and code.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from orders import wording
from orders.models import Cart, Discount, DiscountUse, Order
from shop import money

if TYPE_CHECKING:
    from orders.basket import Line

_UNPAID = [Order.State.AWAITING_PAYMENT, Order.State.PROCESSING]


class NotHeld(Exception):
    """The code does not hold for this; the message says why, in a sentence."""


def written(typed: str) -> str:
    """A code as it is kept: in capitals, without spaces."""
    return "".join(typed.upper().split())


def find(code: str) -> Discount | None:
    """The code that is in use under this name."""
    found = Discount.objects.filter(code=written(code), is_active=True)
    return found.select_related("designer").first() if code else None


def check(discount: Discount, lines: Sequence["Line"], cart: Cart, *, email: str = "") -> None:
    """Raises NotHeld where it takes nothing off these lines, or not for this customer."""
    _check_days(discount)
    eligible = [line for line in lines if is_for(discount, line)]
    words = {"code": discount.code, "maker": discount.designer}
    if not eligible:
        raise NotHeld(_("%(code)s is for pieces by %(maker)s.") % words)
    if sum(line.total for line in eligible) < discount.minimum:
        words["sum"] = money.format_money(discount.minimum, settings.SHOP_CURRENCY)
        if discount.designer:
            raise NotHeld(_("%(code)s holds from %(sum)s on, for pieces by %(maker)s.") % words)
        raise NotHeld(_("%(code)s holds from %(sum)s on.") % words)
    _check_uses(discount, cart, email or cart.email)


def _check_days(discount: Discount) -> None:
    words = {"code": discount.code}
    if discount.starts_on and discount.starts_on > localdate():
        words["day"] = wording.weekday(discount.starts_on)
        raise NotHeld(_("%(code)s holds from %(day)s on.") % words)
    if discount.ends_on and discount.is_over:
        words["day"] = wording.weekday(discount.ends_on)
        raise NotHeld(_("%(code)s held until %(day)s.") % words)


def _check_uses(discount: Discount, cart: Cart, email: str) -> None:
    """What this basket is being paid for with does not count against it."""
    if discount.most_uses is None and not discount.once_per_customer:
        return
    live = discount.used.filter(is_live=True)
    own = live.filter(order__cart=cart, order__state__in=_UNPAID)
    if discount.most_uses is not None and discount.uses - own.count() >= discount.most_uses:
        raise NotHeld(_used_up(discount))
    others = live.exclude(pk__in=own.values("pk"))
    if discount.once_per_customer and others.filter(email=email.lower(), is_once=True).exists():
        raise NotHeld(_used_before(discount))


def _used_up(discount: Discount) -> str:
    return _("%s has been used as often as it can be.") % discount.code


def _used_before(discount: Discount) -> str:
    return _("You have used %s already: it holds once.") % discount.code


def is_for(discount: Discount, line: "Line") -> bool:
    """Whether the code is for this line's piece."""
    return discount.designer_id in (None, line.piece.designer_id)


def posts_free(discount: Discount | None, designer_id: int) -> bool:
    """Whether the code pays for the post of this designer's parcel."""
    if discount is None or discount.kind != Discount.Kind.POST:
        return False
    return discount.designer_id in (None, designer_id)


def amounts(discount: Discount | None, lines: Sequence["Line"]) -> list[int]:
    """What the code takes off each line, minor units: in proportion, to the cent in all."""
    weights = [line.total if discount and is_for(discount, line) else 0 for line in lines]
    smallest = money.step(settings.SHOP_CURRENCY)
    whole = _off(discount, sum(weights), smallest) if discount else 0
    return money.spread(whole, weights, smallest) if whole else [0] * len(weights)


def _off(discount: Discount, worth: int, smallest: int) -> int:
    if discount.kind == Discount.Kind.PERCENT:
        return money.share(worth, discount.basis_points or 0, smallest)
    if discount.kind == Discount.Kind.AMOUNT:
        return min(discount.amount or 0, worth) // smallest * smallest
    return 0


def claim(discount: Discount, order: Order) -> None:
    """Use the code for an order that is being written; raises NotHeld when another was quicker.

    Belongs into the transaction that writes the order, after all other locks.
    """
    free = Discount.objects.filter(pk=discount.pk, is_active=True).unused()
    if not free.update(uses=F("uses") + 1):
        raise NotHeld(_used_up(discount))
    use = DiscountUse(
        discount=discount,
        order=order,
        email=order.email.lower(),
        is_once=discount.once_per_customer,
    )
    try:
        with transaction.atomic():
            use.save(force_insert=True)
    except IntegrityError as error:
        raise NotHeld(_used_before(discount)) from error


def give_back(order: Order) -> None:
    """The order can no longer be paid, or was not kept: its code is free again."""
    use = DiscountUse.objects.filter(order=order, is_live=True)
    if use.update(is_live=False):
        Discount.objects.filter(used__order=order).update(uses=F("uses") - 1)


def count_again(order: Order) -> None:
    """The order was paid after all: its price holds, so its code counts, even once too often."""
    use = DiscountUse.objects.filter(order=order, is_live=False)
    try:
        with transaction.atomic():
            counted = use.update(is_live=True)
    except IntegrityError:
        counted = use.update(is_live=True, is_once=False)
    if counted:
        Discount.objects.filter(used__order=order).update(uses=F("uses") + 1)
