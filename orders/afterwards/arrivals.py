"""When a parcel is with them: the shopper says so, or long after posting the shop takes it so.

Only a day that somebody has said counts for what may still be sent back; without one that stays
the promised day (``aftersale_terms.arrived_on``).
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate, now

from orders.models import OrderEvent, Parcel


def say(parcel: Parcel) -> bool:
    """Whoever ordered says that it is there; whether this call noted it."""
    return _arrive(parcel, kind="delivered")


def take_as_arrived() -> int:
    """Close the parcels posted ``SHOP_ARRIVED_DAYS`` days ago, none before its promised day."""
    long_ago = now() - timedelta(days=settings.SHOP_ARRIVED_DAYS)
    rows = Parcel.objects.filter(
        state=Parcel.State.SHIPPED, shipped_at__lt=long_ago, arrives_by__lt=localdate()
    )
    return sum(_arrive(parcel, kind="taken_as_arrived") for parcel in rows.order_by("pk")[:500])


@transaction.atomic
def _arrive(parcel: Parcel, *, kind: str) -> bool:
    on_its_way = Parcel.objects.filter(pk=parcel.pk, state=Parcel.State.SHIPPED)
    if not on_its_way.update(state=Parcel.State.DELIVERED):
        return False
    OrderEvent.objects.create(order_id=parcel.order_id, parcel=parcel, kind=kind)
    return True


SWEEP = {"parcels taken as arrived": take_as_arrived}
