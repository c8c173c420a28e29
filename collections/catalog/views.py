"""The pages on which pieces, stories and makers are shown; the same bytes for every visitor."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from catalog import archive, facets, index, outlines, pronouns, search, shown, stories, structured
from catalog.index import Index
from catalog.models import Collection, Inspiration, Piece
from catalog.offers import BuyBox
from catalog.promise import ENGRAVING_DAYS
from catalog.results import ResultPage
from designers import holiday
from designers.models import Designer
from shop.public_pages import public_page

_CARDS_BESIDE = 4
_CARDS = 8
_SUGGESTIONS = 6
# The story stands fifth among at least so many.
_PIECES_BEFORE_STORY = 6
_INSTEAD = 6  # two rows of three, three of two


@public_page
def collection_list(request: HttpRequest) -> HttpResponse:
    """All stories, as pairs: what was seen, what it became."""
    collections = list(shown.pairs())
    return render(request, "catalog/collection_list.html", {"collections": collections})


@public_page
def collection_detail(request: HttpRequest, slug: str) -> HttpResponse:
    collection = shown.counted(Collection.objects.published()).filter(slug=slug).first()
    if collection is None:
        return archive.collection(request, slug)
    return render(request, "catalog/collection_detail.html", story_context(collection))


def story_context(
    collection: Collection, *, preview: str = "", pieces: list[Piece] | None = None
) -> dict[str, Any]:
    """What a collection's page needs; ``preview`` is the token of an unpublished one.

    ``pieces`` are those that the shop shows of it, unless they are given.
    """
    if pieces is None:
        pieces = list(shown.cards_of(collection, preview=bool(preview)))
    return {
        "collection": collection,
        "story": "" if preview else collection.slug,
        "pieces": pieces,
        "sheets": stories.sheets(collection, pieces),
        "next": shown.following(collection),
        "preview": preview,
    }


@public_page
def piece_list(request: HttpRequest) -> HttpResponse:
    """Browse: filters, counts, search and pages; a wrong part of the address is left out."""
    results = ResultPage(facets.browse(request.GET))
    story = told_among(results.pieces, results.found.index)
    context: dict[str, Any] = {"results": results, "told": story}
    if not results.pieces:
        context["instead"] = shown.newest()[:_INSTEAD]
    return render(request, "catalog/piece_list.html", context)


def told_among(pieces: Sequence[Piece], index: Index) -> Collection | None:
    """The story that most of these pieces are from, to stand among them.

    One query, or none while the index is as old as when it was last told.
    """
    if len(pieces) < _PIECES_BEFORE_STORY:
        return None
    most = Counter(piece.collection_id for piece in pieces).most_common(1)[0]
    if most not in index.stories:
        index.stories[most] = _told(*most)
    return index.stories[most]


def _told(collection: int, count: int) -> Collection | None:
    told = shown.collections().filter(pk=collection).exclude(seen=None).first()
    if told:
        told.piece_count = count  # type: ignore[attr-defined]
    return told


@public_page
def suggestions(request: HttpRequest) -> HttpResponse:
    """What the search box suggests while one types: a fragment of HTML."""
    words = request.GET.get("q", "")[:80]
    visible = set(Piece.objects.published().values_list("pk", flat=True))
    ids, _meant = search.find_ids(words, visible)
    found = shown.cards().in_bulk(ids[:_SUGGESTIONS])
    pieces = [found[pk] for pk in ids[:_SUGGESTIONS] if pk in found]
    return render(request, "catalog/_suggestions.html", {"pieces": pieces})


@public_page
def piece_detail(request: HttpRequest, slug: str) -> HttpResponse:
    pieces = shown.whole_pieces().filter(pk__in=Piece.objects.published())
    piece = pieces.filter(slug=slug).first()
    if piece is None:
        return archive.piece(request, slug)
    story = stories.came_from(piece, request.GET.get("from", ""))
    return render(request, "catalog/piece_detail.html", piece_context(piece) | {"story": story})


def piece_context(piece: Piece, *, preview: str = "") -> dict[str, Any]:
    """What a piece's page needs; ``piece`` is one of ``shown.whole_pieces()``."""
    box = BuyBox(piece, piece.sizes)  # type: ignore[attr-defined]
    siblings = shown.cards_of(piece.collection, preview=bool(preview)).exclude(pk=piece.pk)
    more = list(siblings)
    return {
        "piece": piece,
        "box": box,
        "kind": kind_option(piece),
        "outline": outlines.outline(piece, box.chosen.variant if box.chosen else None),
        "product": structured.product(piece, box),
        "more": more[:_CARDS_BESIDE],
        "piece_count": len(more) + 1,
        "engraving_days": ENGRAVING_DAYS,
        "preview": preview,
        # The law's notice is shown with whatever is sold as precious metal.
        "is_precious": any(row.material.metal for row in piece.made_of),  # type: ignore[attr-defined]
    }


def kind_option(piece: Piece) -> dict[str, Any]:
    """The filter by which pieces of its kind are found: its value and its name."""
    for value, (label, kinds) in index.KINDS.items():
        if piece.kind in kinds:
            return {"value": value, "label": label}
    return {"value": piece.kind, "label": piece.get_kind_display()}


@public_page
def designer_list(request: HttpRequest) -> HttpResponse:
    return render(request, "catalog/designer_list.html", {"designers": list(shown.designers())})


@public_page
def designer_detail(request: HttpRequest, slug: str) -> HttpResponse:
    designer = get_object_or_404(Designer.objects.published(), slug=slug)
    collections = shown.pairs().filter(designer=designer)
    context = {
        "designer": designer,
        "away": holiday.of(designer),
        "bench": designer.photos.ready().filter(role="bench", piece=None).first(),
        "techniques": designer.techniques.all(),
        "words": pronouns.words(designer),
        "collections": list(collections),
        "pieces": list(shown.ready_first(shown.cards().filter(designer=designer))[:_CARDS]),
    }
    return render(request, "catalog/designer_detail.html", context)


@public_page
def inspiration_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What was made from one thing, and from what is part of it."""
    inspiration = get_object_or_404(Inspiration.objects.select_related("parent"), slug=slug)
    collections = list(shown.under(inspiration))
    pieces = shown.cards().filter(collection__in=collections)
    context = {
        "inspiration": inspiration,
        "collections": collections,
        "pieces": list(shown.ready_first(pieces)[:_CARDS]),
        "parts": inspiration.children.all(),
    }
    return render(request, "catalog/inspiration_detail.html", context)
