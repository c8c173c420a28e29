"""How much one basket and one address may hold, and for how long: nobody hoards, nobody for ever.

What is counted is counted without a lock: of many requests at the same moment a few may slip
past the limit of an address. It keeps a shop from being emptied, not the last piece from being
held; that a piece is held once is the holds' own business.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Min, Q, QuerySet, Sum
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Piece, Variant
from orders.models import Cart, Hold

MOST_PER_CART = 10
# So long one piece is held at most, however often that was put off.
LONGEST = timedelta(hours=5, minutes=30)
# Who held it the longest leaves it to others for so long; shorter gaps count as holding on.
PAUSE = timedelta(minutes=15)
# Of these there may be no other: a second basket at the same address counts as the first.
_SCARCE = {Piece.Making.ONE_OF_A_KIND, Piece.Making.LIMITED}


class TooMany(Exception):
    """A basket, or an address, may hold no more than this; the message says so."""


def check(cart: Cart | None, network: str, more: int) -> None:
    """Raises TooMany when so many more were too many for the basket or its address."""
    if cart is not None and _count(cart.holds.all()) + more > MOST_PER_CART:
        raise TooMany(
            _("A basket can hold %(most)d pieces that are ready at once.") % {"most": MOST_PER_CART}
        )
    most = settings.HOLDS_PER_ADDRESS
    if network and _count(Hold.objects.filter(network=network)) + more > most:
        said = ngettext(
            "From where you are %(most)d piece is held already. Pay for it or release it first.",
            "From where you are %(most)d pieces are held already. Pay for some or release them "
            "first.",
            most,
        )
        raise TooMany(said % {"most": most})


def _count(held: "QuerySet[Hold]") -> int:
    kept = held.filter(
        Q(state=Hold.State.PAYING) | Q(state=Hold.State.ACTIVE, expires_at__gt=now())
    )
    return kept.aggregate(sum=Sum("quantity"))["sum"] or 0


def kept_since(variant: Variant, cart: Cart | None) -> tuple[datetime, datetime]:
    """Since when a basket has had this variant, and from when on it may have it anew.

    Letting go and taking it again within ``PAUSE`` is holding on. Both are now for who has not
    had it lately.
    """
    moment = now()
    if cart is None:
        return moment, moment
    whose = Q(cart=cart)
    if cart.network and variant.piece.making in _SCARCE:
        whose |= Q(network=cart.network)
    # One that lapsed may not have been given back yet.
    over = Q(state=Hold.State.RELEASED) | Q(state=Hold.State.ACTIVE, expires_at__lte=moment)
    lately = Hold.objects.filter(whose, over, variant=variant, expires_at__gt=moment - PAUSE)
    had = lately.aggregate(since=Min("kept_since"), until=Max("expires_at"))
    if had["since"] is None:
        return moment, moment
    return had["since"], had["until"] + PAUSE
