"""The querysets that pages are built from: what is in the shop, with all that a page says of it.

Each takes a constant number of queries, whatever the shop's size.
"""

from django.db import models
from django.db.models import Count, Exists, F, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import now

from catalog.models import Collection, Inspiration, Photo, Piece, PieceMaterial, Variant
from designers.models import Designer

_TO_BE_SHOWN = [Piece.Status.LIVE, Piece.Status.WAITING]
_WITH_SEEN = ("designer", "inspiration", "seen")


def collections() -> QuerySet[Collection]:
    """Those in the shop, with their maker and what was seen; ``piece_count`` is annotated."""
    return counted(Collection.objects.published())


def counted(some: QuerySet[Collection]) -> QuerySet[Collection]:
    """These collections with ``piece_count``, counted for them alone."""
    pieces = Piece.objects.filter(collection=OuterRef("pk"), status=Piece.Status.LIVE)
    return (
        some.select_related(*_WITH_SEEN)
        .annotate(piece_count=_number_of(pieces))
        .fetch_mode(models.FETCH_PEERS)
    )


def pairs() -> QuerySet[Collection]:
    """Those in the shop as pairs: with ``became``, its photographs, and ``ready_count``.

    ``has_became`` says whether the shop shows that piece: it may lie in a collection to come.
    """
    photos = Prefetch("became__photos", Photo.objects.ready(), to_attr="shown_photos")
    became = Piece.objects.published().filter(pk=OuterRef("became"))
    told = with_ready_count(collections()).annotate(has_became=Exists(became))
    return told.select_related("became").prefetch_related(photos)


def with_ready_count(some: QuerySet[Collection]) -> QuerySet[Collection]:
    """With ``ready_count`` too: how many of their pieces can be posted now."""
    free = Variant.objects.filter(Variant.free_at(now()), piece=OuterRef("pk"), offered=True)
    pieces = Piece.objects.filter(collection=OuterRef("pk"), status=Piece.Status.LIVE)
    return some.annotate(ready_count=_number_of(pieces.filter(Exists(free))))


def _number_of(pieces: QuerySet[Piece]) -> Coalesce:
    numbers = pieces.order_by().values("collection").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(numbers), 0)


def ready_first(pieces: QuerySet[Piece]) -> QuerySet[Piece]:
    """What can be posted now before what is made, and that before what is sold."""
    return pieces.order_by(F("has_free").desc(), F("can_be_made").desc(), "position", "pk")


def panel() -> QuerySet[Collection]:
    """What the header's panel shows, in the house's order; one more tells that there are more."""
    return Collection.objects.published().select_related(*_WITH_SEEN)[:_IN_PANEL]


_IN_PANEL = 9


def cards() -> QuerySet[Piece]:
    """The pieces in the shop as their cards show them."""
    return Piece.objects.published().for_cards().fetch_mode(models.FETCH_PEERS)


def cards_of(collection: Collection, *, preview: bool = False) -> QuerySet[Piece]:
    """The pieces of one collection; a preview shows those that wait for its publication."""
    pieces = Piece.objects.for_cards().filter(collection=collection, status__in=_TO_BE_SHOWN)
    return (pieces if preview else pieces.published()).fetch_mode(models.FETCH_PEERS)


def in_front(besides: Collection | None = None) -> QuerySet[Piece]:
    """What the owner laid on the first page, as long as it can be had; then the newest."""
    laid = Q(on_front__isnull=False)
    some = cards() if besides is None else cards().filter(laid | ~Q(collection=besides))
    had = some.filter(Q(has_free=True) | Q(can_be_made=True))
    first = F("on_front__position").asc(nulls_last=True)
    return had.order_by(first, "position", "-collection__published_at", "pk")


def newest(besides: Collection | None = None) -> QuerySet[Piece]:
    """What can be had: the first pieces of the newest collections, then their second ones."""
    some = cards() if besides is None else cards().exclude(collection=besides)
    had = some.filter(Q(has_free=True) | Q(can_be_made=True))
    return had.order_by("position", "-collection__published_at", "pk")


def whole_pieces() -> QuerySet[Piece]:
    """Pieces with everything their own page says: photographs, sizes, materials, story."""
    photos = Prefetch("photos", Photo.objects.ready(), to_attr="shown_photos")
    sizes = Prefetch("variants", to_attr="sizes")
    materials = Prefetch(
        "piece_materials", PieceMaterial.objects.select_related("material"), to_attr="made_of"
    )
    related = ("designer", "collection__inspiration", "collection__seen")
    return (
        Piece.objects.select_related(*related)
        .with_availability()
        .prefetch_related(photos, sizes, materials)
    )


def designers() -> QuerySet[Designer]:
    """The makers in the shop, in the order of their stories."""
    first = Min("collections__position", filter=Q(collections__published_at__lte=now()))
    return (
        Designer.objects.published()
        .annotate(first=first)
        .order_by(F("first").asc(nulls_last=True), "pk")
    )


def under(inspiration: Inspiration) -> QuerySet[Collection]:
    """The collections made from this or from something that is part of it."""
    main = Q(inspiration__path__startswith=inspiration.path)
    also = Q(other_inspirations__path__startswith=inspiration.path)
    found = Collection.objects.filter(main | also).values("pk")
    return pairs().filter(pk__in=found)


def following(collection: Collection) -> Collection | None:
    """The next story in the house's order; after the last comes the first."""
    others = Collection.objects.published().select_related(*_WITH_SEEN).exclude(pk=collection.pk)
    later = Q(position__gt=collection.position)
    if collection.published_at:
        later |= Q(position=collection.position, published_at__lt=collection.published_at)
    is_before = models.Case(models.When(later, then=0), default=1)
    return others.order_by(is_before, "position", "-published_at", "pk").first()
