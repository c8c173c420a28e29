"""Whatever bytes arrive, the answer is a photograph or a sentence, never another exception."""

from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from shop.images import ImageRefused, Limits, inspect, render
from tests.shop.image_files import PLACE, picture, saved, telltale

SMALL = Limits(min_side=8, max_pixels=1_000_000)
SEEDS = [
    *(
        saved(picture(40, 50), each, exif=telltale(6)).getvalue()
        for each in ("JPEG", "PNG", "TIFF")
    ),
    *(
        saved(picture(40, 50), each, exif=telltale(6)).getvalue()
        for each in ("WEBP", "AVIF", "HEIF")
    ),
    saved(picture(40, 50), "JPEG", progressive=True).getvalue(),
    saved(picture(40, 50), "TIFF", compression="tiff_lzw").getvalue(),
    saved(picture(40, 50).convert("P"), "PNG", transparency=bytes(range(256))).getvalue(),
    saved(picture(40, 50), "GIF", save_all=True, append_images=[picture(40, 50)]).getvalue(),
    saved(picture(40, 50, "CMYK"), "JPEG").getvalue(),
]
SMALLEST: Any = {"widths": (8, 40), "formats": ("webp", "jpeg"), "limits": SMALL}
type Edit = tuple[str, int, bytes]
edits = st.lists(
    st.tuples(
        st.sampled_from(["replace", "insert", "cut", "drop"]),
        st.integers(0, 4000),
        st.binary(min_size=1, max_size=8),
    ),
    min_size=1,
    max_size=6,
)


# Pillow warns of what it forgives; here a forgiven file must go all the way through.
@pytest.mark.filterwarnings("ignore")
@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(SEEDS), edits)
def test_mutated_files(seed: bytes, changes: list[Edit]) -> None:
    _taken_or_refused(_mutated(seed, changes))


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=200, deadline=None)
@given(st.sampled_from([seed[:24] for seed in SEEDS]), st.binary(max_size=400))
def test_noise_behind_a_true_beginning(head: bytes, noise: bytes) -> None:
    _taken_or_refused(head + noise)


def _taken_or_refused(content: bytes) -> None:
    sentence = "fuzzed.jpg"
    try:
        inspect(BytesIO(content), "fuzzed.jpg", limits=SMALL)
        made = render(BytesIO(content), name="fuzzed.jpg", **SMALLEST)
    except ImageRefused as refused:
        sentence = str(refused)
        made = None
    assert "fuzzed.jpg" in sentence
    for each in made.renditions if made else ():
        assert PLACE not in each.content
        with Image.open(BytesIO(each.content)) as image:
            image.load()


def _mutated(content: bytes, changes: list[Edit]) -> bytes:
    for kind, where, value in changes:
        at = where % (len(content) + 1)
        rest = {"replace": at + len(value), "insert": at, "cut": len(content), "drop": at + 40}[
            kind
        ]
        content = content[:at] + (value if kind in {"replace", "insert"} else b"") + content[rest:]
    return content
