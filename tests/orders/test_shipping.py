import pytest

from designers.models import Designer
from orders import countries, shipping
from orders.models import ShippingRate
from tests.factories import make_rate

pytestmark = pytest.mark.django_db


def chosen(designer: Designer, country: str) -> ShippingRate | None:
    return shipping.choose(shipping.rates_of([designer]), designer, country)


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


def test_countries_have_names_and_an_order() -> None:
    names = [name for _code, name in countries.choices()]

    assert names == sorted(names)
    assert countries.name("PT") == "Portugal"
    assert countries.name("ZZ") == "ZZ"
    assert all(len(code) == 2 and code.isupper() for code in countries.COUNTRIES)
