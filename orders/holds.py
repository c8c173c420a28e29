"""Holds: some of a variant's stock kept from everybody else while a shopper decides and pays.

Every act is one conditional UPDATE, so that of two who come at once exactly one wins.
Inside a transaction come first holds, by primary key, then their variants, by primary key.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog.models import Variant
from orders import tasks
from orders.models import Cart, CartLine, Hold, OrderLine, Waiting
from orders.scarce import limits
from orders.scarce.limits import LONGEST, MOST_PER_CART, TooMany

__all__ = ["LONGEST", "MOST_PER_CART", "TooMany"]
HOLD_MINUTES = 30
# WCAG 2.2.1: a time limit can be put off at least ten times.
MOST_EXTENSIONS = 10
# How long after its session should have died a piece still counts as being paid for, and by
# how much that is put off as long as Stripe has not said so.
GRACE = timedelta(minutes=5)

ACTIVE, PAYING = Hold.State.ACTIVE, Hold.State.PAYING
SOLD, RELEASED = Hold.State.SOLD, Hold.State.RELEASED
KEPT = [ACTIVE, PAYING]


class Taken(Exception):
    """So many are not free; ``until`` (aware, UTC) says when one may become so, if known."""

    def __init__(self, variant: Variant | OrderLine, until: datetime | None = None) -> None:
        super().__init__(_("Somebody was quicker: %(piece)s is taken.") % {"piece": variant})
        self.variant = variant
        self.until = until


class Rests(Taken):
    """This basket, or its address, had it the longest that may be; ``until`` it is others' turn."""


class HeldLongEnough(Exception):
    """The hold is over, is being paid for, or was put off as often as it may be."""


def take(variant: Variant, cart: Cart | None, quantity: int = 1) -> Hold:
    """Hold so many of a variant for a basket, for ``HOLD_MINUTES`` from now.

    Without a basket it is for a payment that has come, or for who waits: those go before the
    line of who waits, a basket after it. Raises Taken when they are not free, Rests when this
    basket has just had them the longest, TooMany when it already holds its most.
    """
    limits.check(cart, cart.network if cart else "", quantity)
    since, until = _may_have(variant, cart)
    try:
        with transaction.atomic():
            _release_all(_lapsed().filter(variant=variant))
            _reserve(variant, quantity, before_line=cart is None)
            hold = Hold.objects.create(
                variant=variant,
                cart=cart,
                quantity=quantity,
                expires_at=until,
                kept_since=since,
                network=cart.network if cart else "",
            )
            _show([variant.pk])
    except Taken:
        push_on(variant)
        raise
    return hold


def _may_have(variant: Variant, cart: Cart | None) -> tuple[datetime, datetime]:
    """Since when it counts as held, and until when it may be. Raises Rests."""
    since, anew = limits.kept_since(variant, cart)
    until = min(_fresh_end(), since + LONGEST)
    if until <= now():
        raise Rests(variant, until=anew)
    return since, until


def _lapsed() -> "QuerySet[Hold]":
    return Hold.objects.filter(state=ACTIVE, expires_at__lte=now())


def _fresh_end() -> datetime:
    return now() + timedelta(minutes=HOLD_MINUTES)


def _reserve(variant: Variant, quantity: int, *, before_line: bool = False) -> None:
    free = Variant.objects.filter(pk=variant.pk, stock__gte=F("reserved") + quantity)
    if not before_line:
        free = free.exclude(Exists(Waiting.objects.in_line().filter(variant=OuterRef("pk"))))
    if not free.update(reserved=F("reserved") + quantity):
        raise Taken(variant, until=_free_again(variant))


def _unreserve(variant_id: int, quantity: int) -> None:
    Variant.objects.filter(pk=variant_id).update(reserved=F("reserved") - quantity)


def _free_again(variant: Variant) -> datetime | None:
    """When the first of the variant's holds ends; a minute from now when that is overdue."""
    kept = Hold.objects.filter(variant=variant, state__in=KEPT).order_by("expires_at")
    until = kept.values_list("expires_at", flat=True).first()
    return max(until, now() + timedelta(minutes=1)) if until else None


