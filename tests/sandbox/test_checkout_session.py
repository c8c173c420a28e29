import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.testing import StripeSandbox

type Sessions = Callable[..., stripe.checkout.Session]


def test_a_new_session_is_open_and_has_a_page(
    new_session: Sessions, sandbox: StripeSandbox
) -> None:
    session = new_session(metadata={"order": "17"}, customer_email="jonas@example.eu")

    assert session.id.startswith("cs_test_")
    assert session.url == f"{sandbox.base_url}/c/pay/{session.id}"
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount_subtotal, session.amount_total, session.currency) == (
        64000,
        64000,
        "eur",
    )
    assert session.metadata
    assert session.metadata.to_dict() == {"order": "17"}
    assert session.expires_at - session.created == 24 * 60 * 60
    assert session.payment_intent is None
    assert session.livemode is False


def test_the_sdk_finds_every_field_its_type_promises(new_session: Sessions) -> None:
    session = new_session()
    # Only there when asked for, or when another parameter calls for them.
    extra = {
        "branding_settings", "excluded_payment_method_types", "line_items", "name_collection",
        "presentment_details", "redirect_on_completion", "return_url", "tax_id_collection",
        "currency_conversion",
    }  # fmt: skip

    missing = [
        name
        for name in stripe.checkout.Session.__annotations__
        if not name.startswith("_") and name.islower() and name not in session
    ]

    assert set(missing) <= extra | {"object", "deleted"}


def test_lines_come_ten_to_a_page(
    client: stripe.StripeClient, new_session: Sessions, ring: Any
) -> None:
    session = new_session(line_items=[ring(1000 + place) for place in range(25)])

    first = client.v1.checkout.sessions.line_items.list(session.id)
    every = client.v1.checkout.sessions.line_items.list(
        session.id, {"limit": 10, "expand": ["data.price.product"]}
    )
    amounts = [line.amount_total for line in every.auto_paging_iter()]

    assert (len(first.data), first.has_more) == (10, True)
    assert amounts == [1000 + place for place in range(25)]
    product = every.data[0].price and every.data[0].price.product
    assert isinstance(product, stripe.Product)
    assert product.name == "Tidestone ring, 54"


def test_expanding_lines_shows_the_first_ten(
    client: stripe.StripeClient, new_session: Sessions, ring: Any
) -> None:
    session = new_session(line_items=[ring() for _ in range(12)])

    found = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})

    assert found.line_items
    assert (len(found.line_items.data), found.line_items.has_more) == (10, True)


