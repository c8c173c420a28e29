"""Giving back what was paid with a code and tax on top: to the cent, and never more."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from catalog.models import Piece
from orders import cart as carts
from orders import ledger, payouts, refundable, refunds
from orders.admin.refund_form import RefundForm
from orders.afterwards import cancelling
from orders.models import LedgerEntry, Order, OrderLine, Payout, Refund
from orders.refundable import Part
from sandbox.testing import StripeSandbox
from tests.factories import make_cart, make_discount, make_piece, make_rate, make_tax
from tests.orders.builders import basket_of, only_variant
from tests.orders.payout_builders import owed_to_makers
from tests.orders.test_discounts import balances, paid, with_code

pytestmark = pytest.mark.django_db
Account = LedgerEntry.Account


def made(price: int) -> Piece:
    return make_piece(making=Piece.Making.MADE_TO_ORDER, price=price)


def fill_in(order: Order) -> dict[str, Any]:
    """What the form says once "Fill in everything" was pressed."""
    form = RefundForm(order, everything=True)
    filled = {name: form[name].value() for name in form.fields}
    shown = {name: form.fields[name].prepare_value(value) for name, value in filled.items()}
    return shown | {"reason": "The clasp broke."}


def all_of(order: Order, by: User) -> Refund:
    form = RefundForm(order, data=fill_in(order))
    assert form.is_valid(), form.errors
    return form.give_back(by)


@pytest.mark.parametrize("currency", ["eur", "jpy", "kwd"])
@pytest.mark.parametrize("is_included", [True, False])
@pytest.mark.parametrize("funding", ["house", "designer"])
def test_all_of_it_is_exactly_the_total(
    stripe: StripeSandbox,
    settings: Settings,
    owner: User,
    currency: str,
    funding: str,
    *,
    is_included: bool,
) -> None:
    settings.SHOP_CURRENCY = currency
    settings.SHOP_PRICES_INCLUDE_TAX = is_included
    make_tax(825)
    pieces = [made(10_010), made(3_330), made(70)]
    whose = {"designer": pieces[0].designer} if funding == "designer" else {}
    code = make_discount(basis_points=3_333, funding=funding, **whose)
    order = paid(stripe, with_code(basket_of(*pieces), code))

    refund = all_of(order, owner)

    order.refresh_from_db()
    assert refund.amount == order.total == order.refunded_total
    assert order.state == Order.State.REFUNDED
    assert balances(order) == {}
    assert refundable.left(order) == 0


@pytest.mark.parametrize("currency", ["eur", "kwd"])
def test_one_piece_after_another_sums_exactly(
    stripe: StripeSandbox, settings: Settings, owner: User, currency: str
) -> None:
    settings.SHOP_CURRENCY = currency
    settings.SHOP_PRICES_INCLUDE_TAX = False
    make_tax(825)
    make_rate(amount=0)
    cart = make_cart()
    carts.add(cart, only_variant(made(10_010)), 3)
    order = paid(stripe, with_code(cart, make_discount(amount=1_000)))

    for _piece in range(3):
        line = OrderLine.objects.select_related("order").get()
        part = Part(line, 1, refundable.due(line, 1))
        refunds.request(order, lines=[part], reason="x", by=owner, token=uuid4())

    order.refresh_from_db()
    assert order.refunded_total == order.total == OrderLine.objects.get().refunded
    assert balances(order) == {}
    line = OrderLine.objects.get()
    with pytest.raises((refundable.TooMuch, refundable.NotRefundable)):
        refunds.request(order, lines=[Part(line, 0, 10)], reason="x", by=owner, token=uuid4())


def test_no_more_than_was_paid_for_a_line(stripe: StripeSandbox, owner: User) -> None:
    order = paid(stripe, with_code(basket_of(made(10_000), made(10_000)), make_discount()))
    line = order.lines.first()
    assert line

    with pytest.raises(refundable.TooMuch):
        refunds.request(order, lines=[Part(line, 1, 9_001)], reason="x", by=owner, token=uuid4())
    assert refunds.request(
        order, lines=[Part(line, 1, 9_000)], reason="x", by=owner, token=uuid4()
    ).is_given


def test_the_tax_on_the_post_goes_back_with_it(
    stripe: StripeSandbox, settings: Settings, owner: User
) -> None:
    settings.SHOP_PRICES_INCLUDE_TAX = False
    make_tax(1_000)
    order = paid(stripe, basket_of(made(10_000)))

    refunds.request(order, shipping=990, reason="late", by=owner, token=uuid4())

    assert ledger.balance(Account.TAX) == -1_000
    assert RefundForm(Order.objects.get()).post_left == 0


def test_the_house_keeps_what_it_would_have_given_for_what_was_called_off(
    stripe: StripeSandbox,
) -> None:
    free, other = made(10_000), made(5_000)
    code = make_discount(designer=free.designer, funding="house", basis_points=10_000)
    order = paid(stripe, with_code(basket_of(free, other), code))
    payouts.open_missing()

    cancelling.call_off(order, [order.parcels.get(designer=free.designer).pk], token=uuid4())

    assert owed_to_makers(order) == 4_100 + 900
    assert Payout.objects.get(parcel__designer=free.designer).state == Payout.State.NOTHING
    assert not ledger.unbalanced().exists()


@pytest.mark.parametrize(("currency", "post"), [("kwd", 150), ("isk", 1_500)])
def test_the_post_of_one_parcel_goes_back_in_steps_that_stripe_takes(
    stripe: StripeSandbox, settings: Settings, currency: str, post: int
) -> None:
    settings.SHOP_CURRENCY = currency
    settings.SHOP_PRICES_INCLUDE_TAX = False
    make_tax(1_000)
    make_rate(amount=post)
    order = paid(stripe, basket_of(made(100_000), made(50_000)))
    first, second = order.parcels.order_by("pk")

    cancelling.call_off(order, [first.pk], token=uuid4())
    cancelling.call_off(order, [second.pk], token=uuid4())

    assert [refund.error for refund in Refund.objects.all()] == ["", ""]
    order.refresh_from_db()
    assert order.state == Order.State.REFUNDED


def test_a_piece_that_cost_nothing_is_not_in_the_way(stripe: StripeSandbox, owner: User) -> None:
    pieces = [made(10_000), made(5_000)]
    code = make_discount(designer=pieces[1].designer, funding="designer", basis_points=10_000)
    order = paid(stripe, with_code(basket_of(*pieces), code))

    assert all_of(order, owner).amount == 10_000 + 1_800
    assert balances(Order.objects.get()) == {}
