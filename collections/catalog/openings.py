"""When the next collection goes live by itself: no worker is needed, but pages are kept."""

from datetime import datetime

from django.utils.timezone import now

from catalog.models import Collection


def following() -> datetime | None:
    """The moment of the next opening (aware); None while nothing is scheduled. One query."""
    scheduled = Collection.objects.filter(published_at__gt=now(), retired_at=None)
    return scheduled.order_by("published_at").values_list("published_at", flat=True).first()
