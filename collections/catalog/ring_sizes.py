"""A ring's inner circumference (0.01 mm) in the sizes that countries use.

ISO 8653 takes the circumference in millimetres itself. The other scales are steps of it or
of the diameter: https://en.wikipedia.org/wiki/Ring_size lists their standards (BS 6820 for
the British letters, JIS S 4700 for Japan).
"""

from dataclasses import dataclass
from math import pi

# Hundredths of a millimetre of circumference: of size A, and between a letter and its half
# (a letter is 1.25 mm, and C is 40 mm).
_UK_A, _UK_HALF = 3750, 62.5
# Of US size 0, and between two sizes.
_US_ZERO, _US_STEP = 3650, 255
# Japan counts thirds of a millimetre of diameter from 13 mm, which is size 1.
_JP_ONE, _JP_STEP = 1300, 100 / 3

_FRACTIONS = {0: "", 1: "¼", 2: "½", 3: "¾"}


@dataclass(frozen=True, slots=True)
class RingSize:
    """One row of a size table; ``inside`` is the diameter in 0.01 mm."""

    circumference: int
    inside: int
    eu: str
    uk: str
    us: str
    jp: str


def in_all_scales(circumference: int) -> RingSize:
    """The row for an inner circumference in 0.01 mm, each scale rounded to its nearest size."""
    return RingSize(
        circumference,
        inside=round(circumference / pi),
        eu=eu(circumference),
        uk=uk(circumference),
        us=us(circumference),
        jp=jp(circumference),
    )


def common_sizes() -> list[RingSize]:
    """Every whole size that hands commonly have, 44 to 70."""
    return [in_all_scales(size * _MILLIMETRE) for size in range(44, 71)]


def eu(circumference: int) -> str:
    """ISO 8653: the circumference in whole millimetres, ``54``."""
    return str(_rounded(circumference / _MILLIMETRE))


def uk(circumference: int) -> str:
    """A letter, or a letter and a half: ``M ½``; Z+1 and on above Z."""
    halves = max(0, _rounded((circumference - _UK_A) / _UK_HALF))
    whole, half = divmod(halves, 2)
    letter = chr(ord("A") + whole) if whole < _LETTERS else f"Z+{whole - _LETTERS + 1}"
    return f"{letter} ½" if half else letter


def us(circumference: int) -> str:
    """In quarters: ``6 ¾``."""
    quarters = max(0, _rounded((circumference - _US_ZERO) / _US_STEP * 4))
    whole, rest = divmod(quarters, 4)
    return f"{whole} {_FRACTIONS[rest]}".strip()


def jp(circumference: int) -> str:
    """Whole numbers from 1 on: ``14``."""
    return str(max(1, _rounded((circumference / pi - _JP_ONE) / _JP_STEP) + 1))


_MILLIMETRE = 10**2
_LETTERS = 26


def _rounded(value: float) -> int:
    """Half up, as people round."""
    return int(value + 0.5) if value >= 0 else 0
