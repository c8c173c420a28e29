"""A large believable catalogue for benchmarks: many designers, few shared photographs."""

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

from django.db import transaction
from django.utils.timezone import now

from catalog import search
from catalog.index import PER_MILLIMETRE
from catalog.models import (
    Collection,
    Inspiration,
    Material,
    Photo,
    Piece,
    PieceMaterial,
    StoryBlock,
    Variant,
)
from designers.models import Designer
from shop.management.demo import words

DESIGNERS, COLLECTIONS = 40, 160
PHOTOS_PER_PIECE = 2
_BATCH = 500


class Catalogue:
    """Writes the rows; the same seed writes the same catalogue."""

    def __init__(self, pieces: int, seed: int) -> None:
        self.pieces, self.seed = pieces, seed
        # Believable, not secret: the same seed must give the same shop.
        self.random = random.Random(seed)  # noqa: S311
        self.models = list(Photo.objects.ready().exclude(renditions={}).order_by("pk")[:24])
        self.inspirations = list(Inspiration.objects.order_by("path"))
        self.materials = list(Material.objects.order_by("pk"))
        self.number = count(1)

    @transaction.atomic
    def write(self) -> None:
        """All of it. Needs a few photographs, inspirations and materials to share."""
        designers = Designer.objects.bulk_create(list(self._designers()))
        collections = Collection.objects.bulk_create(list(self._collections(designers)))
        pieces = Piece.objects.bulk_create(list(self._pieces(collections)), _BATCH)
        Variant.objects.bulk_create(list(self._variants(pieces)), _BATCH)
        PieceMaterial.objects.bulk_create(list(self._piece_materials(pieces)), _BATCH)
        photos = [photo for piece in pieces for photo in self._photos(piece)]
        Photo.objects.bulk_create(photos, _BATCH)
        self._write_stories(collections)
        search.reindex(pieces)

    def _designers(self) -> Iterator[Designer]:
        for number in range(DESIGNERS):
            first, last = self.random.choice(words.FIRST), self.random.choice(words.LAST)
            yield Designer(
                name=f"{first} {last}",
                short_name=first,
                slug=f"maker-{self.seed}-{number}",
                place=self.random.choice(words.PLACES),
                country="PT",
                trade=self.random.choice(words.TRADES),
                mark_letters=first[0] + last[0],
                headline=f"{first} has worked at the same bench for nine years.",
            )

    def _collections(self, designers: list[Designer]) -> Iterator[Collection]:
        for number in range(COLLECTIONS):
            yield Collection(
                designer=designers[number % len(designers)],
                title=self._title(),
                slug=f"collection-{self.seed}-{number}",
                year=2020 + number % 7,
                inspiration=self.random.choice(self.inspirations),
                standfirst=self.random.choice(words.SENTENCES),
                teaser="who writes down what the light does",
                position=100 + number,
                published_at=now() - timedelta(days=number + 1),
                announced_at=now(),
            )

    def _pieces(self, collections: list[Collection]) -> Iterator[Piece]:
        for number in range(self.pieces):
            collection = collections[number % len(collections)]
            kind = self.random.choice(Piece.Kind.values)
            making = self.random.choice(Piece.Making.values)
            yield Piece(
                collection=collection,
                designer_id=collection.designer_id,
                title=f"{self._title()} {kind}",
                slug=f"piece-{self.seed}-{number}",
                kind=kind,
                making=making,
                edition_size=12 if making == Piece.Making.LIMITED else None,
                price=self.random.randrange(9_000, 600_000, 1_000),
                summary=self.random.choice(words.SENTENCES),
                text="\n\n".join(self.random.sample(words.SENTENCES, 3)),
                material_line="Sterling silver, moonstone",
                colour=self.random.choice(Piece.Colour.values),
                sized=Piece.Sized.RING if kind == Piece.Kind.RING else Piece.Sized.NONE,
                status=Piece.Status.LIVE,
                position=number // len(collections),
            )

    def _title(self) -> str:
        return f"{self.random.choice(words.ADJECTIVES)} {self.random.choice(words.NOUNS)}"

    def _variants(self, pieces: list[Piece]) -> Iterator[Variant]:
        for piece in pieces:
            sizes = range(50, 60, 2) if piece.sized == Piece.Sized.RING else [0]
            made = piece.making == Piece.Making.MADE_TO_ORDER
            for place, size in enumerate(sizes):
                yield Variant(
                    piece=piece,
                    label=str(size or ""),
                    size=size * PER_MILLIMETRE or None,
                    stock=0 if made else int(self.random.random() < 0.7),
                    can_be_made=made,
                    position=place,
                )

    def _piece_materials(self, pieces: list[Piece]) -> Iterator[PieceMaterial]:
        for piece in pieces:
            chosen = self.random.sample(self.materials, min(2, len(self.materials)))
            for place, material in enumerate(chosen):
                role = "stone" if material.family == Material.Family.STONE else "metal"
                yield PieceMaterial(piece=piece, material=material, role=role, position=place)

    def _photos(self, piece: Piece) -> Iterator[Photo]:
        for place in range(PHOTOS_PER_PIECE):
            photo = self._copy(self.random.choice(self.models), piece.designer_id)
            photo.piece, photo.position = piece, place
            yield photo

    def _copy(self, model: Photo, designer: int) -> Photo:
        """A row of its own on files that are shared."""
        return Photo(
            designer_id=designer,
            alt=model.alt,
            tone=model.tone,
            original=model.original.name,
            original_name=f"{next(self.number)}.jpg",
            sha256=model.sha256,
            width=model.width,
            height=model.height,
            palette=model.palette,
            renditions=model.renditions,
            state=Photo.State.READY,
        )

    def _write_stories(self, collections: list[Collection]) -> None:
        for collection in collections:
            model = self.random.choice(self.models)
            seen = self._copy(model, collection.designer_id)
            seen.collection = collection
            seen.save()
            collection.seen = seen
            collection.became = collection.pieces.order_by("pk").first()
        Collection.objects.bulk_update(collections, ["seen", "became"], _BATCH)
        StoryBlock.objects.bulk_create(
            StoryBlock(
                collection=collection,
                position=place,
                text="\n\n".join(self.random.sample(words.SENTENCES, 4)),
            )
            for collection in collections
            for place in range(3)
        )
