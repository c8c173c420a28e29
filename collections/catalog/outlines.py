"""A piece's outline in millimetres, to be drawn on the screen at its real size."""

from dataclasses import dataclass
from decimal import Decimal
from math import pi

from catalog.models import Piece, Variant

# Longer than this, a piece does not fit beside a coin on a telephone (0.01 mm).
_LONGEST = 9000
_BAND = 1.9


@dataclass(frozen=True, slots=True)
class Outline:
    """Width and height in millimetres; a ring is a circle with, perhaps, a head on it."""

    width: float
    height: float
    radius: float = 0

    @property
    def is_ring(self) -> bool:
        return self.radius > 0

    @property
    def band(self) -> float:
        return _BAND

    @property
    def x(self) -> float:
        return round(self.width / 2, 2)

    @property
    def y(self) -> float:
        return round(self.height - self.radius - _BAND / 2 - 0.3, 2)

    @property
    def has_head(self) -> bool:
        """Whether something stands above the band."""
        return self._above > 2

    @property
    def _above(self) -> float:
        return self.y - self.radius

    @property
    def head_height(self) -> float:
        return round(min(self._above * 0.65, self.width * 0.4), 2)

    @property
    def head_y(self) -> float:
        return round(self.head_height + 0.3, 2)

    @property
    def head_width(self) -> float:
        return round(self.width * 0.35, 2)

    @property
    def inner_width(self) -> float:
        return round(self.width - 0.5, 2)

    @property
    def inner_height(self) -> float:
        return round(self.height - 0.5, 2)

    @property
    def corner(self) -> float:
        return round(min(self.width, self.height) * 0.3, 2)


def outline(piece: Piece, variant: Variant | None) -> Outline | None:
    """The outline of a piece of known size; None when that is not known or too long."""
    if not piece.width or not piece.length or max(piece.width, piece.length) > _LONGEST:
        return None
    width, height = _millimetres(piece.width), _millimetres(piece.length)
    if piece.kind != Piece.Kind.RING:
        return Outline(width, height)
    inside = _millimetres(variant.size) / pi if variant and variant.size else width * 0.8
    radius = min((inside + _BAND) / 2, (min(width, height) - _BAND) / 2 - 0.3)
    return Outline(width, height, round(max(radius, 1), 2))


def _millimetres(hundredths: int) -> float:
    return float(Decimal(hundredths).scaleb(-2))
