from typing import Any

import pytest

from designers.models import Designer
from orders import checkout
from orders.models import ShippingRate
from orders.post import countries, shipping
from tests.factories import make_piece, make_rate
from tests.orders.builders import basket_of, begin

pytestmark = pytest.mark.django_db


def chosen(designer: Designer, country: str, worth: int = 50_000) -> ShippingRate | None:
    return shipping.choose(shipping.rates_of([designer]), designer, country, worth)


def refusal(designer: Designer, country: str) -> str:
    return shipping.refusal(shipping.rates_of([designer]), designer, country)


def test_the_most_particular_rate_wins(ines: Designer, henrik: Designer) -> None:
    house = make_rate(amount=1200)
    house_ie = make_rate(amount=800, countries="IE GB")
    own = make_rate(designer=ines, amount=1000)
    own_ie = make_rate(designer=ines, amount=500, countries="IE")

    assert chosen(ines, "IE") == own_ie
    assert chosen(ines, "JP") == own
    assert chosen(henrik, "GB") == house_ie
    assert chosen(henrik, "JP") == house


def test_the_cheapest_of_several_alike(ines: Designer) -> None:
    make_rate(designer=ines, amount=1500)
    cheap = make_rate(designer=ines, amount=900)

    assert chosen(ines, "IE") == cheap


def test_a_rate_out_of_use_does_not_count(ines: Designer) -> None:
    make_rate(designer=ines, is_active=False)

    assert chosen(ines, "IE") is None


def test_nobody_posts_where_no_rate_fits(ines: Designer) -> None:
    make_rate(countries="IE PT")

    assert chosen(ines, "DE") is None


@pytest.mark.parametrize(("worth", "costs"), [(9_999, 900), (10_000, 0), (50_000, 0)])
def test_post_is_free_from_some_worth_on(ines: Designer, worth: int, costs: int) -> None:
    assert shipping.cost(make_rate(amount=900, free_from=10_000), worth) == costs


def test_a_country_goes_before_its_zone_and_that_before_everywhere(ines: Designer) -> None:
    everywhere = make_rate(amount=500)
    zone = make_rate(amount=900, countries="EU GB")
    island = make_rate(amount=1500, countries="MT CY")

    assert chosen(ines, "MT") == island
    assert chosen(ines, "PT") == zone
    assert chosen(ines, "GB") == zone
    assert chosen(ines, "JP") == everywhere


def test_the_european_union_is_twenty_seven_countries_we_post_to() -> None:
    assert len(countries.ZONES["EU"]) == 27
    assert countries.ZONES["EU"] <= set(countries.COUNTRIES)


@pytest.mark.parametrize(
    ("worth", "costs"),
    [(0, 500), (50_000, 500), (50_001, 1200), (200_000, 1200), (200_001, None)],
)
def test_the_cheapest_tier_that_covers_the_parcel(
    ines: Designer, worth: int, costs: int | None
) -> None:
    make_rate(designer=ines, amount=1200, up_to=200_000)
    make_rate(designer=ines, amount=500, up_to=50_000)

    rate = chosen(ines, "PT", worth)
    assert (rate and rate.amount) == costs


def test_free_from_a_sum_is_cheaper_than_anything(ines: Designer) -> None:
    make_rate(designer=ines, amount=700)
    gift = make_rate(designer=ines, amount=900, free_from=100_000)

    assert chosen(ines, "PT", 99_999) != gift
    assert chosen(ines, "PT", 100_000) == gift


def test_above_ones_own_last_tier_the_houses_rate_is_no_way_out(ines: Designer) -> None:
    make_rate()
    make_rate(designer=ines, countries="EU", up_to=50_000)

    assert chosen(ines, "PT", 50_001) is None
    assert chosen(ines, "JP", 50_001)
    assert refusal(ines, "PT") == (
        "Inês posts no parcel worth more than 500\xa0€ to Portugal. "
        "Take something out, or write to us."
    )


def test_where_no_rate_leads_that_is_said(ines: Designer) -> None:
    make_rate(countries="EU")

    assert refusal(ines, "JP") == "Inês does not post to Japan."


def test_choosing_is_one_query(
    ines: Designer, henrik: Designer, django_assert_num_queries: Any
) -> None:
    for designer in (ines, henrik):
        for up_to in (10_000, 20_000, None):
            make_rate(designer=designer, up_to=up_to)
    with django_assert_num_queries(1):
        rates = shipping.rates_of([ines, henrik])
        assert shipping.choose(rates, ines, "PT", 15_000)
        assert shipping.choose(rates, henrik, "JP", 99_000)
        assert shipping.refusal(rates, henrik, "JP")


def test_a_parcel_that_no_post_insures_cannot_be_paid(ines: Designer) -> None:
    make_rate(countries="IE", up_to=100_000)
    cart = basket_of(make_piece(price=110_000))

    with pytest.raises(checkout.NotPosted, match="worth more than"):
        begin(cart)


def test_countries_have_names_and_an_order() -> None:
    names = [name for _code, name in countries.choices()]

    assert names == sorted(names)
    assert countries.name("PT") == "Portugal"
    assert countries.name("ZZ") == "ZZ"
    assert all(len(code) == 2 and code.isupper() for code in countries.COUNTRIES)
