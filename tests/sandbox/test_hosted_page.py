"""The page without scripts: plain requests, as a browser with JavaScript off sends them."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.testing import StripeSandbox

type Sessions = Callable[..., stripe.checkout.Session]
RATE = {"type": "fixed_amount", "fixed_amount": {"amount": 500, "currency": "eur"}}


def status(client: stripe.StripeClient, id: str) -> tuple[str | None, str]:
    found = client.v1.checkout.sessions.retrieve(id)
    return found.status, found.payment_status


def test_it_shows_what_is_paid_and_says_that_it_is_a_demo(
    new_session: Sessions, ring: Any, browse: Any
) -> None:
    line = ring(quantity=2)
    line["price_data"]["product_data"] |= {
        "description": "Silver & granite <b>",
        "images": ["http://127.0.0.1:8000/media/ring.jpg"],
    }
    page = browse(new_session(line_items=[line], customer_email="jonas@example.eu").url)

    assert "A demo. No money moves here." in page.html
    assert "Pay 1,280.00 EUR" in page.html
    assert "Tidestone ring, 54 × 2" in page.html
    assert "Silver &amp; granite &lt;b&gt;" in page.html
    assert 'src="http://127.0.0.1:8000/media/ring.jpg"' in page.html
    assert page.value("email") == "jonas@example.eu"
    assert 'href="http://127.0.0.1:8000/cart/"' in page.html


def test_its_policy_allows_no_inline_code(new_session: Sessions, browse: Any) -> None:
    page = browse(new_session().url)

    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "form-action 'self' http://127.0.0.1:8000" in policy
    assert " style=" not in page.html
    assert "<script>" not in page.html


def test_paying_leads_back_to_the_shop(
    client: stripe.StripeClient, new_session: Sessions, browse: Any, typed: Any
) -> None:
    session = new_session()

    page = browse(session.url, **typed(session))

    assert page.status == 303
    assert page.location == f"http://127.0.0.1:8000/orders/x/?session_id={session.id}"
    assert status(client, session.id) == ("complete", "paid")
    again = browse(session.url, **typed(session))
    assert "This is paid already" in again.html


def test_a_double_submit_pays_once(
    client: stripe.StripeClient, new_session: Sessions, browse: Any, typed: Any
) -> None:
    session = new_session()
    form = typed(session)
    threads = [threading.Thread(target=lambda: browse(session.url, **form)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    paid = client.v1.checkout.sessions.retrieve(session.id)
    charges = client.v1.charges.list({"payment_intent": str(paid.payment_intent)})
    assert len(charges.data) == 1


def test_a_declined_card_is_told_with_its_reason_and_can_be_changed(
    client: stripe.StripeClient, new_session: Sessions, browse: Any, typed: Any
) -> None:
    session = new_session()

    page = browse(session.url, **typed(session, number="4000 0000 0000 9995"))

    assert "Your card has insufficient funds." in page.html
    assert "Code card_declined, insufficient_funds." in page.html
    assert page.value("email") == "jonas@example.eu"
    assert status(client, session.id) == ("open", "unpaid")
    assert browse(session.url, **typed(session)).status == 303


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("number", "4111 1111 1111 1111", "not one of the test cards"),
        ("number", "", "Give a card number"),
        ("expiry", "12 / 20", "This date is past"),
        ("expiry", "13 / 30", "Give month and year"),
        ("cvc", "12", "Give three figures"),
        ("email", "jonas", "Give an e-mail address"),
    ],
)
def test_mistakes_are_told_beside_their_field(
    client: stripe.StripeClient,
    new_session: Sessions,
    browse: Any,
    typed: Any,
    field: str,
    value: str,
    says: str,
) -> None:
    session = new_session()

    page = browse(session.url, **typed(session, **{field: value}))

    assert says in page.html
    assert f'aria-describedby="{field}-error"' in page.html
    assert f'id="{field}-error"' in page.html
    assert page.value(field) == value
    assert client.v1.checkout.sessions.retrieve(session.id).payment_intent is None


def test_a_test_card_fills_the_form_and_keeps_what_was_typed(
    new_session: Sessions, browse: Any
) -> None:
    page = browse(new_session().url, fill="4000002500003155", email="jonas@example.eu")

    assert page.value("number") == "4000 0025 0000 3155"
    assert (page.value("expiry"), page.value("cvc")) == ("12 / 30", "123")
    assert page.value("email") == "jonas@example.eu"


def test_a_test_card_is_all_a_demo_needs(new_session: Sessions, browse: Any, typed: Any) -> None:
    session = new_session(
        shipping_address_collection={"allowed_countries": ["PT", "DE"]},
        phone_number_collection={"enabled": True},
    )

    page = browse(session.url, fill="4242424242424242", city="Lübeck")

    names = ("email", "name", "line1", "city", "phone", "number", "expiry", "cvc")
    filled = {name: page.value(name) for name in names}
    assert filled["city"] == "Lübeck"
    assert '<option value="DE" selected>' in page.html
    assert browse(session.url, **typed(session, country="DE", **filled)).status == 303


@pytest.mark.parametrize(
    ("act", "ends"),
    [
        ("complete", ("complete", "paid")),
        ("fail", ("open", "unpaid")),
        ("silent", ("open", "unpaid")),
    ],
)
def test_the_banks_page(
    client: stripe.StripeClient,
    new_session: Sessions,
    browse: Any,
    typed: Any,
    sandbox: StripeSandbox,
    act: str,
    ends: tuple[str, str],
) -> None:
    session = new_session()
    asked = browse(session.url, **typed(session, number="4000 0025 0000 3155"))
    assert asked.location == f"/c/pay/{session.id}/bank"
    bank = sandbox.base_url + asked.location
    assert "ending 3155" in browse(bank).html

    answered = browse(bank, act=act)

    assert status(client, session.id) == ends
    if act == "fail":
        assert "payment_intent_authentication_failure" in browse(session.url).html
    if act == "silent":
        assert answered.location == session.cancel_url


def test_a_delayed_payment(
    client: stripe.StripeClient, new_session: Sessions, browse: Any, typed: Any
) -> None:
    session = new_session()

    page = browse(session.url, **typed(session, act="later", number="", expiry="", cvc=""))

    assert page.status == 303
    assert status(client, session.id) == ("complete", "unpaid")
    assert "The payment is on its way" in browse(f"{session.url}").html


def test_an_expired_page_leads_back_to_the_shop(
    new_session: Sessions, sandbox: StripeSandbox, browse: Any, typed: Any
) -> None:
    session = new_session()
    sandbox.act("expire", session.id)

    for page in (browse(session.url), browse(session.url, **typed(session))):
        assert "This page has timed out" in page.html
        assert 'href="http://127.0.0.1:8000/cart/"' in page.html


def test_an_unknown_page_is_a_404(sandbox: StripeSandbox, browse: Any) -> None:
    assert browse(f"{sandbox.base_url}/c/pay/cs_test_nothing").status == 404


def test_an_address_is_asked_for_and_checked(
    client: stripe.StripeClient, new_session: Sessions, browse: Any, typed: Any
) -> None:
    session = new_session(
        shipping_address_collection={"allowed_countries": ["PT", "DE"]},
        phone_number_collection={"enabled": True},
    )
    where = {
        "name": "Jonas Weber",
        "line1": "Kaistraße 3",
        "city": "Kiel",
        "postal_code": "24114",
        "country": "DE",
        "phone": "+49 431 123456",
    }

    assert ">Germany</option>" in browse(session.url).html
    assert "France" not in browse(session.url).html
    wrong = browse(session.url, **typed(session, **where | {"country": "FR", "phone": ""}))
    assert "Choose a country" in wrong.html
    assert "Give a telephone number" in wrong.html
    assert browse(session.url, **typed(session, **where)).status == 303

    paid = client.v1.checkout.sessions.retrieve(session.id)
    assert paid.collected_information
    assert paid.collected_information.shipping_details
    assert paid.collected_information.shipping_details.address.line1 == "Kaistraße 3"


def test_another_shipping_rate_is_paid_only_after_its_total_was_shown(
    client: stripe.StripeClient, new_session: Sessions, browse: Any, typed: Any
) -> None:
    dear = RATE | {"fixed_amount": {"amount": 1500, "currency": "eur"}}
    session = new_session(
        shipping_options=[
            {"shipping_rate_data": RATE | {"display_name": "Post"}},
            {"shipping_rate_data": dear | {"display_name": "Courier"}},
        ]
    )
    courier = {"shipping_rate": str(session.shipping_options[1].shipping_rate)}

    told = browse(session.url, **typed(session, **courier))
    assert "The total is now 655.00 EUR" in told.html
    assert status(client, session.id) == ("open", "unpaid")

    paid = browse(session.url, **typed(session, **courier, total=told.value("total")))
    assert paid.status == 303
    assert client.v1.checkout.sessions.retrieve(session.id).amount_total == 65500


def test_a_form_of_another_site_is_turned_away(
    client: stripe.StripeClient, new_session: Sessions, browse: Any, typed: Any
) -> None:
    session = new_session()

    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        assert browse(session.url, headers=headers, **typed(session)).status == 403
    assert status(client, session.id) == ("open", "unpaid")


@pytest.mark.parametrize("name", ["x" * 5000, "\x00", "‮", "'\"><script>alert(1)</script>"])
def test_odd_input_is_kept_as_text(
    new_session: Sessions, browse: Any, typed: Any, name: str
) -> None:
    session = new_session()

    page = browse(session.url, **typed(session, email=name))

    assert page.status == 200
    assert "<script>alert" not in page.html
