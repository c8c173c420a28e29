"""The pages of what is made no more: linked to from outside and kept by shoppers, so they stay.

Out of every list, of search and of the sitemap; a search engine may keep them, since they answer
who looks for such a piece, and say at once that it is not sold.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from catalog import shown, views
from catalog.models import Collection, Piece

_CARDS = 4


def piece(request: HttpRequest, slug: str) -> HttpResponse:
    """A retired piece: its photographs and words, and the way to what can be had."""
    pieces = shown.whole_pieces().filter(pk__in=Piece.objects.archived())
    found = get_object_or_404(pieces, slug=slug)
    context = {"piece": found, "kind": views.kind_option(found), "more": _beside(found)}
    return render(request, "catalog/piece_archive.html", context)


def _beside(gone: Piece) -> list[Piece]:
    """What can be had of the same maker."""
    return list(shown.ready_first(shown.cards().filter(designer=gone.designer_id))[:_CARDS])


def collection(request: HttpRequest, slug: str) -> HttpResponse:
    """A retired collection: its story, and its pieces as sold."""
    found = get_object_or_404(shown.counted(Collection.objects.archived()), slug=slug)
    context = views.story_context(found, pieces=_sold(found)) | {"is_archive": True}
    return render(request, "catalog/collection_detail.html", context)


def _sold(found: Collection) -> list[Any]:
    """Its pieces; whatever lies ready of them is not sold from here."""
    shown_once = shown.cards_of(found, preview=True).filter(status=Piece.Status.LIVE)
    pieces: list[Any] = list(shown_once)
    for one in pieces:
        one.has_free = one.can_be_made = one.has_held = False
    return pieces
