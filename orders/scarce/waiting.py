"""The line of those who wait for a piece: the first in line has it kept for half an hour.

An address stands in line once its owner has said so by a letter's link, so that nobody fills
the line with strangers. What comes free is offered to the first: a hold without a basket keeps
it, a letter says so, and the link in it puts the piece into a basket. Not claimed in time it is
offered to the next; when nobody waits it is back in the shop. ``serve`` may be called at any
time, by as many as like to: every step is one conditional UPDATE.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog.models import Piece, Variant
from orders import holds, outbox
from orders.models import Cart, Hold, OutboxLetter, Waiting

State = Waiting.State
# Of so many one may still be reached. Nobody is kept from a piece for days by a line of others.
LONGEST_LINE = 12
DAY = timedelta(days=1)
# An address gets no second question within so long, whoever types it.
QUIET = timedelta(hours=1)
# Whose letter could not be sent in time is offered it once more, and then no more.
MOST_OFFERS = 2


class LineFull(Exception):
    """So many wait already, or began to since yesterday, that one more would wait in vain."""

    def __init__(self) -> None:
        super().__init__(
            _("%(most)d people wait for it already. Come back tomorrow.") % {"most": LONGEST_LINE}
        )


def ask(variant: Variant, email: str) -> None:
    """Ask an address by letter whether it wants to wait; says nothing of whether it does already.

    One that had its turn may wait again after a day, one that left after an hour.
    """
    with transaction.atomic():
        row, is_new = Waiting.objects.get_or_create(variant=variant, email=email.lower())
        if is_new or _asks_again(row):
            outbox.put("waiting_question", row.pk, key=f"{row.pk}-{row.asked_at:%y%m%d%H%M%S%f}")


def _asks_again(row: Waiting) -> bool:
    moment = now()
    rows = Waiting.objects.filter(pk=row.pk)
    again = rows.filter(state=State.ASKED, asked_at__lt=moment - QUIET)
    back = rows.filter(state=State.LEFT, offers=0, ended_at__lt=moment - QUIET)
    anew = rows.filter(ended_at__lt=moment - DAY)
    asked = (again | back | anew).update(
        state=State.ASKED, asked_at=moment, confirmed_at=None, ended_at=None, offers=0
    )
    row.asked_at = moment
    return bool(asked)


def confirm(row: Waiting) -> None:
    """Stand in line from now on; again changes nothing. Raises LineFull."""
    if row.state != State.ASKED:
        return
    others = Waiting.objects.filter(variant=row.variant_id).exclude(pk=row.pk)
    lately = others.filter(confirmed_at__gt=now() - DAY).count()
    if max(others.in_line().count(), lately) >= LONGEST_LINE:
        raise LineFull
    Waiting.objects.filter(pk=row.pk, state=State.ASKED).update(
        state=State.WAITING, confirmed_at=now()
    )
    serve(row.variant_id)


def leave(row: Waiting) -> None:
    """Wait no more, and leave what is offered to the next; again changes nothing."""
    with transaction.atomic():
        if row.hold:
            holds.release_offer(row.hold)
        standing = [State.ASKED, State.WAITING, State.OFFERED]
        Waiting.objects.filter(pk=row.pk, state__in=standing).update(
            state=State.LEFT, ended_at=now(), hold=None
        )
    serve(row.variant_id)


def serve(variant_id: int) -> int:
    """Offer what is free of a variant to those in line, the first first; how many offers."""
    waiting = Waiting.objects.filter(variant=variant_id, state__in=[State.WAITING, State.OFFERED])
    if not waiting.exists():
        return 0
    _close(variant_id)
    offered = 0
    while first := _first(variant_id):
        try:
            offered += _offer(first)
        except holds.Taken:
            break
    return offered


def _first(variant_id: int) -> Waiting | None:
    """Who is next for a variant that is in the shop."""
    line = Waiting.objects.in_line().filter(variant=variant_id, variant__offered=True)
    shown = line.filter(variant__piece__in=Piece.objects.published())
    return shown.select_related("variant__piece").first()


def _offer(first: Waiting) -> bool:
    """Keep one for them, unless another call just did. Raises holds.Taken when none is free."""
    try:
        with transaction.atomic():
            _tell(first, holds.take(first.variant, None))
    except _NoLongerWaits:
        return False
    return True


class _NoLongerWaits(Exception):
    """Another call, or the one who waits, was quicker: what was taken goes back."""


def _tell(first: Waiting, hold: Hold) -> None:
    waits = Waiting.objects.filter(pk=first.pk, state=State.WAITING)
    if not waits.update(state=State.OFFERED, hold=hold, offers=F("offers") + 1):
        raise _NoLongerWaits
    outbox.put("piece_is_back", first.pk, key=_key(first.pk, hold.pk))


def _key(pk: int, hold_id: int) -> str:
    return f"{pk}-{hold_id}"


def _close(variant_id: int) -> None:
    """End the offers that nobody claimed in time, and free what they kept."""
    for row in Waiting.objects.lapsed().filter(variant=variant_id).select_related("hold"):
        with transaction.atomic():
            if row.hold:
                holds.release_offer(row.hold)
            _end(row)


def _end(row: Waiting) -> None:
    """Over for who was told in time; who was not keeps the place in line, once."""
    same = Waiting.objects.filter(pk=row.pk, state=State.OFFERED, hold=row.hold_id)
    if _was_told(row) or row.offers >= MOST_OFFERS:
        same.update(state=State.MISSED, ended_at=now(), hold=None)
    else:
        same.update(state=State.WAITING, hold=None)


def _was_told(row: Waiting) -> bool:
    key = f"piece_is_back:{_key(row.pk, row.hold_id or 0)}"
    return OutboxLetter.objects.filter(key=key, state=OutboxLetter.State.SENT).exists()


def serve_all() -> int:
    """What the sweep does: end offers that are over and make those that are due; how many."""
    offered = Waiting.objects.filter(state__in=[State.WAITING, State.OFFERED])
    return sum(serve(pk) for pk in set(offered.values_list("variant", flat=True)))


def claim(row: Waiting, cart: Cart) -> Hold:
    """Put what is kept for somebody into a basket; its line is ``cart.claim``'s business.

    Raises holds.Taken when it is too late, holds.Rests, holds.TooMany.
    """
    if row.hold is None:
        raise holds.Taken(row.variant)
    with transaction.atomic():
        hold = holds.claim(row.hold, cart)
        Waiting.objects.filter(pk=row.pk, hold=hold).update(
            state=State.CLAIMED, ended_at=now(), hold=None
        )
    return hold


def place(row: Waiting) -> int:
    """How many stand before them in line."""
    before = Waiting.objects.in_line().filter(variant=row.variant_id)
    earlier = before.filter(confirmed_at__lt=row.confirmed_at) if row.confirmed_at else before
    return earlier.count()


def forget() -> int:
    """Delete who never confirmed, who is done, and who waited for half a year; how many."""
    return Waiting.objects.forgettable().delete()[1].get("orders.Waiting", 0)
