"""Which photographs look alike, by their perceptual hashes. Asks no database."""

from collections.abc import Iterable, Sequence

from catalog.models import Photo
from shop import images

ALIKE = 12  # bits of 64 that differ; two pictures taken at random differ in about 32
_FLAT = {0, -1}  # the hash of one even colour: it looks like nothing
_MOST = 400  # every one is compared with every other


def nearest(photo: Photo, others: Iterable[Photo]) -> Photo | None:
    """The one among others that looks most like it, if any looks like it."""
    far = [(_apart(photo, other), other.pk, other) for other in others if other is not photo]
    distance, _pk, found = min(far, default=(64, 0, None), key=lambda row: row[:2])
    return found if distance <= ALIKE else None


def clusters(photos: Sequence[Photo]) -> tuple[list[list[Photo]], list[Photo]]:
    """Those that look like another, heaped together, and those that look like none."""
    heaps: list[list[Photo]] = []
    for photo in photos[:_MOST]:
        alike = [heap for heap in heaps if nearest(photo, heap)]
        heaps = [heap for heap in heaps if heap not in alike]
        heaps.append([*(member for heap in alike for member in heap), photo])
    together = [heap for heap in heaps if len(heap) > 1]
    single = [heap[0] for heap in heaps if len(heap) == 1]
    return together, [*single, *photos[_MOST:]]


def like_one(photos: Iterable[Photo], laid: Iterable[Photo]) -> int:
    """The number of the only piece whose photographs look like one of these; 0 when none."""
    others = [photo for photo in laid if photo.piece_id]
    found = {other.piece_id for photo in photos if (other := nearest(photo, others))}
    return (found.pop() or 0) if len(found) == 1 else 0


def _apart(one: Photo, other: Photo) -> int:
    a, b = one.perceptual_hash, other.perceptual_hash
    if a is None or b is None or a in _FLAT or b in _FLAT:
        return 64
    return images.distance(a, b)
