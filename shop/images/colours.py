"""The colours of a photograph, named for the shop's filter and for the ground it waits on.

Differences are measured in OKLab, where equal distances look equal
(Björn Ottosson, https://bottosson.github.io/posts/oklab/).
"""

from math import dist, hypot

from PIL import Image

type Lab = tuple[float, float, float]

PALETTE_SIZE = 5
# Light and deep examples of what a jeweller calls by that name.
_EXAMPLES = {
    "white": ("#f7f5f1", "#ece8e1"),
    "grey": ("#c3c4c4", "#8e9092", "#55585a"),
    "gold": ("#e3c57f", "#c9a14a", "#9c7427"),
    "rose": ("#e8bfb6", "#d6948a", "#b76e79"),
    "red": ("#d0303a", "#9c1722", "#5c0f18"),
    "violet": ("#b7a0d6", "#7a52a5", "#472a68"),
    "blue": ("#a9c3e6", "#3f6fb5", "#1d2f66"),
    "turquoise": ("#9fdcd6", "#3fb0a8", "#1f6f70"),
    "green": ("#a8cf9f", "#4b8b4c", "#1f4a2c"),
    "brown": ("#a47a58", "#6f4a30", "#3d281b"),
    "black": ("#0c0c0d", "#232425"),
}
COLOUR_NAMES = tuple(_EXAMPLES)
# Hue tells jewels apart more than lightness, which the lamp decides.
_LIGHTNESS_WEIGHT = 0.5
_COLOURFUL = 0.065
_SAMPLE = (96, 96)


def palette(image: Image.Image) -> tuple[str, ...]:
    """Return up to five sRGB colours as #rrggbb: what covers most, then what is unlike it."""
    counted = _counted(image)
    chosen: list[str] = []
    while counted and len(chosen) < PALETTE_SIZE:
        best = max(counted, key=lambda colour: counted[colour] * _apart(colour, chosen))
        if chosen and _apart(best, chosen) < 0.04:
            break
        chosen.append(best)
        del counted[best]
    return tuple(chosen)


def _counted(image: Image.Image) -> dict[str, float]:
    """Weigh colours by the root of their area, so that a stone counts beside its ground."""
    small = image.convert("RGB").resize(_SAMPLE, Image.Resampling.BOX)
    indexed = small.quantize(16, Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE)
    table = indexed.getpalette() or []
    weights: dict[str, float] = {}
    for index, count in enumerate(indexed.histogram()[: len(table) // 3]):
        if count:
            weights[_hex(table[3 * index : 3 * index + 3])] = count**0.5
    return weights


def _apart(colour: str, others: list[str]) -> float:
    if not others:
        return 1.0
    return min(dist(_lab(colour), _lab(other)) for other in others)


def suggest_colour(colours: tuple[str, ...]) -> str:
    """Name what a person would call it: its strongest colour, else what lies on the ground."""
    if not colours:
        return ""
    strongest = max(colours, key=_chroma)
    if _chroma(strongest) >= _COLOURFUL:
        return colour_name(strongest)
    return colour_name(colours[min(1, len(colours) - 1)])


def colour_name(colour: str) -> str:
    """Return which of `COLOUR_NAMES` a #rrggbb is nearest to."""
    lab = _weighted(colour)
    return min(
        COLOUR_NAMES,
        key=lambda name: min(dist(lab, _weighted(example)) for example in _EXAMPLES[name]),
    )


def tone(image: Image.Image) -> str:
    """Return the ground it waits on while loading: stone, dark (warm) or dusk (cool)."""
    pixel = image.convert("RGB").resize((1, 1), Image.Resampling.BOX).tobytes()
    lightness, _, blue_to_yellow = _lab(_hex(list(pixel)))
    if lightness >= 0.5:
        return "stone"
    return "dusk" if blue_to_yellow < -0.005 else "dark"


def _weighted(colour: str) -> Lab:
    lightness, a, b = _lab(colour)
    return lightness * _LIGHTNESS_WEIGHT, a, b


def _chroma(colour: str) -> float:
    return hypot(*_lab(colour)[1:])


def _hex(rgb: list[int]) -> str:
    return f"#{rgb[0]:02x}{rgb[1]:02x}{rgb[2]:02x}"


def _lab(colour: str) -> Lab:
    r, g, b = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
