"""Tax by country and category: contained and told, or added to what is paid."""

from typing import Any

import pytest
from pytest_django import Settings

from catalog.models import Piece
from orders import cart as carts
from orders import checkout, ledger, settlement
from orders.models import LedgerEntry, OrderLine, TaxRate
from orders.prices import taxes
from orders.prices.shares import Share
from sandbox.testing import StripeSandbox
from tests.factories import make_discount, make_piece, make_rate, make_tax
from tests.orders.builders import basket_of, begin, session_of
from tests.orders.test_discounts import balances, paid, with_code

pytestmark = pytest.mark.django_db
Category = Piece.TaxCategory


def made(price: int = 10_000, **columns: Any) -> Piece:
    return make_piece(making=Piece.Making.MADE_TO_ORDER, price=price, **columns)


@pytest.mark.parametrize(
    ("rates", "category", "points"),
    [
        ([], Category.JEWELRY, 2_300),
        ([(0, "", "bullion")], Category.BULLION, 0),
        ([(0, "", "bullion")], Category.JEWELRY, 2_300),
        ([(2_000, "FR", ""), (0, "", "bullion")], Category.BULLION, 2_000),
        ([(2_000, "FR", ""), (550, "FR", "set")], Category.SET, 550),
        ([(2_000, "FR", ""), (550, "FR", "set")], TaxRate.POST, 2_000),
        ([(2_000, "DE", ""), (1_000, "", "")], Category.JEWELRY, 1_000),
        ([(1_000, "FR", "post")], TaxRate.POST, 1_000),
    ],
)
def test_the_most_particular_rate_wins(
    rates: list[tuple[int, str, str]], category: str, points: int
) -> None:
    for basis_points, country, of in rates:
        make_tax(basis_points, country=country, category=of)

    assert taxes.rates_to("FR").of(category) == points


# --- Prices that contain it --------------------------------------------------------------------


def test_what_prices_contain_is_reckoned_after_the_discount(stripe: StripeSandbox) -> None:
    make_tax(2_000, country="IE")
    make_tax(0, country="IE", category="bullion")
    cart = basket_of(made(12_000), made(5_000, tax_category=Category.BULLION))
    make_discount(amount=1_700)

    order = paid(stripe, with_code(cart, make_discount(code="X", basis_points=1_000)))

    assert [line.tax for line in order.lines.all()] == [1_800, 0]
    assert order.tax_included == 1_800 + 300  # and what two parcels' post contains
    assert (order.total, order.tax_added, order.shipping_tax) == (17_100, 0, 0)
    assert "tax" not in balances(order)


def test_it_is_by_the_country_posted_to(stripe: StripeSandbox) -> None:
    make_tax(1_900, country="DE")
    cart = basket_of(made(11_900))

    assert carts.contents(cart, country="DE").tax == 1_900 + 144
    assert carts.contents(cart, country="IE").tax == 2_225 + 168
    assert carts.contents(cart, country="DE").total == carts.contents(cart, country="IE").total


# --- Prices that do not ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "taxes_added", "on_post"),
    [("eur", [83, 83, 8], 7), ("jpy", [83, 83, 8], 7), ("kwd", [80, 80, 10], 10)],
)
def test_it_is_added_for_each_line_and_the_post(
    stripe: StripeSandbox,
    settings: Settings,
    currency: str,
    taxes_added: list[int],
    on_post: int,
) -> None:
    settings.SHOP_PRICES_INCLUDE_TAX = False
    settings.SHOP_CURRENCY = currency
    make_rate(amount=30)
    make_tax(825)
    cart = basket_of(made(1_010), made(1_010), made(100))

    order = paid(stripe, cart)

    assert [line.tax_added for line in order.lines.all()] == taxes_added
    assert order.shipping_tax == on_post
    assert order.tax_added == sum(taxes_added) + order.shipping_tax
    assert order.total == 2_120 + 90 + order.tax_added == order.attempts.get().received
    assert order.tax_included == 0
    assert ledger.balance(LedgerEntry.Account.TAX) == -order.tax_added
    assert not ledger.unbalanced().exists()


def test_the_house_keeps_it_for_the_state_and_takes_no_commission_of_it(
    stripe: StripeSandbox, settings: Settings
) -> None:
    settings.SHOP_PRICES_INCLUDE_TAX = False
    make_tax(1_000)

    order = paid(stripe, basket_of(made(10_000)))

    assert balances(order) == {
        "stripe": 10_000 + 1_000 + 900 + 90,
        "designer": -(8_200 + 900),
        "commission": -1_800,
        "tax": -1_090,
    }
    share = Share.of(OrderLine.objects.get())
    assert share.paid == 11_000 == share.designer + share.commission + share.tax


def test_a_code_comes_off_before_tax_is_added(stripe: StripeSandbox, settings: Settings) -> None:
    settings.SHOP_PRICES_INCLUDE_TAX = False
    make_tax(1_000)

    order = paid(stripe, with_code(basket_of(made()), make_discount(basis_points=2_500)))

    assert (order.discount_total, order.tax_added) == (2_500, 750 + 90)
    assert order.total == 7_500 + 750 + 900 + 90


def test_another_rate_is_another_payment(stripe: StripeSandbox, settings: Settings) -> None:
    settings.SHOP_PRICES_INCLUDE_TAX = False
    cart = basket_of(made())
    first = begin(cart)

    make_tax(1_000)

    assert begin(cart) != first


# --- Stripe reckons it -------------------------------------------------------------------------


@pytest.fixture
def stripe_tax(settings: Settings) -> None:
    settings.SHOP_STRIPE_TAX = True


@pytest.mark.usefixtures("stripe_tax")
def test_what_stripe_reckons_is_written_on_the_lines(
    stripe: StripeSandbox, settings: Settings
) -> None:
    settings.SHOP_PRICES_INCLUDE_TAX = False
    cart = with_code(basket_of(made(10_000), made(5_000)), make_discount(basis_points=1_000))
    assert carts.contents(cart).tax == 0

    order = paid(stripe, cart)

    assert [line.tax_added for line in order.lines.all()] == [1_800, 900]
    assert (order.shipping_tax, order.tax_added) == (360, 3_060)
    assert order.total == 13_500 + 1_800 + 3_060 == order.attempts.get().received
    assert not ledger.unbalanced().exists()


@pytest.mark.usefixtures("stripe_tax")
def test_what_stripe_finds_within_is_told_and_not_added(stripe: StripeSandbox) -> None:
    order = paid(stripe, basket_of(made(12_000)))

    line = order.lines.get()
    assert (line.tax, line.tax_added) == (2_000, 0)
    assert (order.tax_included, order.tax_added, order.total) == (2_150, 0, 12_900)


@pytest.mark.usefixtures("stripe_tax")
def test_a_payment_by_bank_knows_its_tax_while_it_waits(
    stripe: StripeSandbox, settings: Settings
) -> None:
    settings.SHOP_PRICES_INCLUDE_TAX = False
    attempt = checkout.open_session(begin(basket_of(made())))
    stripe.pay(session_of(attempt), card="delayed")
    for _time in range(2):
        settled = settlement.settle(session_of(attempt))
        assert settled
        assert settled.order.total == 10_000 + 2_000 + 900 + 180

    stripe.act("delayed_succeeds", session_of(attempt))
    settled = settlement.settle(session_of(attempt))
    assert settled
    assert settled.order.state == "paid", settled.error
