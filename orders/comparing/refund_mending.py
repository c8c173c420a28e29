"""Refunds that want a person: one that did not arrive, one that was made at Stripe."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from orders import refundable, refunds
from orders.banks import reviewing
from orders.models import Order, Refund


def to_allocate() -> QuerySet[Refund]:
    """The refunds made at Stripe of which nobody has said what they were for, the oldest first."""
    made = Refund.objects.filter(idempotency_key__startswith="dashboard:", allocated_at=None)
    return made.filter(state__in=Refund.COUNTED).select_related("order").order_by("pk")


def try_again(failed: Refund, *, by: User) -> Refund:
    """Give back anew what did not arrive, as a refund of its own: once a failed one.

    Raises as ``request`` does. Never within a transaction.
    """
    if failed.is_automatic:
        return reviewing.give_back_whole(failed.attempt, by=by)
    order = failed.order
    parts = [
        refundable.Part(part.order_line, part.quantity, part.amount)
        for part in failed.lines.select_related("order_line")
    ]
    with transaction.atomic():
        refund, is_new = refunds.write_down(
            order,
            parts,
            shipping=failed.shipping_amount,
            free_amount=failed.free_amount,
            reason=failed.told_reason or _("The first time it did not reach you."),
            by=by,
            key=failed.again_key,
            parcel=failed.parcel,
            instead_of=failed,
        )
    return refunds.send(refund) if is_new else refund


def allocate(
    refund: Refund, *, lines: Sequence[refundable.Part] = (), shipping: int = 0, by: User
) -> None:
    """Say what a refund that was made at Stripe was for: once. What is left is for no piece.

    No money moves; the ledger follows. Raises refundable.TooMuch and NotRefundable.
    """
    said = shipping + sum(part.amount for part in lines)
    if shipping < 0 or any(part.amount <= 0 for part in lines) or said > refund.amount:
        raise refundable.TooMuch(_("That is more than was given back."))
    waiting = to_allocate().filter(pk=refund.pk, amount__gte=said)
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=refund.order_id)
        if not waiting.update(allocated_at=now(), shipping_amount=shipping):
            raise refundable.NotRefundable(_("Somebody has said already what it was for."))
        refundable.allot(order, shipping, lines)
        refunds.keep_parts(refund, lines)
        refundable.restock([part for part in lines if part.restock])
        refunds.tell(refund, "refund_allocated", by=by)
        refunds.add_up(order)
