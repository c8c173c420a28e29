"""Pieces that came into a collection from another one of their maker: what they were shown as."""

from typing import Any

from catalog.models import Collection, Publication

type Snapshot = dict[str, Any]
# So many publications are looked through, the newest first.
_MOST = 40


def came(collection: Collection, snapshot: Snapshot) -> dict[str, Snapshot]:
    """By number, the pieces of a collection's snapshot that were shown in another one last.

    Each as ``piece``, the row of that time, and ``title``, of the collection it stood in. One
    query.
    """
    published = Publication.objects.filter(collection__designer=collection.designer_id)
    rows = published.order_by("-made_at", "-pk").values_list(
        "collection", "collection__title", "snapshot__pieces"
    )
    last: dict[int, tuple[int, Snapshot]] = {}
    for home, title, pieces in rows[:_MOST]:
        for piece in pieces:
            last.setdefault(piece["id"], (home, {"piece": piece, "title": title}))
    found = [(pk, last[pk]) for pk in (row["id"] for row in snapshot["pieces"]) if pk in last]
    return {str(pk): shown for pk, (home, shown) in found if home != collection.pk}
