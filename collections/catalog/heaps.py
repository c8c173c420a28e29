"""Which photographs of a shoot belong together, as far as names, times and looks can tell.

What the maker has laid together stays so. Then names: ``harbour_lamp_1.jpg`` and ``Harbour lamp
(2).jpg`` are one heap. A camera's own numbers say nothing; what has only those falls into heaps
where nothing was taken for a while. What has no time either goes by its look.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from catalog import looks
from catalog.models import Photo, Piece

GAP = timedelta(minutes=5)
_CAMERA = re.compile(
    r"(_?dsc[nf]?|_?mg|img|image|photo|foto|pic|picture|p|pxl|mvi|dji|gopr|sam|imag|scan|untitled"
    r"|whatsapp|signal|screenshot|screen|shot|capture|at|am|pm|edit|bearbeitet|export|copy|kopie"
    r"|final|new|original|wa|rw|raw|jpe?g|png|hei[cf]|webp|tiff?|avif)\Z"
)
_ROLES = {
    Photo.Role.SCALE: {"scale", "hand", "coin", "size"},
    Photo.Role.DETAIL: {"detail", "close", "closeup", "macro"},
    Photo.Role.BACK: {"back", "behind", "inside", "reverse", "hallmark"},
    Photo.Role.PROCESS: {"bench", "making", "process", "workshop"},
    Photo.Role.WORN: {"worn", "wearing", "model"},
}


@dataclass(slots=True)
class Heap:
    """Photographs that seem to show one piece, in the order they were dropped."""

    title: str  # "" when nothing says what it is
    reason: str
    photos: list[Photo]
    piece: Piece | None = None  # one that is there already and seems to be meant
    maybe: Piece | None = None  # one whose photographs look alike: for a person to decide


def suggest(
    photos: Iterable[Photo], pieces: Sequence[Piece] = (), laid: Iterable[Photo] = ()
) -> list[Heap]:
    """Heaps of photographs that are in no piece yet, the first dropped first.

    ``laid`` are photographs of those ``pieces``: what looks like one may be of the same piece.
    """
    named: dict[str, list[Photo]] = {}
    nameless: list[Photo] = []
    for photo in photos:
        name = photo.heap or title_of(photo.original_name)
        named.setdefault(name, []).append(photo) if name else nameless.append(photo)
    heaps = [_named(name, members, pieces) for name, members in named.items()]
    heaps += [Heap("", reason, members) for reason, members in _by_time(nameless)]
    heaps += _by_look([photo for photo in nameless if not photo.captured_at], heaps)
    known = {piece.pk: piece for piece in pieces}
    for heap in heaps:
        heap.photos.sort(key=lambda photo: (photo.position, photo.pk))
        if not heap.title:
            heap.maybe = known.get(looks.like_one(heap.photos, laid))
    return sorted(heaps, key=lambda heap: (heap.photos[0].position, heap.photos[0].pk))


def title_of(file_name: str) -> str:
    """``harbour_lamp_02-detail.JPG`` is "Harbour lamp"; "" when only a camera speaks."""
    words = [word for word in _words(file_name) if not word.isdecimal()]
    while words and (words[-1] in _role_words() or _CAMERA.match(words[-1])):
        words.pop()
    if all(_CAMERA.match(word) for word in words):
        return ""
    title = " ".join(words)
    return title[:1].upper() + title[1:80]


def role_of(file_name: str) -> str:
    """The role that a file's name tells, or ""."""
    words = set(_words(file_name))
    return next((role for role, said in _ROLES.items() if said & words), "")


def _words(file_name: str) -> list[str]:
    stem = unicodedata.normalize("NFC", file_name).rpartition(".")[0] or file_name
    apart = re.sub(r"(?<=[^\W\d_])(?=\d)", " ", stem)  # ring2 is "ring 2"
    return [word for word in re.split(r"[\W_]+", apart.casefold()) if word]


def _role_words() -> set[str]:
    return set().union(*_ROLES.values())


def _named(name: str, photos: list[Photo], pieces: Sequence[Piece]) -> Heap:
    words = set(_words(name + ".x"))
    meant = [piece for piece in pieces if words <= set(_words(piece.title + ".x"))]
    by_hand = any(photo.heap for photo in photos)
    reason = _("as you laid it") if by_hand else _("by name")
    return Heap(name, reason, photos, meant[0] if len(meant) == 1 else None)


def _by_time(photos: Iterable[Photo]) -> list[tuple[str, list[Photo]]]:
    """One heap until nothing was taken for ``GAP``; the undated are left out."""
    heaps: list[tuple[str, list[Photo]]] = []
    last = None
    dated = ((photo.captured_at, photo.position, photo) for photo in photos if photo.captured_at)
    for taken, _place, photo in sorted(dated, key=lambda row: row[:2]):
        if last is None or taken - last > GAP:
            heaps.append((_why(taken - last if last else None), []))
        heaps[-1][1].append(photo)
        last = taken
    return heaps


def _why(gap: timedelta | None) -> str:
    if gap is None or gap > timedelta(hours=2):
        return _("by time")
    minutes = int(gap.total_seconds()) // 60
    return _("by time: %s minutes without a photograph before") % minutes


def _by_look(undated: list[Photo], heaps: Sequence[Heap]) -> list[Heap]:
    """Lay what has neither name nor time beside what it looks like; the rest is for a person."""
    strays = []
    for photo in undated:
        near = looks.nearest(photo, [member for heap in heaps for member in heap.photos])
        home = next((heap for heap in heaps if near in heap.photos), None)
        home.photos.append(photo) if home else strays.append(photo)
    alike, single = looks.clusters(strays)
    found = [Heap("", _("by look"), members) for members in alike]
    reason = _("neither name, time nor look tells what it is")
    return [*found, Heap("", reason, single)] if single else found
