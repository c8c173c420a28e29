"""What is kept beside a collection and its pieces, taken together: all of it goes in at once."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import models
from django.db.models import Q

from catalog import drafts
from catalog.models import Collection, Draft
from designers.models import AnyUser


@contextmanager
def rehearsed(collection: Collection, user: AnyUser) -> Iterator[Collection]:
    """Inside, the database shows everything as if it were in the shop; rolled back afterwards."""
    with ExitStack() as stack:
        for thing in _things(collection):
            stack.enter_context(drafts.rehearsed(thing, user))
        yield Collection.objects.get(pk=collection.pk)


def put_in(collection: Collection, user: AnyUser) -> None:
    """Make all of it live; belongs into a transaction. Raises drafts.Incomplete, Overtaken."""
    for thing in _things(collection):
        drafts.put_in(thing, user)


def exists(collection: Collection) -> bool:
    """Whether anything is kept beside the collection or one of its pieces.

    Asks nothing where the page has its draft and its pieces at hand.
    """
    if hasattr(collection, "workshop_pieces") and "draft" in collection._state.fields_cache:
        known = collection.workshop_pieces
        return hasattr(collection, "draft") or any(piece.has_draft for piece in known)
    return _drafts(collection).exists()


def _things(collection: Collection) -> list[drafts.Thing]:
    rows = _drafts(collection).select_related("piece__collection__designer").order_by("pk")
    return [draft.piece or collection for draft in rows]


def _drafts(collection: Collection) -> "models.QuerySet[Draft]":
    return Draft.objects.filter(Q(collection=collection) | Q(piece__collection=collection))
