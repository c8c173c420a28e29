"""Makes a shoot: photographs of 12 megapixels with a camera's grain, no two alike."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops
from pillow_heif import register_heif_opener

SIZE = (4000, 3000)
PICTURES = Path(__file__).resolve().parents[1] / "demo/photographs"
_OPTIONS: dict[str, Any] = {
    "jpg": {"quality": 90},
    "heic": {"quality": 80},
    "png": {"compress_level": 1},
}


def make(folder: Path, count: int) -> list[Path]:
    """Files in the order of the shoot: one in fifteen HEIC, one in fifteen PNG, the rest JPEG."""
    with ProcessPoolExecutor() as processes:
        return list(processes.map(_take, *zip(*_plan(folder, count), strict=True)))


def _plan(folder: Path, count: int) -> Iterator[tuple[Path, Path, int]]:
    sources = sorted(PICTURES.glob("*.jpg"))
    for number in range(count):
        suffix = {7: "heic", 14: "png"}.get(number % 15, "jpg")
        yield sources[number % len(sources)], folder / f"DSC_{4000 + number}.{suffix}", number


def _take(source: Path, target: Path, number: int) -> Path:
    register_heif_opener()
    with Image.open(source) as image:
        shown = image.convert("RGB").resize(SIZE, Image.Resampling.BICUBIC)
    # The demo's pictures are smaller: without a sensor's grain they would be too easy to encode.
    grain = Image.merge("RGB", [Image.effect_noise(SIZE, 12)] * 3)
    exif = Image.Exif()
    taken = f"2026:11:19 {9 + number // 6:02}:{number % 6:02}:00"
    exif.get_ifd(0x8769)[0x9003] = taken
    ImageChops.add(shown, grain, offset=-128).save(target, exif=exif, **_OPTIONS[target.suffix[1:]])
    return target
