"""Unpublished collections as shoppers will see them, for whoever has the collection's token.

The token is a secret of its maker; the pages are never kept, indexed or framed elsewhere.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from catalog import shown, views
from catalog.models import Collection, Piece


def private[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """For one pair of eyes, in the workshop's frame or out of it."""

    @wraps(view)
    def kept_private(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return never_cache(xframe_options_sameorigin(kept_private))


@require_safe
@private
def collection(request: HttpRequest, token: str) -> HttpResponse:
    found = get_object_or_404(shown.counted(Collection.objects.all()), token=token)
    return _story(request, found)


@require_safe
@private
def piece(request: HttpRequest, token: str, slug: str) -> HttpResponse:
    """A piece of that collection, a draft too: its maker sees how it will look."""
    pieces = shown.whole_pieces().filter(collection__token=token)
    found = get_object_or_404(pieces.exclude(status=Piece.Status.RETIRED), slug=slug)
    return _piece(request, found)


@private
def rehearsal(request: HttpRequest, thing: Collection | Piece) -> HttpResponse:
    """The page of what a maker has before them in the workshop, inside ``drafts.rehearsed``."""
    if isinstance(thing, Collection):
        return _story(request, shown.counted(Collection.objects.filter(pk=thing.pk)).get())
    return _piece(request, shown.whole_pieces().get(pk=thing.pk))


def _story(request: HttpRequest, found: Collection) -> HttpResponse:
    context = views.story_context(found, preview=found.token)
    return render(request, "catalog/collection_detail.html", context)


def _piece(request: HttpRequest, found: Piece) -> HttpResponse:
    context = views.piece_context(found, preview=found.collection.token)
    return render(request, "catalog/piece_detail.html", context)
