"""The cut keeps what matters, for every picture and focal point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.images import crop_box
from shop.images.cropping import is_ratio

sides = st.integers(1, 30_000)
ratios = st.integers(1, 20)
percents = st.tuples(st.integers(0, 100), st.integers(0, 100))


@given(sides, sides, ratios, ratios, percents)
def test_the_cut_lies_in_the_picture_and_touches_two_of_its_sides(
    width: int, height: int, ratio_w: int, ratio_h: int, focal: tuple[int, int]
) -> None:
    left, top, right, bottom = crop_box(width, height, ratio_w, ratio_h, focal)

    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert right - left == width or bottom - top == height


@given(sides, sides, ratios, ratios, percents)
def test_the_cut_has_the_shape_to_the_pixel(
    width: int, height: int, ratio_w: int, ratio_h: int, focal: tuple[int, int]
) -> None:
    left, top, right, bottom = crop_box(width, height, ratio_w, ratio_h, focal)
    cut_w, cut_h = right - left, bottom - top

    assert abs(cut_w * ratio_h - cut_h * ratio_w) < max(ratio_w, ratio_h) or 1 in (cut_w, cut_h)


@given(sides, sides, ratios, ratios, percents)
def test_the_focal_point_is_in_the_cut(
    width: int, height: int, ratio_w: int, ratio_h: int, focal: tuple[int, int]
) -> None:
    left, top, right, bottom = crop_box(width, height, ratio_w, ratio_h, focal)

    assert left <= width * focal[0] / 100 <= right
    assert top <= height * focal[1] / 100 <= bottom


@given(sides, sides, ratios, ratios, percents)
def test_moving_the_focal_point_right_never_moves_the_cut_left(
    width: int, height: int, ratio_w: int, ratio_h: int, focal: tuple[int, int]
) -> None:
    x, y = focal
    here = crop_box(width, height, ratio_w, ratio_h, (x, y))
    further = crop_box(width, height, ratio_w, ratio_h, (min(100, x + 1), min(100, y + 1)))

    assert here[0] <= further[0]
    assert here[1] <= further[1]


@pytest.mark.parametrize(
    ("focal", "box"),
    [
        ((50, 50), (350, 0, 650, 375)),
        ((0, 0), (0, 0, 300, 375)),
        ((30, 90), (150, 0, 450, 375)),
        ((100, 100), (700, 0, 1000, 375)),
    ],
)
def test_a_wide_picture_made_a_card(focal: tuple[int, int], box: tuple[int, int, int, int]) -> None:
    assert crop_box(1000, 375, 4, 5, focal) == box


@pytest.mark.parametrize(
    ("size", "card"),
    [((800, 1000), True), ((800, 1008), True), ((800, 1020), False), ((3, 2), False)],
)
def test_within_a_hundredth_it_is_the_cards_shape_already(
    size: tuple[int, int], card: bool
) -> None:
    assert is_ratio(*size, 4, 5) is card
