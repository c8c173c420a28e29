"""A small shop whose every public page exists, for the tests of all pages alike."""

from dataclasses import dataclass
from typing import Any

from catalog import index, search
from catalog.models import Collection, Inspiration, Piece, PieceMaterial, Pin, StoryBlock
from designers.models import Designer, Technique
from tests.factories import (
    make_collection,
    make_designer,
    make_inspiration,
    make_material,
    make_photo,
    make_piece,
    make_variant,
)


@dataclass
class Shop:
    """One designer with one collection, its pieces and its story."""

    designer: Designer
    inspiration: Inspiration
    collection: Collection
    pieces: list[Piece]

    @property
    def addresses(self) -> list[str]:
        """One of each kind of public page."""
        return [
            "/",
            "/collections/",
            self.collection.get_absolute_url(),
            "/pieces/",
            "/pieces/?q=lamp&kind=ring",
            "/pieces/suggestions/?q=lamp",
            self.pieces[0].get_absolute_url(),
            "/designers/",
            self.designer.get_absolute_url(),
            self.inspiration.get_absolute_url(),
            *OF_THE_HOUSE,
        ]


OF_THE_HOUSE = [
    "/help/sizes/",
    "/help/post/",
    "/help/returns/",
    "/privacy/",
    "/terms/",
    "/robots.txt",
    "/sitemap.xml",
]


def furnish(pieces: int = 5, **columns: Any) -> Shop:
    """A published collection with everything a page can show."""
    designer = make_designer(mark_path="M0 0h100v100Z", quote="Metal shows you.", statement="I.")
    Technique.objects.create(designer=designer, title="Braiding", text="Drawn by hand.")
    make_photo(designer, role="bench")
    inspiration = make_inspiration(name="Sea")
    seen = make_photo(designer, role="inspiration", alt="The open sea at dusk")
    collection = make_collection(
        designer=designer, inspiration=inspiration, seen=seen, ground="sea", **columns
    )
    made = [furnish_piece(collection, position) for position in range(pieces)]
    collection.became = made[0] if made else None
    collection.save()
    tell(collection, made)
    search.reindex(made)
    index.forget()
    return Shop(designer, inspiration, collection, made)


def furnish_piece(collection: Collection, position: int = 0) -> Piece:
    """A ring in three sizes, with photographs, materials and facts."""
    piece = make_piece(
        making=Piece.Making.STOCKED,
        collection=collection,
        position=position,
        sized="ring",
        summary="A light at the end of the pier.",
        text="It stands *high*.",
        material_line="18 ct white gold",
        hallmark="Porto assay office, 750",
        weight=4_200,
        width=2_100,
        length=2_700,
        engraving_letters=12,
    )
    piece.variants.update(label="54", size=5_400)
    make_variant(piece, label="56", size=5_600, stock=0, can_be_made=True, position=1)
    make_variant(piece, label="60", size=6_000, stock=0, offered=False, position=2)
    PieceMaterial.objects.create(piece=piece, material=make_material(), detail="White gold")
    for place in range(2):
        make_photo(collection.designer, piece=piece, collection=collection, position=place)
    return piece


def tell(collection: Collection, pieces: list[Piece]) -> None:
    """A story with one part of each kind."""
    collection.blocks.all().delete()
    for position, kind in enumerate(StoryBlock.Kind.values):
        block = StoryBlock.objects.create(
            collection=collection,
            position=position,
            kind=kind,
            heading=f"About {kind}",
            text=f"Words of {kind}.",
            attribution="Inês, in October" if kind == "quote" else "",
            photo=make_photo(collection.designer, alt=f"Seen in {kind}"),
            caption="The eleventh drawing.",
            piece=pieces[0] if pieces else None,
        )
        if kind == StoryBlock.Kind.HOTSPOT and pieces:
            Pin.objects.create(block=block, piece=pieces[0], x=48, y=97)
