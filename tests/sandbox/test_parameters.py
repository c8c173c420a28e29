import time
from collections.abc import Callable
from typing import Any

import pytest
import stripe

type Params = Callable[..., Any]
LINE = {"currency": "eur", "unit_amount": 100, "product_data": {"name": "Ring"}}


def lines(**changes: Any) -> dict[str, Any]:
    return {"line_items": [{"quantity": 1, "price_data": LINE | changes}]}


REFUSED: dict[str, tuple[dict[str, Any], str | None, str]] = {
    "unknown": ({"foo": "1"}, "parameter_unknown", "foo"),
    "unknown inside": (
        lines(colour="red"),
        "parameter_unknown",
        "line_items[0][price_data][colour]",
    ),
    "removed types": (
        {"payment_method_types": ["card"]},
        "payment_method_types_no_longer_supported",
        "payment_method_types",
    ),
    "old ui_mode": ({"ui_mode": "hosted"}, None, "ui_mode"),
    "old embedded": ({"ui_mode": "embedded"}, None, "ui_mode"),
    "unknown mode": ({"mode": "gift"}, None, "mode"),
    "no lines": ({"line_items": []}, "parameter_missing", "line_items"),
    "no currency": (
        {"line_items": [{"quantity": 1, "price_data": {"unit_amount": 1}}]},
        "parameter_missing",
        "line_items[0][price_data][currency]",
    ),
    "no name": (
        lines(product_data={"description": "x"}),
        "parameter_missing",
        "line_items[0][price_data][product_data][name]",
    ),
    "empty name": (
        lines(product_data={"name": ""}),
        "parameter_invalid_empty",
        "line_items[0][price_data][product_data][name]",
    ),
    "empty cancel_url": ({"cancel_url": ""}, "parameter_invalid_empty", "cancel_url"),
    "words for a number": (
        lines(unit_amount="many"),
        "parameter_invalid_integer",
        "line_items[0][price_data][unit_amount]",
    ),
    "a fraction": (
        lines(unit_amount="10.5"),
        "parameter_invalid_integer",
        "line_items[0][price_data][unit_amount]",
    ),
    "negative": (
        lines(unit_amount=-1),
        "parameter_invalid_integer",
        "line_items[0][price_data][unit_amount]",
    ),
    "none of it": (
        {"line_items": [{"quantity": 0, "price_data": LINE}]},
        "parameter_invalid_integer",
        "line_items[0][quantity]",
    ),
    "no such currency": (lines(currency="xxq"), None, "line_items[0][price_data][currency]"),
    "no such price": (
        {"line_items": [{"quantity": 1, "price": "price_1"}]},
        "resource_missing",
        "line_items[0][price]",
    ),
    "101 lines": (
        {"line_items": [{"quantity": 1, "price_data": LINE}] * 101},
        None,
        "line_items",
    ),
    "two currencies": (
        {
            "line_items": [
                {"quantity": 1, "price_data": LINE},
                {"quantity": 1, "price_data": LINE | {"currency": "usd"}},
            ]
        },
        None,
        "line_items",
    ),
    "relative success_url": ({"success_url": "/orders/"}, "url_invalid", "success_url"),
    "a script": ({"success_url": "javascript://x/%0aalert(1)"}, "url_invalid", "success_url"),
    "relative image": (
        lines(product_data={"name": "Ring", "images": ["/media/ring.jpg"]}),
        "url_invalid",
        "line_items[0][price_data][product_data][images][0]",
    ),
    "no e-mail": ({"customer_email": "jonas"}, "email_invalid", "customer_email"),
    "two customers": (
        {"customer": "cus_1", "customer_email": "jonas@example.eu"},
        None,
        "customer",
    ),
    "deleted customer": ({"customer": "cus_1"}, "resource_missing", "customer"),
    "51 keys": ({"metadata": {f"k{place}": "v" for place in range(51)}}, None, "metadata"),
    "long key": ({"metadata": {"k" * 41: "v"}}, None, "metadata"),
    "long value": ({"metadata": {"order": "v" * 501}}, None, "metadata[order]"),
    "two discounts": (
        {"discounts": [{"coupon": "x"}], "allow_promotion_codes": True},
        None,
        "allow_promotion_codes",
    ),
    "no such coupon": (
        {"discounts": [{"coupon": "NOPE"}]},
        "resource_missing",
        "discounts[0][coupon]",
    ),
    "no country": (
        {"shipping_address_collection": {"allowed_countries": ""}},
        "parameter_missing",
        "shipping_address_collection[allowed_countries]",
    ),
    "no such country": (
        {"shipping_address_collection": {"allowed_countries": ["QQ"]}},
        None,
        "shipping_address_collection[allowed_countries][0]",
    ),
    "six shipping options": (
        {"shipping_options": [{"shipping_rate_data": {"display_name": "Post"}}] * 6},
        None,
        "shipping_options",
    ),
    "not simulated": ({"invoice_creation": {"enabled": True}}, None, "invoice_creation[enabled]"),
    "words for a truth": (
        {"phone_number_collection": {"enabled": "maybe"}},
        None,
        "phone_number_collection[enabled]",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_as_stripe_refuses(client: stripe.StripeClient, params: Params, case: str) -> None:
    changes, code, param = REFUSED[case]

    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create(params(**changes))

    assert (refused.value.code, refused.value.param) == (code, param)
    assert refused.value.http_status == 400
    assert str(refused.value.request_id).startswith("req_")


@pytest.mark.parametrize("name", ["mode", "success_url", "line_items"])
def test_what_must_be_there(client: stripe.StripeClient, params: Params, name: str) -> None:
    given: Any = params()
    del given[name]

    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create(given)

    assert (refused.value.code, refused.value.param) == ("parameter_missing", name)


def test_several_unknown_names_are_all_named(client: stripe.StripeClient, params: Params) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Received unknown parameters: foo, bar"):
        client.v1.checkout.sessions.create(params(foo="1", bar="2"))


@pytest.mark.parametrize(
    ("minutes", "word"), [(29, "at least 30 minutes"), (24 * 60 + 1, "less than 24 hours")]
)
def test_a_session_lives_30_minutes_to_24_hours(
    client: stripe.StripeClient, params: Params, minutes: int, word: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=word):
        client.v1.checkout.sessions.create(params(expires_at=int(time.time()) + minutes * 60))


def test_what_a_shop_sends_is_taken(client: stripe.StripeClient, params: Params) -> None:
    session = client.v1.checkout.sessions.create(
        params(
            expires_at=int(time.time()) + 35 * 60,
            locale="en-GB",
            adaptive_pricing={"enabled": False},
            excluded_payment_method_types=["sepa_debit"],
            metadata={"k" * 40: "v" * 500, "0": "a number for a name"},
            payment_intent_data={"metadata": {"order": "17"}, "transfer_group": "order_17"},
            **lines(
                product_data={"name": "Śnieżka – ring “54”", "images": ["http://127.0.0.1/r.jpg"]}
            ),
        )
    )

    assert session.metadata
    assert session.metadata.to_dict() == {"k" * 40: "v" * 500, "0": "a number for a name"}
    assert session.payment_method_types == ["card"]


def test_lists_check_their_parameters_too(client: stripe.StripeClient) -> None:
    for given in ({"limit": 101}, {"limit": 0}, {"foo": 1}, {"starting_after": "re_nothing"}):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.refunds.list(given)  # type: ignore[arg-type]
