"""The demo's photographs: one row a picture and place, each file rendered once, on all cores."""

import hashlib
import io
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from django.core.files.base import ContentFile

from catalog import photos
from catalog.models import Collection, Photo, Piece
from designers.models import Designer
from shop import images
from shop.management.demo.reading import House, Table

# Where a crop must look, from the manifest's words.
_FOCUS = {"high": (50, 25), "low": (50, 75), "left": (25, 50), "right": (75, 50)}


class Photographs:
    """Finds or makes the rows of the demo's pictures."""

    def __init__(self, house: House) -> None:
        self.house = house

    def of_bench(self, designer: Designer, file: str, alt: str) -> Photo:
        return self._row(
            designer, file, {"role": Photo.Role.BENCH, "tone": Photo.Tone.DARK, "alt": alt}
        )

    def of_piece(self, piece: Piece, table: Table, position: int) -> Photo:
        x, y = table.get("focal", (50, 50))
        fields = {
            "role": table.get("role", Photo.Role.HERO),
            "alt": table["alt"],
            "tone": table.get("tone") or Photo.Tone.STONE,
            "focus_x": x,
            "focus_y": y,
            "position": position,
        }
        return self._row(piece.designer, table["file"], fields, piece=piece)

    def of_collection(
        self, collection: Collection, file: str, alt: str, *, tone: str = "", focus: str = ""
    ) -> Photo:
        """A picture of the story: a piece's own when it is one, else the collection's."""
        of_pieces = Photo.objects.filter(
            designer_id=collection.designer_id, original_name=file, piece__collection=collection
        )
        if not tone and (shared := of_pieces.order_by("pk").first()):
            return shared
        x, y = _FOCUS.get(focus, (50, 50))
        fields = {"role": Photo.Role.INSPIRATION, "focus_x": x, "focus_y": y}
        fields |= {"alt": alt} if alt else {}
        fields |= {"tone": tone} if tone else {}
        return self._row(collection.designer, file, fields, collection=collection)

    def _row(
        self,
        designer: Designer,
        file: str,
        fields: dict[str, object],
        *,
        piece: Piece | None = None,
        collection: Collection | None = None,
    ) -> Photo:
        photo = Photo.objects.filter(
            designer=designer, original_name=file, piece=piece, collection=collection
        ).first()
        if photo is None:
            return self._add(designer, file, fields, piece, collection)
        return _brought_up_to_date(photo, fields)

    def _add(
        self,
        designer: Designer,
        file: str,
        fields: dict[str, object],
        piece: Piece | None,
        collection: Collection | None,
    ) -> Photo:
        content = self.house.photograph(file).read_bytes()
        photo = Photo(
            designer=designer,
            piece=piece,
            collection=collection,
            original_name=file,
            sha256=hashlib.sha256(content).hexdigest(),
            **fields,
        )
        photo.original.save(file, ContentFile(content), save=False)
        photo.save()
        return photo


def _brought_up_to_date(photo: Photo, fields: dict[str, object]) -> Photo:
    moved = any(
        name in fields and fields[name] != getattr(photo, name) for name in ("focus_x", "focus_y")
    )
    if moved:
        photo.state, photo.revision = Photo.State.WAITING, photo.revision + 1
    for name, value in fields.items():
        setattr(photo, name, value)
    photo.save()
    return photo


def render_all(house: House) -> int:
    """Make the renditions of every waiting photograph, each file and focus once."""
    waiting: dict[tuple[str, int, int], list[Photo]] = {}
    for photo in Photo.objects.waiting():
        waiting.setdefault((photo.original_name, photo.focus_x, photo.focus_y), []).append(photo)
    jobs = [(house.photograph(file), (x, y)) for file, x, y in waiting]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for rows, (facts, rendered) in zip(waiting.values(), pool.map(_render, jobs), strict=True):
            for photo in rows:
                photo.perceptual_hash = facts.perceptual_hash
                photo.save(update_fields=["perceptual_hash"])
                photos.keep(photo, rendered)
    return len(jobs)


def lend(house: House, most: int) -> None:
    """A few of the pictures with a designer who shows nothing else, for others to share."""
    lender, _ = Designer.objects.get_or_create(
        slug="lender",
        defaults={"name": "Lender", "short_name": "Lender", "country": "IE", "is_active": False},
    )
    rows = Photographs(house)
    for path in sorted(house.photograph("").glob("*.jpg"))[:most]:
        rows.of_bench(lender, path.name, "")
    render_all(house)


def _render(job: tuple[Path, tuple[int, int]]) -> tuple[images.ImageFacts, images.Rendered]:
    path, focal = job
    content = io.BytesIO(path.read_bytes())
    facts = images.inspect(content, path.name)
    return facts, images.render(content, name=path.name, focal=focal)
