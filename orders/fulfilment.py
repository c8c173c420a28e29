"""What a designer does with a parcel: reach a stage, say a line, post it, say it will be late.

Each verb changes the row by one conditional UPDATE, so that a double press happens once.
"""

from datetime import date, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from orders import outbox
from orders.afterwards import aftersale
from orders.models import Order, OrderEvent, Parcel

OPEN = [Parcel.State.NEW, Parcel.State.MAKING]
SENDABLE_ORDERS = [Order.State.PAID, Order.State.PARTIALLY_REFUNDED]
# Those whose parcels a maker has on the bench: the disputed ones lie there and wait.
WAITED_FOR = [*SENDABLE_ORDERS, Order.State.DISPUTED]


class NotSendable(Exception):
    """The parcel is posted already, or its order is not one to send; the message says which."""


def reach(parcel: Parcel, stage: int, *, by: User | None = None) -> None:
    """Note that the parcel has reached a stage of making (before posting) today.

    Going back is allowed: a stone may have to be set again. Raises NotSendable.
    """
    if stage >= Parcel.Stage.POSTED:
        raise ValueError("A parcel is posted by ship().")
    days = {str(s): day for s, day in parcel.stage_days.items() if int(s) <= stage}
    days.setdefault(str(stage), localdate().isoformat())
    _change(parcel, stage=stage, stage_days=days, state=Parcel.State.MAKING)
    _tell(parcel, "stage", str(Parcel.Stage(stage).label), by)


def say(parcel: Parcel, line: str, *, by: User | None = None) -> None:
    """Put a line in the maker's words on the shopper's order page; "" takes it off."""
    Parcel.objects.filter(pk=parcel.pk).update(maker_note=line[:240])
    parcel.maker_note = line[:240]
    _tell(parcel, "maker_note", line, by)


@transaction.atomic
def ship(
    parcel: Parcel,
    *,
    carrier: str,
    tracking: str = "",
    by_hand: bool = False,
    by: User | None = None,
) -> None:
    """The parcel has left: the shopper gets a mail, once.

    Raises ValidationError without a tracking number (unless it goes by hand), NotSendable
    when it is posted already or its order may not be sent.
    """
    if not by_hand and not (carrier.strip() and tracking.strip()):
        raise ValidationError(_("Give the carrier and the number of the parcel, or say by hand."))
    today = localdate().isoformat()
    _change(
        parcel,
        state=Parcel.State.SHIPPED,
        stage=Parcel.Stage.POSTED,
        stage_days=parcel.stage_days | {str(int(Parcel.Stage.POSTED)): today},
        carrier=carrier.strip()[:40],
        tracking=tracking.strip()[:60],
        shipped_at=now(),
    )
    _tell(parcel, "shipped", f"{carrier} {tracking}".strip(), by)
    aftersale.overtaken(parcel)
    outbox.put("shipped", parcel.pk)


@transaction.atomic
def postpone(parcel: Parcel, until: date, reason: str, *, by: User | None = None) -> None:
    """It will be late: a new day (in the shop's time zone) with a reason the shopper reads.

    Raises ValidationError for a day that is not later, or without a reason.
    """
    if until <= parcel.arrives_by:
        raise ValidationError(_("That is not later than the day you promised."))
    if not reason.strip():
        raise ValidationError(_("Say why: it is what they will read."))
    days = until - parcel.arrives_by
    _change(
        parcel, post_by=parcel.post_by + days, arrives_by=until, maker_note=reason.strip()[:240]
    )
    _tell(parcel, "postponed", f"{until.isoformat()} {reason}", by)


def put_off(order: Order, days: timedelta) -> bool:
    """The order was stopped so long: what was not posted leaves and arrives as much later.

    Whether there was a parcel to put off. Under the order's lock.
    """
    open_ones = list(order.parcels.filter(state__in=OPEN).order_by("pk"))
    for parcel in open_ones:
        Parcel.objects.filter(pk=parcel.pk, state__in=OPEN).update(
            post_by=parcel.post_by + days, arrives_by=parcel.arrives_by + days
        )
    return bool(open_ones)


def _change(parcel: Parcel, **columns: object) -> None:
    """Change an open parcel of an order that may be sent; raises NotSendable otherwise."""
    # order__in, not order__state: PostgreSQL looks at the row's own columns again when it had to
    # wait for somebody else's change, but not at those of a joined table, this one's included.
    sendable = Order.objects.filter(state__in=SENDABLE_ORDERS)
    rows = Parcel.objects.filter(pk=parcel.pk, state__in=OPEN, order__in=sendable)
    if not rows.update(**columns):
        fresh = Parcel.objects.select_related("order").get(pk=parcel.pk)
        parcel.state = fresh.state
        raise NotSendable(why_not(fresh))
    for name, value in columns.items():
        setattr(parcel, name, value)


def why_not(parcel: Parcel) -> str:
    """Why a parcel is not one to send now, in a sentence for its maker; asks nothing anew."""
    if parcel.state in {Parcel.State.SHIPPED, Parcel.State.DELIVERED}:
        return _("This parcel is posted already.")
    if parcel.state == Parcel.State.CANCELLED:
        return _("This parcel was called off: do not post it.")
    state = parcel.order.state
    if state == Order.State.DISPUTED:
        return _("Keep it: a bank looks at this payment. It goes on, with a new day, or it ends.")
    if state == Order.State.DISPUTE_LOST:
        return _("Do not post it: the bank has taken the payment back. The owner knows.")
    return _("This order is not one to send now: ask the owner of the shop.")


def _tell(parcel: Parcel, kind: str, text: str, by: User | None) -> None:
    OrderEvent.objects.create(
        order_id=parcel.order_id, parcel=parcel, kind=kind, text=text[:400], actor=by
    )
