"""What a shopper's request says of itself, counted where it counts."""

from django.http import HttpRequest

from catalog.models import Piece, Variant
from orders.figures import counting, whom
from orders.models import CartLine


def looked_at(request: HttpRequest, what: str, pk: int) -> None:
    """A page was shown to somebody."""
    if whom.counts(request):
        counting.looked_at(what, pk)


def put_in_basket(request: HttpRequest, line: CartLine, story: str) -> None:
    """A line was added to a basket, perhaps from a story (a collection's slug)."""
    counting.came_from(line, story)
    if whom.counts(request):
        counting.put_in_basket(line)


def asked_for(request: HttpRequest, variant: Variant | None) -> None:
    """A size could not be had by somebody who wanted it."""
    if variant:
        asked_for_size(request, variant.piece, variant.label)


def asked_for_size(request: HttpRequest, piece: Piece, size: str) -> None:
    """As ``asked_for``, of a size by its name."""
    if whom.counts(request):
        counting.asked_for(piece, size)
