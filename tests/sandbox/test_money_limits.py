from collections.abc import Callable
from typing import Any

import pytest
import stripe

type Sessions = Callable[..., stripe.checkout.Session]
type Ring = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("currency", "least"), [("eur", 50), ("gbp", 30), ("jpy", 50), ("huf", 17500), ("czk", 1500)]
)
def test_a_total_is_nothing_or_the_currencys_least(
    new_session: Sessions, ring: Ring, currency: str, least: int
) -> None:
    assert new_session(line_items=[ring(least, currency)]).amount_total == least
    assert new_session(line_items=[ring(0, currency)]).amount_total == 0

    with pytest.raises(stripe.InvalidRequestError) as refused:
        new_session(line_items=[ring(least - 1, currency)])

    assert refused.value.code == "amount_too_small"


def test_the_message_names_the_least_in_figures(new_session: Sessions, ring: Ring) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=r"must add up to at least €0\.50 eur"):
        new_session(line_items=[ring(49)])


def test_a_total_is_at_most_eight_digits(new_session: Sessions, ring: Ring) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        new_session(line_items=[ring(99_999_999), ring(1)])

    assert refused.value.code == "amount_too_large"


def test_yen_have_no_hundredths(new_session: Sessions, ring: Ring, browse: Any) -> None:
    session = new_session(line_items=[ring(64000, "jpy")])

    assert session.amount_total == 64000
    assert "Pay 64,000 JPY" in browse(session.url).html


@pytest.mark.parametrize(
    ("currency", "wrong", "right"), [("kwd", 1001, 1010), ("bhd", 5, 10), ("isk", 150, 200)]
)
def test_digits_that_a_currency_does_not_have_are_refused(
    new_session: Sessions, ring: Ring, currency: str, wrong: int, right: int
) -> None:
    assert new_session(line_items=[ring(right, currency)]).amount_total == right

    with pytest.raises(stripe.InvalidRequestError, match="must be divisible"):
        new_session(line_items=[ring(wrong, currency)])


def test_dinars_have_thousandths(new_session: Sessions, ring: Ring, browse: Any) -> None:
    assert "Pay 1.010 KWD" in browse(new_session(line_items=[ring(1010, "kwd")]).url).html


def test_a_shipping_rate_has_the_sessions_currency(new_session: Sessions) -> None:
    rate = {
        "display_name": "Post",
        "type": "fixed_amount",
        "fixed_amount": {"amount": 500, "currency": "usd"},
    }

    with pytest.raises(stripe.InvalidRequestError) as refused:
        new_session(shipping_options=[{"shipping_rate_data": rate}])

    assert refused.value.param == (
        "shipping_options[0][shipping_rate_data][fixed_amount][currency]"
    )