def resize(hold: Hold, quantity: int) -> None:
    """Hold more or fewer of the same, until the same time. Raises Taken, TooMany."""
    had = hold.quantity
    more = quantity - had
    if more > 0:
        limits.check(hold.cart, hold.network, more)
    with transaction.atomic():
        same = Hold.objects.filter(pk=hold.pk, state=ACTIVE, quantity=had)
        if not same.update(quantity=quantity):
            raise Taken(hold.variant)
        if more > 0:
            _reserve(hold.variant, more)
        elif more < 0:
            _unreserve(hold.variant_id, -more)
    hold.quantity = quantity


def extend(hold: Hold) -> Hold:
    """Hold it for ``HOLD_MINUTES`` from now. Raises HeldLongEnough when that may not be."""
    until = min(_fresh_end(), hold.kept_since + LONGEST)
    mine = Hold.objects.filter(
        pk=hold.pk,
        state=ACTIVE,
        extensions__lt=MOST_EXTENSIONS,
        expires_at__gt=now(),
        expires_at__lt=until,
    )
    with transaction.atomic():
        if not mine.update(expires_at=until, extensions=F("extensions") + 1):
            raise HeldLongEnough
        _show([hold.variant_id])
    hold.refresh_from_db()
    return hold


def can_extend(hold: Hold) -> bool:
    """Whether it may be put off once more, and that would help."""
    left = hold.state == ACTIVE and hold.extensions < MOST_EXTENSIONS
    return left and now() < hold.expires_at < hold.kept_since + LONGEST


def release(hold: Hold) -> bool:
    """Give back what a basket holds; whether it did. What is being paid for stays held."""
    with transaction.atomic():
        return bool(_release_all(Hold.objects.filter(pk=hold.pk, state=ACTIVE)))


def release_offer(hold: Hold) -> bool:
    """Give back what was kept for somebody who waited, unless they have claimed it."""
    with transaction.atomic():
        return bool(_release_all(Hold.objects.filter(pk=hold.pk, state=ACTIVE, cart=None)))


def claim(hold: Hold, cart: Cart) -> Hold:
    """Put what is kept for somebody who waited into a basket, with a hold like any other.

    Raises Taken when it is no longer kept for them, Rests, TooMany.
    """
    limits.check(cart, cart.network, hold.quantity)
    since, until = _may_have(hold.variant, cart)
    offered = Hold.objects.filter(pk=hold.pk, state=ACTIVE, cart=None, expires_at__gt=now())
    with transaction.atomic():
        if not offered.update(cart=cart, network=cart.network, kept_since=since, expires_at=until):
            raise Taken(hold.variant)
        _show([hold.variant_id])
    hold.refresh_from_db()
    return hold


def release_lapsed(limit: int = 500) -> int:
    """Give back what lapsed holds keep, the oldest first; returns how many holds."""
    pks = list(_lapsed().order_by("expires_at").values_list("pk", flat=True)[:limit])
    released = 0
    for pk in pks:
        with transaction.atomic():
            released += _release_all(_lapsed().filter(pk=pk))
    return released


def _release_all(those: "QuerySet[Hold]") -> int:
    """Release those that still answer the query when their turn comes."""
    given = [
        hold
        for hold in those.order_by("pk")
        if those.filter(pk=hold.pk, quantity=hold.quantity).update(
            state=RELEASED, expires_at=_ended(hold)
        )
    ]
    for hold in sorted(given, key=lambda hold: hold.variant_id):
        _unreserve(hold.variant_id, hold.quantity)
    _show(hold.variant_id for hold in given)
    _call_the_line({hold.variant_id for hold in given})
    return len(given)


def _ended(hold: Hold) -> datetime:
    """A basket's hold ends by the clock at the latest; a payment's when it is given back."""
    return min(hold.expires_at, now()) if hold.state == ACTIVE else now()


