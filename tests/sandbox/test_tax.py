"""Stripe Tax: refused without a behaviour, reckoned once the address is known."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.testing import StripeSandbox

ON = {"automatic_tax": {"enabled": True}}


def taxed(behaviour: str | None, amount: int = 10_000) -> dict[str, Any]:
    more = {"tax_behavior": behaviour} if behaviour else {}
    product = {"name": "Tidestone ring", "tax_code": "txcd_99999999"}
    data = {"currency": "eur", "unit_amount": amount, "product_data": product} | more
    return {"quantity": 1, "price_data": data}


def post(behaviour: str) -> dict[str, Any]:
    amount = {"amount": 900, "currency": "eur"}
    data = {"type": "fixed_amount", "display_name": "Post", "fixed_amount": amount}
    return {"shipping_rate_data": data | {"tax_behavior": behaviour, "tax_code": "txcd_92010001"}}


@pytest.mark.parametrize("behaviour", [None, "unspecified"])
def test_prices_must_say_whether_they_contain_it(
    new_session: Callable[..., Any], behaviour: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="tax_behavior") as refusal:
        new_session(**ON, line_items=[taxed(behaviour)])
    assert refusal.value.param == "line_items[0][price_data][tax_behavior]"


@pytest.mark.parametrize(
    ("behaviour", "tax", "of_post", "total"),
    [("exclusive", 1_800, 180, 9_000 + 1_800 + 900 + 180), ("inclusive", 1_500, 150, 9_900)],
)
def test_it_is_reckoned_after_discount_and_on_post(
    sandbox: StripeSandbox,
    client: stripe.StripeClient,
    new_session: Callable[..., Any],
    behaviour: str,
    tax: int,
    of_post: int,
    total: int,
) -> None:
    coupon = client.v1.coupons.create({"amount_off": 1_000, "currency": "eur"})
    session = new_session(
        **ON,
        line_items=[taxed(behaviour)],
        shipping_options=[post(behaviour)],
        shipping_address_collection={"allowed_countries": ["PT"]},
        discounts=[{"coupon": coupon.id}],
    )
    assert session.automatic_tax.status == "requires_location_inputs"
    assert (session.amount_total, session.total_details.amount_tax) == (9_900, 0)

    sandbox.pay(session.id)

    session = client.v1.checkout.sessions.retrieve(session.id)
    (line,) = client.v1.checkout.sessions.line_items.list(session.id).data
    assert session.total_details
    assert session.shipping_cost
    assert isinstance(session.payment_intent, str)
    assert session.automatic_tax.status == "complete"
    assert (line.amount_tax, session.total_details.amount_tax) == (tax, tax + of_post)
    assert session.shipping_cost.amount_tax == of_post
    assert session.total_details.amount_shipping == 900
    assert session.amount_total == total
    payment = client.v1.payment_intents.retrieve(session.payment_intent)
    assert payment.amount_received == total
