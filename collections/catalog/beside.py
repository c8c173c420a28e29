"""What is kept beside a collection and its pieces, taken together: all of it goes in at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from catalog.models import Collection
from designers.models import AnyUser


@contextmanager
def rehearsed(collection: Collection, user: AnyUser) -> Iterator[Collection]:
    """Inside, the database shows everything as if it were in the shop; rolled back afterwards."""
    yield Collection.objects.get(pk=collection.pk)


def put_in(collection: Collection, user: AnyUser) -> None:
    """Make all of it live; belongs into a transaction."""


def exists(collection: Collection) -> bool:
    """Whether anything is kept beside the collection or one of its pieces."""
    return False
