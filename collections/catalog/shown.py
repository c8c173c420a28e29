"""The querysets that pages are built from: what is in the shop, with all that a page says of it.

Each takes a constant number of queries, whatever the shop's size.
"""

from django.db import models
from django.db.models import Count, Prefetch, Q, QuerySet

from catalog.models import Collection, Piece, Pin, StoryBlock

_WITH_SEEN = ("designer", "inspiration", "seen")


def collections() -> QuerySet[Collection]:
    """Those in the shop, with their maker and what was seen; ``piece_count`` is annotated."""
    live = Q(pieces__status=Piece.Status.LIVE)
    return (
        Collection.objects.published()
        .select_related(*_WITH_SEEN)
        .annotate(piece_count=Count("pieces", filter=live))
    )


def panel() -> QuerySet[Collection]:
    """What the header's panel shows, in the house's order."""
    return Collection.objects.published().select_related(*_WITH_SEEN)


def cards() -> QuerySet[Piece]:
    """The pieces in the shop as their cards show them."""
    return Piece.objects.published().for_cards().fetch_mode(models.FETCH_PEERS)


def cards_of(collection: Collection, *, preview: bool = False) -> QuerySet[Piece]:
    """The pieces of one collection; a preview shows those that wait for its publication."""
    pieces = Piece.objects.for_cards().fetch_mode(models.FETCH_PEERS)
    live = pieces.filter(collection=collection, status=Piece.Status.LIVE)
    return live if preview else live.published()


def story(collection: Collection) -> QuerySet[StoryBlock]:
    """A collection's story with its photographs, pieces and pins: six queries."""
    pieces = Piece.objects.filter(status=Piece.Status.LIVE).for_cards()
    pins = Pin.objects.prefetch_related(Prefetch("piece", pieces))
    return (
        StoryBlock.objects.filter(collection=collection)
        .select_related("photo", "second_photo")
        .prefetch_related(Prefetch("piece", pieces), Prefetch("pins", pins))
    )