def test_a_field_that_is_no_object_cannot_be_expanded(
    client: stripe.StripeClient, new_session: Sessions
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.checkout.sessions.retrieve(new_session().id, {"expand": ["status"]})


def test_sessions_are_listed_newest_first_a_page_at_a_time(
    client: stripe.StripeClient, new_session: Sessions
) -> None:
    made = [new_session().id for _ in range(3)]
    since: Any = {"created": {"gte": int(time.time()) - 60}, "limit": 2}

    first = client.v1.checkout.sessions.list(since)
    after = client.v1.checkout.sessions.list({"limit": 2, "starting_after": made[1]})

    assert [session.id for session in first.data] == [made[2], made[1]]
    assert first.has_more is True
    assert after.data[0].id == made[0]


def test_sessions_are_listed_by_status_and_payment(
    client: stripe.StripeClient, new_session: Sessions, sandbox: StripeSandbox
) -> None:
    session = new_session()
    sandbox.pay(session.id)
    payment = client.v1.checkout.sessions.retrieve(session.id).payment_intent

    found = client.v1.checkout.sessions.list({"payment_intent": str(payment)})
    complete = client.v1.checkout.sessions.list({"status": "complete"})

    assert [one.id for one in found.data] == [session.id]
    assert {one.status for one in complete.data} == {"complete"}


def test_an_unknown_session_is_a_404(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.retrieve("cs_test_nothing")

    assert refused.value.http_status == 404
    assert refused.value.code == "resource_missing"


def test_an_expired_session_cannot_be_paid(
    client: stripe.StripeClient, new_session: Sessions, sandbox: StripeSandbox
) -> None:
    session = client.v1.checkout.sessions.expire(new_session().id)

    assert (session.status, session.url) == ("expired", None)
    assert sandbox.pay(session.id)["status"] == "closed"
    assert sandbox.events("checkout.session.expired")[-1]["data"]["object"]["id"] == session.id


@pytest.mark.parametrize("ended", ["paid", "expired"])
def test_only_an_open_session_can_be_expired(
    client: stripe.StripeClient, new_session: Sessions, sandbox: StripeSandbox, ended: str
) -> None:
    session = new_session()
    if ended == "paid":
        sandbox.pay(session.id)
    else:
        sandbox.act("expire", session.id)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.expire(session.id)

    assert 'Only Checkout Sessions with a status in ["open"]' in str(refused.value)
    assert refused.value.http_status == 400


def test_a_discount_is_spread_over_the_lines(
    client: stripe.StripeClient, new_session: Sessions, ring: Any
) -> None:
    coupon = client.v1.coupons.create({"amount_off": 1000, "currency": "eur"})

    session = new_session(
        discounts=[{"coupon": coupon.id}], line_items=[ring(1000), ring(1000), ring(1000)]
    )
    lines = client.v1.checkout.sessions.line_items.list(session.id).data

    assert (session.amount_subtotal, session.amount_total) == (3000, 2000)
    assert session.total_details
    assert session.total_details.amount_discount == 1000
    assert sorted(line.amount_discount for line in lines) == [333, 333, 334]


def test_the_first_shipping_option_counts_until_another_is_chosen(
    client: stripe.StripeClient, new_session: Sessions, sandbox: StripeSandbox
) -> None:
    options = [
        {
            "shipping_rate_data": {
                "display_name": name,
                "type": "fixed_amount",
                "fixed_amount": {"amount": amount, "currency": "eur"},
            }
        }
        for name, amount in (("Post", 500), ("Courier", 1500))
    ]
    session = new_session(shipping_options=options)
    assert session.amount_total == 64500

    sandbox.pay(session.id, shipping_rate=str(session.shipping_options[1].shipping_rate))
    paid = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})

    assert paid.amount_total == 65500
    assert isinstance(paid.payment_intent, stripe.PaymentIntent)
    assert paid.payment_intent.amount == 65500
    assert paid.shipping_cost
    assert paid.shipping_cost.amount_total == 1500


def test_the_address_is_in_collected_information(
    client: stripe.StripeClient, new_session: Sessions, sandbox: StripeSandbox
) -> None:
    session = new_session(
        shipping_address_collection={"allowed_countries": ["PT", "DE"]},
        phone_number_collection={"enabled": True},
    )

    sandbox.pay(session.id, name="Jonas Weber", address={"country": "DE", "city": "Kiel"})
    paid = client.v1.checkout.sessions.retrieve(session.id)

    assert paid.collected_information
    details = paid.collected_information.shipping_details
    assert details
    assert (details.name, details.address.city, details.address.country) == (
        "Jonas Weber",
        "Kiel",
        "DE",
    )
    assert paid.customer_details
    assert paid.customer_details.phone == "+351 912 345 678"
    assert "shipping_details" not in paid


def test_paid_and_expired_in_the_same_instant_is_one_of_the_two(
    client: stripe.StripeClient, new_session: Sessions, sandbox: StripeSandbox
) -> None:
    for _ in range(8):
        session = new_session()

        def expire(id: str = session.id) -> None:
            with contextlib.suppress(stripe.InvalidRequestError):
                client.v1.checkout.sessions.expire(id)

        racing = threading.Thread(target=expire)
        racing.start()
        paid = sandbox.pay(session.id)["status"] == "paid"
        racing.join()

        ended = client.v1.checkout.sessions.retrieve(session.id)
        assert ended.status == ("complete" if paid else "expired")
        assert (ended.payment_status == "paid") is paid
        assert bool(ended.payment_intent) is paid
