"""What the shop shows: inspirations, collections with their stories, pieces and photographs."""

from catalog.models.collection import Collection, Pin, StoryBlock
from catalog.models.draft import Draft, Version
from catalog.models.front import Front, FrontPiece
from catalog.models.inspiration import Inspiration
from catalog.models.letter import LetterReader, LetterSent
from catalog.models.material import Material, PieceMaterial
from catalog.models.photo import Photo
from catalog.models.piece import Piece, Variant
from catalog.models.review import Publication, Review

__all__ = [
    "Collection",
    "Draft",
    "Front",
    "FrontPiece",
    "Inspiration",
    "LetterReader",
    "LetterSent",
    "Material",
    "Photo",
    "Piece",
    "PieceMaterial",
    "Pin",
    "Publication",
    "Review",
    "StoryBlock",
    "Variant",
    "Version",
]
