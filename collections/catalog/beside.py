"""What is kept beside a collection and its pieces, taken together: all of it goes in at once."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Exists, Q

from catalog import answers, drafts
from catalog.models import Collection, Draft, Piece
from designers.models import AnyUser


@contextmanager
def rehearsed(collection: Collection, user: AnyUser) -> Iterator[Collection]:
    """Inside, the database shows everything as if it were in the shop; rolled back afterwards."""
    with ExitStack() as stack:
        for thing in _things(collection):
            stack.enter_context(drafts.rehearsed(thing, _person(user)))
        yield Collection.objects.get(pk=collection.pk)


def put_in(collection: Collection, user: AnyUser) -> None:
    """Make all of it live; belongs into a transaction. Raises drafts.Incomplete, Overtaken."""
    for thing in _things(collection):
        drafts.put_in(thing, _person(user))


def _person(user: AnyUser) -> AbstractBaseUser:
    return cast("AbstractBaseUser", user)  # whoever acts in the workshop has logged in


def exists(collection: Collection) -> bool:
    """Whether anything is kept beside it or one of its pieces, or a new piece waits.

    Asks nothing where the page has its draft and its pieces at hand.
    """
    if hasattr(collection, "workshop_pieces") and "draft" in collection._state.fields_cache:
        known = collection.workshop_pieces
        waits = any(piece.has_draft or piece.status == Piece.Status.WAITING for piece in known)
        return hasattr(collection, "draft") or waits
    waiting = collection.pieces.filter(status=Piece.Status.WAITING)
    return Collection.objects.filter(
        Exists(_drafts(collection)) | Exists(waiting), pk=collection.pk
    ).exists()


def gaps(collection: Collection) -> list[str]:
    """A sentence for each thing typed that does not validate yet: it cannot go in like this."""
    lacking = _drafts(collection).order_by("pk").values_list("lacks", flat=True)
    return [sentence for lacks in lacking for sentence in answers.sentences(lacks)]


def _things(collection: Collection) -> list[drafts.Thing]:
    rows = _drafts(collection).select_related("piece__collection__designer").order_by("pk")
    return [draft.piece or collection for draft in rows]


def _drafts(collection: Collection) -> "models.QuerySet[Draft]":
    return Draft.objects.filter(Q(collection=collection) | Q(piece__collection=collection))
