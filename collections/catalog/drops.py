"""A shoot dropped on a collection: files kept or refused one by one, then laid into pieces."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from catalog import heaps, photos, public_files, standing
from catalog.models import Collection, Photo, Piece
from catalog.prices import UNPRICED
from catalog.slugs import free_slug
from designers.models import Designer
from shop import images, public_pages

STORY, LOOSE = "story", "loose"
STORY_ROLES = [Photo.Role.INSPIRATION, Photo.Role.PROCESS, Photo.Role.BENCH]
SAME_VIEW = 10  # bits of two perceptual hashes
MOST_HEAPS = 200
_MOST = 32_000  # a place is a small integer
_KINDS = {
    Piece.Kind.EARRINGS: "earring earrings hoop hoops stud studs drops ear",
    Piece.Kind.BROOCH: "brooch pin",
    Piece.Kind.PENDANT: "pendant charm locket",
    Piece.Kind.NECKLACE: "necklace chain strand collar choker pearls",
    Piece.Kind.CUFF: "cuff",
    Piece.Kind.BRACELET: "bracelet bangle",
}


@dataclass(frozen=True, slots=True)
class Dropped:
    """What became of one file: kept as ``photo``, known already as ``twin``, or ``refused``."""

    name: str
    photo: Photo | None = None
    twin: Photo | None = None
    refused: str = ""


def receive(file: IO[bytes], name: str, *, collection: Collection, place: int = 0) -> Dropped:
    """Keep one file of a drop, unless it is here already or no photograph.

    ``place`` is where it stands in the order dropped; 0 is after all others.
    """
    shown = images.shown_name(name)
    place = min(place, _MOST)
    if known := _twin(_sha256(file), collection.designer):
        return _again(known, shown, collection, place)
    try:
        photo = photos.prepare(
            file, name, designer=collection.designer, collection=collection, position=place
        )
    except images.ImageRefused as refusal:
        return Dropped(shown, refused=str(refusal))
    return _keep_once(photo, collection)


def _sha256(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return digest


def _twin(sha256: str, designer: Designer) -> Photo | None:
    known = photos.twin(sha256, designer=designer)
    return known if known and known.state != Photo.State.REFUSED else None


def _again(known: Photo, shown: str, collection: Collection, place: int) -> Dropped:
    """A twin; or the very photograph, sent again because its answer was lost on the way."""
    sent = (shown, collection.pk, place)
    if sent == (known.original_name, known.collection_id, known.position):
        return Dropped(shown, photo=known)
    return Dropped(shown, twin=known)


@transaction.atomic
def _keep_once(photo: Photo, collection: Collection) -> Dropped:
    """The same file may arrive twice at the same moment: a designer's rows are written in turn.

    SQLite's transactions are so by themselves (IMMEDIATE).
    """
    designer = Designer.objects.select_for_update().get(pk=photo.designer_id)
    if known := _twin(photo.sha256, designer):
        photo.original.delete(save=False)
        return _again(known, photo.original_name, collection, photo.position)
    photo.position = photo.position or next_place(collection)
    photo.save()
    photos.render_later(photo)
    return Dropped(photo.original_name, photo=photo)


def next_place(collection: Collection) -> int:
    """The place after the last photograph of a collection."""
    last = of(collection).aggregate(last=Max("position"))["last"] or 0
    return min(last + 1, _MOST)


def of(collection: Collection) -> QuerySet[Photo]:
    """Every photograph of a collection: in its pieces, in its story, or loose."""
    mine = Q(collection=collection) | Q(piece__collection=collection)
    return Photo.objects.filter(mine).order_by("position", "pk")


def where(photo: Photo) -> str:
    """The list in which a photograph lies: ``piece-7``, ``story`` or ``loose``."""
    if photo.piece_id:
        return f"piece-{photo.piece_id}"
    return STORY if photo.role in STORY_ROLES else LOOSE


@transaction.atomic
def arrange(collection: Collection, into: str, ordered: Sequence[int]) -> None:
    """Lay photographs into a list, in this order; those there already and unnamed come after.

    Numbers of photographs that are not the collection's are passed over. Raises
    Piece.DoesNotExist when ``into`` names a piece that is not.
    """
    piece = _piece(collection, into)
    all_of_it = {photo.pk: photo for photo in of(collection)}
    named = [all_of_it[pk] for pk in dict.fromkeys(ordered) if pk in all_of_it]
    rest = [p for p in all_of_it.values() if where(p) == into and p not in named]
    for place, photo in enumerate([*named, *rest], start=1):
        photo.collection = photo.collection or collection
        _lay(photo, piece, into, place)
    transaction.on_commit(public_pages.forget)


def _piece(collection: Collection, into: str) -> Piece | None:
    if into in {STORY, LOOSE}:
        return None
    pk = into.removeprefix("piece-")
    return collection.pieces.get(pk=pk if pk.isdecimal() and len(pk) < 12 else 0)


def _lay(photo: Photo, piece: Piece | None, into: str, place: int) -> None:
    before = (photo.piece_id, photo.role, photo.position, photo.heap)
    if where(photo) != into:
        photo.role = _role(photo, into, first=place == 1)
        photo.piece = piece
        photo.heap = ""
        photo.waits = standing.must_wait(piece)
    photo.position = place
    if (photo.piece_id, photo.role, photo.position, photo.heap) != before:
        photo.save(update_fields=["collection", "piece", "role", "position", "heap", "waits"])


def _role(photo: Photo, into: str, *, first: bool) -> str:
    if into == STORY:
        return str(Photo.Role.INSPIRATION)
    told = heaps.role_of(photo.original_name)
    if into == LOOSE or first or told:
        return told if told not in STORY_ROLES and not first and told else str(Photo.Role.HERO)
    return str(Photo.Role.DETAIL)


@transaction.atomic
def gather(collection: Collection, title: str, pks: Sequence[int]) -> None:
    """Lay photographs into the heap of this name, in this order; it has no piece yet.

    The places they had are dealt out among them, so that the heap stays where it was.
    """
    known = {photo.pk: photo for photo in of(collection)}
    line = [known[pk] for pk in dict.fromkeys(pks) if pk in known]
    places = sorted(photo.position for photo in line)
    place = 0
    for free, photo in zip(places, line, strict=True):
        place = max(place + 1, free)
        if where(photo) != LOOSE:
            photo.role, photo.piece = _role(photo, LOOSE, first=False), None
        photo.collection = photo.collection or collection
        photo.position, photo.heap = place, title.strip()[:80]
        photo.save(update_fields=["collection", "piece", "role", "position", "heap"])
    transaction.on_commit(public_pages.forget)


def lay(collection: Collection, into: str, pks: Iterable[int]) -> None:
    """Lay photographs behind those that are in a list already."""
    there = [photo.pk for photo in of(collection) if where(photo) == into]
    arrange(collection, into, [*there, *(pk for pk in pks if pk not in there)])


def move(collection: Collection, pk: int, step: int) -> None:
    """One place earlier (-1) or later (1) in the list where it lies."""
    photo = of(collection).filter(pk=pk).first()
    if photo is None:
        return
    line = [other.pk for other in of(collection) if where(other) == where(photo)]
    here = line.index(pk)
    line.insert(max(0, here + step), line.pop(here))
    arrange(collection, where(photo), line)


@transaction.atomic
def make_piece(collection: Collection, title: str, pks: Sequence[int]) -> Piece:
    """A draft piece of a heap; it has neither price nor words yet."""
    piece = Piece(collection=collection, title=title.strip()[:80] or _("New piece"))
    piece.slug = free_slug(piece, piece.title)
    piece.kind, piece.price = kind_of(piece.title), UNPRICED
    piece.position = (collection.pieces.aggregate(last=Max("position"))["last"] or 0) + 1
    first = of(collection).filter(pk__in=pks[:1]).first()
    piece.colour = images.suggest_colour(tuple(first.palette)) if first else ""
    piece.save()
    piece.variants.create()
    arrange(collection, f"piece-{piece.pk}", pks)
    return piece


def kind_of(title: str) -> str:
    """What a title says it is; a ring when it says nothing."""
    return kind_said(title) or Piece.Kind.RING


def kind_said(title: str) -> str:
    """What a title says it is; empty when it says nothing."""
    words = set(title.casefold().replace("-", " ").split())
    said = (kind for kind, names in _KINDS.items() if words & set(names.split()))
    return next(said, Piece.Kind.RING if words & {"ring", "band"} else "")


@transaction.atomic
def replace(photo: Photo, file: IO[bytes], name: str) -> bool:
    """Another file for a photograph, which keeps its place, role and words.

    Its focal point is kept when the new file is the same view of the same shape, else it is the
    middle again; returns whether it was kept. The files made of the old one go when nobody can
    have them open. Raises ``shop.images.ImageRefused``; the old file stays then.
    """
    facts = images.inspect(file, name)
    old = photo.original.name
    same = _same_view(photo, facts)
    if not same:
        photo.focus_x = photo.focus_y = 50
    photo.original_name, photo.refusal = images.shown_name(name), ""
    if photo.state == Photo.State.REFUSED:
        photo.state = Photo.State.WAITING
    columns = photos.of_the_file(facts)
    for column, value in columns.items():
        setattr(photo, column, value)
    photo.original.save(f"original.{facts.format}", file, save=False)  # type: ignore[arg-type]
    also = ["original", "original_name", "refusal", "state", "focus_x", "focus_y"]
    photo.save(update_fields=[*columns, *also, *photos.anew(photo)])
    transaction.on_commit(lambda: photo.original.storage.delete(old or ""))
    photos.render_later(photo)
    return same


def _same_view(photo: Photo, facts: images.ImageFacts) -> bool:
    across, down = photo.width * facts.height, photo.height * facts.width
    alike = photo.perceptual_hash is not None and abs(across - down) * 50 <= down
    return alike and images.distance(photo.perceptual_hash or 0, facts.perceptual_hash) < SAME_VIEW


def take_out(photo: Photo) -> None:
    """Delete a photograph with its files, those on the web included."""
    original, storage = photo.original.name, photo.original.storage
    public = [*public_files.names(photo), *photo.outdated]
    photo.delete()

    def forget_files() -> None:
        if original:
            storage.delete(original)
        public_files.remove(public)
        public_pages.forget()

    transaction.on_commit(forget_files)
