"""Random baskets, codes and rates: Stripe charges what was asked, and every cent is somebody's."""

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from catalog.models import Piece
from orders import cart as carts
from orders import checkout, ledger, settlement
from orders.models import Order, PaymentAttempt, TaxRate
from sandbox.testing import StripeSandbox
from shop import money
from tests.factories import make_cart, make_discount, make_piece, make_rate
from tests.orders.builders import begin, only_variant, session_of

_codes = count(1)
_STEPS = {"eur": 1, "jpy": 1, "kwd": 10}

# Stripe takes eight digits in all.
amounts = st.integers(1, 200_000)
codes = st.one_of(
    st.none(),
    st.fixed_dictionaries({"kind": st.just("percent"), "basis_points": st.integers(1, 10_000)}),
    st.fixed_dictionaries({"kind": st.just("amount"), "amount": st.integers(1, 5_000_000)}),
    st.just({"kind": "post"}),
)


@given(
    amount=st.integers(0, 10**9),
    weights=st.lists(st.integers(0, 10**7), min_size=1, max_size=60),
    smallest=st.sampled_from([1, 10, 100]),
)
def test_parts_sum_exactly_and_none_is_more_than_its_own(
    amount: int, weights: list[int], smallest: int
) -> None:
    weights = [weight * smallest for weight in weights]
    whole = min(amount, sum(weights)) // smallest * smallest
    if not sum(weights):
        return
    parts = money.spread(whole, weights, smallest)

    assert sum(parts) == whole
    assert all(part % smallest == 0 for part in parts)
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))


@given(amount=st.integers(0, 10**8), points=st.integers(0, 10_000))
def test_a_tax_within_and_on_top_agree(amount: int, points: int) -> None:
    added = money.share(amount, points)
    assert abs(money.tax_within(amount + added, points) - added) <= 1


@pytest.mark.django_db
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    prices=st.lists(st.tuples(amounts, st.integers(1, 5)), min_size=1, max_size=6),
    code=codes,
    is_of_maker=st.booleans(),
    points=st.integers(0, 3_000),
    currency=st.sampled_from(["eur", "jpy", "kwd"]),
    tax=st.sampled_from(["included", "added", "stripe-included", "stripe-added"]),
)
def test_what_checkout_asks_for_settles(
    stripe: StripeSandbox,
    settings: Settings,
    prices: list[tuple[int, int]],
    code: dict[str, Any] | None,
    points: int,
    currency: str,
    tax: str,
    *,
    is_of_maker: bool,
) -> None:
    settings.SHOP_CURRENCY = currency
    settings.SHOP_STRIPE_TAX = tax.startswith("stripe")
    settings.SHOP_PRICES_INCLUDE_TAX = tax.endswith("included")
    step = _STEPS[currency]
    make_rate(amount=90 * step)
    TaxRate.objects.update_or_create(country="IE", defaults={"basis_points": points})
    cart = make_cart()
    pieces = []
    for price, quantity in prices:
        pieces.append(make_piece(making=Piece.Making.MADE_TO_ORDER, price=price * step))
        carts.add(cart, only_variant(pieces[-1]), quantity)
    if code:
        amount = {"amount": code["amount"] * step} if "amount" in code else {}
        whose = {"designer": pieces[0].designer, "funding": "designer"} if is_of_maker else {}
        made = make_discount(code=f"CODE{next(_codes)}", **code | amount | whose)
        carts.use_code(cart, made.code)
    try:
        attempt = checkout.open_session(begin(cart))
    except checkout.BelowMinimum:
        return
    stripe.pay(session_of(attempt))
    settled = settlement.settle(session_of(attempt))

    assert settled
    order = Order.objects.get(pk=settled.order_id)
    assert settled.state == PaymentAttempt.State.COMPLETE, settled.error
    assert order.state == Order.State.PAID, order.review_reason
    assert order.total == settled.received
    assert sum(line.paid for line in order.lines.all()) == (
        order.total - order.shipping_total - order.shipping_tax
    )
    assert not ledger.unbalanced().exists()
    assert not ledger.is_behind(order)
