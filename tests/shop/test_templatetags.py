"""Money, Markdown and numbers as the templates write them."""

import pytest

from catalog.templatetags.catalog import grams, millimetres, quoted
from shop.templatetags.shop import in_full, markdown, money, spelled


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "none"), (1, "one"), (19, "nineteen"), (20, "twenty"), (46, "forty-six"), (2000, "2,000")],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert spelled(number) == words


def test_money_stands_with_a_space_that_does_not_break() -> None:
    assert money(148_000) == "1,480\xa0€"


def test_in_a_column_every_sum_has_all_its_digits() -> None:
    assert in_full(148_000) == "1,480.00\xa0€"
    assert in_full(12_000, "jpy") == "12,000\xa0¥"


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>\n"),
        ("*so*", "<p><em>so</em></p>\n"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>\n"),
        ("", ""),
    ],
)
def test_markdown_is_paragraphs_and_emphasis_only(typed: str, html: str) -> None:
    assert markdown(typed) == html


@pytest.mark.parametrize("typed", ["[x](javascript:alert(1))", "![x](https://e.org/x.png)"])
def test_markdown_has_no_scripts_and_no_pictures(typed: str) -> None:
    assert 'javascript:alert(1)"' not in markdown(typed)
    assert "<img" not in markdown(typed)


@pytest.mark.parametrize("typed", ["handled", "“handled”", '"handled"', " handled "])
def test_quotations_have_the_houses_marks_once(typed: str) -> None:
    assert quoted(typed) == "“handled”"


def test_measures() -> None:
    assert millimetres(1_719) == "17.2"
    assert millimetres(2_200) == "22"
    assert grams(11_200) == "11.2\xa0g"
