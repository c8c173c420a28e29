"""Pieces that came into a collection from another one of their maker: what they were shown as."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from catalog.models import Collection, Publication

type Snapshot = dict[str, Any]
# So many publications are looked through, the newest first.
_MOST = 40


class Shown(NamedTuple):
    """A piece as it went into the shop last, and the title of the collection it stood in."""

    piece: Snapshot
    title: str


def shown_before(
    reviewed: Iterable[tuple[Collection, Snapshot | None, Snapshot]],
) -> dict[int, Shown]:
    """By piece, for those that are new to a collection and were shown in another: one query.

    ``reviewed`` are collections, each with what is (or was) shown of it and what is to be.
    """
    new = {
        piece["id"]: collection
        for collection, before, after in reviewed
        if before is not None
        for piece in after["pieces"]
        if piece["id"] not in {known["id"] for known in before["pieces"]}
    }
    if not new:
        return {}
    makers = {collection.designer_id for collection in new.values()}
    published = Publication.objects.filter(collection__designer__in=makers)
    rows = published.order_by("-made_at", "-pk").values_list(
        "collection", "collection__title", "snapshot__pieces"
    )
    found: dict[int, Shown] = {}
    for home, title, pieces in rows[:_MOST]:
        for piece in pieces:
            here = new.get(piece["id"])
            if here and here.pk != home:
                found.setdefault(piece["id"], Shown(piece, title))
    return found
