"""Mails to shoppers, sent once by whoever claims them first; the sweep finds dropped ones."""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Q
from django.tasks import task
from django.utils.timezone import now

from orders.models import Order, Parcel, Refund

# A claim that was not fulfilled in this time is taken for lost: its worker died.
CLAIM = timedelta(minutes=10)


@task()
def send_confirmation(order_id: int) -> bool:
    """Mail the shopper what they bought; whether this call did it."""
    from orders import mails

    order = Order.objects.get(pk=order_id)
    return order.paid_at is not None and _once(
        order, "confirmation", lambda: mails.send_order_confirmation(order)
    )


@task()
def send_waiting(order_id: int) -> bool:
    """Mail the shopper that their bank takes some days; whether this call did it."""
    from orders import mails

    order = Order.objects.get(pk=order_id)
    return order.state == Order.State.PROCESSING and _once(
        order, "waiting", lambda: mails.send_payment_waiting(order)
    )


@task()
def send_refund_note(refund_id: int) -> bool:
    """Mail the shopper that their money goes back; whether this call did it."""
    from orders import mails

    refund = Refund.objects.select_related("order").get(pk=refund_id)
    under_way = refund.state in {Refund.State.PENDING, Refund.State.SUCCEEDED}
    return under_way and _once(refund, "mail", lambda: mails.send_refund(refund))


@task()
def send_shipped(parcel_id: int) -> bool:
    """Mail the shopper that a parcel is on its way; whether this call did it."""
    from orders import mails

    parcel = Parcel.objects.select_related("order", "designer").get(pk=parcel_id)
    return parcel.shipped_at is not None and _once(
        parcel, "shipped_mail", lambda: mails.send_parcel_sent(parcel)
    )


@task()
def take_back(order_id: int) -> int:
    """Take back from the makers what was given back to the shopper; how many were asked."""
    from orders import takebacks

    return takebacks.take_back(Order.objects.get(pk=order_id))


def unclaimed(name: str) -> Q:
    """The rows whose letter is neither sent nor being sent now."""
    free = Q(**{f"{name}_claimed_at": None}) | Q(**{f"{name}_claimed_at__lt": now() - CLAIM})
    return free & Q(**{f"{name}_sent_at": None})


def _once(row: Order | Parcel | Refund, name: str, send: Callable[[], object]) -> bool:
    """Send and mark ``<name>_sent_at``. Who dies in between is followed after ``CLAIM``: a
    letter may then come twice, but never not at all."""
    claimed, sent = f"{name}_claimed_at", f"{name}_sent_at"
    rows = type(row).objects.filter(pk=row.pk)
    if not rows.filter(unclaimed(name)).update(**{claimed: now()}):
        return False
    try:
        send()
    except Exception:
        rows.update(**{claimed: None})
        raise
    rows.update(**{sent: now()})
    return True
