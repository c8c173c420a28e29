"""What people write as amounts and measures, and what is kept of it."""

import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from shop.money_field import GramsField, MillimetresField, MoneyField, read_decimal


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1480", "1480"),
        ("1480.50", "1480.50"),
        ("1480,5", "1480.5"),
        ("1,480", "1480"),
        ("1.480,50", "1480.50"),
        ("1 480,5", "1480.5"),
        ("1’480.50", "1480.50"),
        ("12,50", "12.50"),
        (" 0.5 ", "0.5"),
        ("-20", "-20"),
        ("1,480,000", "1480000"),
        ("0.001", "0.001"),
    ],
)
def test_a_number_is_read_as_it_is_meant(written: str, meant: str) -> None:
    assert read_decimal(written) == Decimal(meant)


@pytest.mark.parametrize("written", ["", "abc", "1,48,0", "1e9", "NaN", "½", "1..2", "--1"])
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(written.strip())}$"):
        read_decimal(written)


def test_an_amount_is_shown_and_kept_in_minor_units() -> None:
    field = MoneyField()
    assert field.prepare_value(148_000) == "1,480"
    assert field.prepare_value(148_050) == "1,480.50"
    assert field.clean("1,480.50") == 148_050
    assert not field.has_changed(148_000, "1,480.00")
    assert field.prepare_value("typed, wrong") == "typed, wrong"


def test_measures_have_no_thousands() -> None:
    assert GramsField().clean("1.480") == 1480
    assert MillimetresField().clean("12,5") == 1250
    assert MillimetresField().prepare_value(123_456) == "1234.56"
    assert MillimetresField(required=False).clean("") is None


@pytest.mark.parametrize("written", ["-1", "12.345", "abc", "99999999"])
def test_a_measure_out_of_bounds_says_so(written: str) -> None:
    with pytest.raises(ValidationError):
        MillimetresField(maximum=500_000).clean(written)


def test_a_currency_without_small_parts(settings: object) -> None:
    settings.SHOP_CURRENCY = "jpy"  # type: ignore[attr-defined]
    field = MoneyField()
    assert field.clean("12,000") == 12_000
    assert field.prepare_value(12_000) == "12,000"
    with pytest.raises(ValidationError):
        field.clean("12.50")


def test_three_digits_after_the_point_are_no_thousands_where_money_has_three(
    settings: object,
) -> None:
    settings.SHOP_CURRENCY = "kwd"  # type: ignore[attr-defined]
    field = MoneyField()
    for amount in (1_480, 1_480_500, 12_000_000, 10):
        assert field.clean(field.prepare_value(amount)) == amount
    assert field.clean("1.480") == 1_480


def test_a_thousandth_of_a_euro_is_no_euro() -> None:
    with pytest.raises(ValidationError):
        MoneyField().clean("0.001")
