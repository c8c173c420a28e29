"""Where a paid order stands: derived from its refunds and its disputes, here alone."""

from django.db.models import Sum

from orders.models import Dispute, Order, PaymentAttempt
from orders.models.dispute import DisputeQuerySet

# The states between which refunds and disputes move an order; from all others a person does.
DERIVED = [
    Order.State.PAID,
    Order.State.PARTIALLY_REFUNDED,
    Order.State.REFUNDED,
    Order.State.DISPUTED,
    Order.State.DISPUTE_LOST,
]
# In these the money is at the bank: nothing is posted, nothing given back.
STOPPED = [Order.State.DISPUTED, Order.State.DISPUTE_LOST]


def of(order: Order, given_back: int) -> Order.State:
    """The state of an order of whose payment so much (minor units) was given back."""
    about_it = disputes(order)
    if about_it.stopping().exists():
        return Order.State.DISPUTED
    if about_it.lost().filter(let_go_on_at=None).exists():
        return Order.State.DISPUTE_LOST
    gone = given_back + lost(order)
    if not gone:
        return Order.State.PAID
    return Order.State.PARTIALLY_REFUNDED if gone < order.total else Order.State.REFUNDED


def lost(order: Order) -> int:
    """What its bank has taken back for good, in minor units."""
    return int(disputes(order).lost().aggregate(sum=Sum("amount", default=0))["sum"])


def is_stopped(order: Order) -> bool:
    """Whether a dispute keeps its parcels, refunds and payouts from going on."""
    return of(order, 0) in STOPPED


def disputes(order: Order) -> DisputeQuerySet:
    """The disputes about the payment that the order was made of; not one given back long ago."""
    return Dispute.objects.filter(order=order, attempt__state=PaymentAttempt.State.COMPLETE)
