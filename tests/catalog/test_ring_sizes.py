"""Ring sizes against the chart at https://en.wikipedia.org/wiki/Ring_size (ISO 8653 and others)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ring_sizes import common_sizes, in_all_scales


@pytest.mark.parametrize(
    ("circumference", "us", "uk"),
    [
        (4000, "1 ¼", "C"),
        (4930, "5", "J ½"),
        (5190, "6", "L ½"),
        (5440, "7", "N ½"),
        (5700, "8", "P ½"),
        (5950, "9", "R ½"),
        (6210, "10", "T ½"),
    ],
)
def test_the_published_chart(circumference: int, us: str, uk: str) -> None:
    size = in_all_scales(circumference)
    assert (size.us, size.uk) == (us, uk)


def test_iso_is_the_circumference_itself() -> None:
    assert in_all_scales(5400).eu == "54"
    assert in_all_scales(5449).eu == "54"
    assert in_all_scales(5450).eu == "55"


def test_the_inside_is_the_diameter() -> None:
    assert in_all_scales(5400).inside == 1719


@pytest.mark.parametrize(("inside", "jp"), [(1300, "1"), (1333, "2"), (1700, "13"), (1800, "16")])
def test_japan_counts_thirds_of_a_millimetre_from_thirteen(inside: int, jp: str) -> None:
    assert in_all_scales(round(inside * 3.14159265)).jp == jp


def test_above_z_the_british_count_on() -> None:
    assert in_all_scales(3750 + 26 * 125).uk == "Z+1"


@given(st.integers(min_value=0, max_value=20_000))
def test_any_size_has_a_row(circumference: int) -> None:
    size = in_all_scales(circumference)
    assert size.us
    assert size.uk
    assert int(size.jp) >= 1


def test_the_common_sizes_are_whole() -> None:
    assert [size.eu for size in common_sizes()] == [str(n) for n in range(44, 71)]