def _call_the_line(variant_ids: set[int]) -> None:
    """Who waits for what has come free is told at once; the sweep tells them if that is lost."""
    for pk in sorted(variant_ids):
        if Waiting.objects.in_line().filter(variant=pk).exists():
            transaction.on_commit(partial(tasks.call_the_line.enqueue, pk), robust=True)


def to_paying(hold: Hold, until: datetime) -> bool:
    """Keep a basket's hold for a payment that can be made until then (aware, UTC).

    False when it is no longer held. A lapsed one that nobody has taken since still counts.
    """
    with transaction.atomic():
        mine = Hold.objects.filter(pk=hold.pk, state=ACTIVE)
        if not mine.update(state=PAYING, expires_at=until + GRACE):
            return False
        _show([hold.variant_id])
    return True


def back_to_basket(hold: Hold) -> bool:
    """What was being paid for is the basket's again: its payment can no longer be made.

    It is given back instead when its line is gone or it was held as long as may be.
    """
    until = min(_fresh_end(), hold.kept_since + LONGEST)
    if until <= now() or not CartLine.objects.filter(hold=hold).exists():
        return give_back(hold)
    with transaction.atomic():
        mine = Hold.objects.filter(pk=hold.pk, state=PAYING)
        if not mine.update(state=ACTIVE, expires_at=until):
            return False
        # The next order of this basket will name the hold; the dead one no longer does.
        OrderLine.objects.filter(hold=hold).update(hold=None)
        _show([hold.variant_id])
    return True


def give_back(hold: Hold) -> bool:
    """Free what a dead payment kept; whether this call did it."""
    with transaction.atomic():
        return bool(_release_all(Hold.objects.filter(pk=hold.pk, state=PAYING)))


def sold(hold: Hold) -> bool:
    """Take what is held out of stock for good; whether this call did it."""
    with transaction.atomic():
        mine = Hold.objects.filter(pk=hold.pk, state__in=KEPT, quantity=hold.quantity)
        if not mine.update(state=SOLD, network=""):
            return False
        Variant.objects.filter(pk=hold.variant_id).update(
            stock=F("stock") - hold.quantity, reserved=F("reserved") - hold.quantity
        )
        _show([hold.variant_id])
    return True


def push_on(variant: Variant | None = None) -> int:
    """Put off the shown end of payments that are overdue but not known to be dead.

    The clock alone never frees what Stripe may still take money for.
    """
    overdue = Hold.objects.filter(state=PAYING, expires_at__lte=now())
    if variant:
        overdue = overdue.filter(variant=variant)
    pushed = 0
    for pk, variant_id in list(overdue.order_by("pk").values_list("pk", "variant_id")):
        with transaction.atomic():
            pushed += overdue.filter(pk=pk).update(expires_at=now() + GRACE)
            _show([variant_id])
    return pushed


def _show(variant_ids: Iterable[int]) -> None:
    """Write the variants' ``held_until``: the earliest end among their holds, or nothing."""
    pks = sorted(set(variant_ids))
    # Locked by a statement of its own: the next one then sees every hold committed before it.
    rows = Variant.objects.filter(pk__in=pks).order_by("pk")
    list(rows.select_for_update().values_list("pk", flat=True))
    ends = Hold.objects.filter(variant=OuterRef("pk"), state__in=KEPT).order_by("expires_at")
    Variant.objects.filter(pk__in=pks).update(held_until=Subquery(ends.values("expires_at")[:1]))


def recount(variant_id: int) -> None:
    """Keep back exactly what is held: mends a number that went wrong, and nothing else.

    Raises Taken when more is held than there is: then somebody has to count the pieces.
    """
    with transaction.atomic():
        variant = Variant.objects.select_for_update().get(pk=variant_id)
        # A statement after the lock: it sees every hold that was committed before it.
        held = Hold.objects.filter(variant=variant, state__in=KEPT).aggregate(
            sum=Sum("quantity", default=0)
        )["sum"]
        if not Variant.objects.filter(pk=variant_id, stock__gte=held).update(reserved=held):
            raise Taken(variant)
        _show([variant_id])
