"""Calling a parcel off: against the maker's next step exactly one wins, by one conditional UPDATE.

In one transaction the parcel is cancelled, its pieces go back into stock and what was paid for
them and their post is written down as a refund; Stripe is asked after the commit, and again by
the sweep if that was lost.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from orders import fulfilment, refundable, refunds
from orders.afterwards import aftersale
from orders.afterwards.aftersale import NotNow
from orders.afterwards.aftersale_steps import Act, Actor, State
from orders.makers import owed
from orders.models import AfterSale, Order, Parcel, Refund
from orders.refundable import Part

Kind = AfterSale.Kind


def call_off(order: Order, pks: Sequence[int], *, token: UUID) -> list[AfterSale]:
    """The shopper calls off parcels that nobody has begun: all of them or none. Once a token.

    Raises NotNow when one was begun or posted meanwhile. Never within a transaction.
    """
    with _all_or_nothing():
        # Without the key: whoever writes an event of the order need not wait for us.
        locked = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
        if known := aftersale.of_token(locked, token):
            return [known]
        parcels = list(locked.parcels.filter(pk__in=pks).order_by("pk"))
        if not parcels:
            raise NotNow(_("There is no such parcel."))
        for parcel in parcels:
            _stop(parcel, state=Parcel.State.NEW, stage=Parcel.Stage.DRAWN)
        tokens = [token, *(uuid4() for _more in parcels[1:])]
        asked = [_note(*pair) for pair in zip(parcels, tokens, strict=True)]
        written = [_give_back(locked, parcel, restock=True) for parcel in parcels]
    _send(written)
    return asked


def agree(
    asked: AfterSale, actor: Actor, *, restock: bool, answer: str = "", by: User | None = None
) -> AfterSale:
    """Say yes to a shopper who wants a parcel called off that was begun.

    ``restock`` puts what lay ready back into stock. Raises NotNow. Never within a transaction.
    """
    with _all_or_nothing():
        locked = Order.objects.select_for_update(no_key=True).get(pk=asked.parcel.order_id)
        _stop(asked.parcel, state__in=fulfilment.OPEN)
        aftersale.move(asked, Act.AGREE, actor, by=by, answer=answer.strip()[:1000])
        written = _give_back(locked, asked.parcel, restock=restock, by=by)
    _send([written])
    return asked


@contextmanager
def _all_or_nothing() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except (refundable.TooMuch, refundable.NotRefundable) as reason:
        raise NotNow(str(reason)) from reason


def _stop(parcel: Parcel, **leaves: object) -> None:
    # order__in, not order__state: a join would be read as it was before another waited for us.
    sendable = Order.objects.filter(state__in=fulfilment.SENDABLE_ORDERS)
    rows = Parcel.objects.filter(pk=parcel.pk, order__in=sendable, **leaves)
    if not rows.update(state=Parcel.State.CANCELLED):
        raise NotNow(_("Too late: it was begun or posted in the meantime."))
    parcel.state = Parcel.State.CANCELLED


def _note(parcel: Parcel, token: UUID) -> AfterSale:
    asked = AfterSale.objects.create(
        parcel=parcel, kind=Kind.CANCELLATION, state=State.DONE, token=token
    )
    aftersale.told(asked, "call_off", tells=[Actor.SHOPPER, Actor.MAKER])
    return asked


def _give_back(
    order: Order, parcel: Parcel, *, restock: bool, by: User | None = None
) -> Refund | None:
    """Write down what goes back for a cancelled parcel; None when nothing was paid for it."""
    order.refresh_from_db()
    parts, post = what_goes_back(order, parcel, restock=restock)
    amount = post + sum(part.amount for part in parts)
    paid = [part for part in parts if part.amount]
    refundable.restock([part for part in parts if part.restock and not part.amount])
    if not amount:
        _close_free(order)
        owed.reckon(order)
        return None
    token = parcel.aftersales.get(kind=Kind.CANCELLATION, state=State.DONE).refund_token
    return refunds.write_down(
        order,
        paid,
        shipping=post,
        free_amount=0,
        reason=_("The parcel from %s was called off.") % parcel.designer.short_name,
        by=by,
        key=refunds.key_of(order, token),
        parcel=parcel,
    )[0]


def what_goes_back(
    order: Order, parcel: Parcel, *, restock: bool = False
) -> tuple[list[Part], int]:
    """A parcel's lines and the post (minor units) as far as they can still be given back."""
    left = refundable.left(order)
    parts = []
    for line in parcel.lines.select_related("order").order_by("pk"):
        amount = min(line.refundable, left)
        left -= amount
        back = restock and not line.is_made and line.variant_id is not None
        quantity = line.refundable_quantity
        parts.append(Part(line, quantity, amount, bool(back and quantity)))
    return parts, min(refundable.post_left(order, parcel), left)


def sum_of(order: Order, parcels: Sequence[Parcel]) -> int:
    """What would go back for all of these at once, in minor units: to be shown before."""
    if {p.pk for p in parcels} >= set(
        order.parcels.exclude(state=Parcel.State.CANCELLED).values_list("pk", flat=True)
    ):
        return refundable.left(order)
    found = [what_goes_back(order, parcel) for parcel in parcels]
    together = sum(post + sum(part.amount for part in parts) for parts, post in found)
    return min(together, refundable.left(order))


def _close_free(order: Order) -> None:
    """Nothing paid, nothing to give back: an order without an open parcel is called off."""
    open_ones = order.parcels.exclude(state=Parcel.State.CANCELLED)
    if order.total == 0 and not open_ones.exists():
        rows = Order.objects.filter(pk=order.pk, state__in=fulfilment.SENDABLE_ORDERS)
        rows.update(state=Order.State.CANCELLED)


def _send(written: Sequence[Refund | None]) -> None:
    for refund in written:
        if refund is not None:
            refunds.send(refund)
