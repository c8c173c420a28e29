"""The pages in a real browser: keyboard, phone, accessibility, no word from the policy."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sandbox.testing import StripeSandbox

type Sessions = Callable[..., stripe.checkout.Session]
WIDTHS = [390, 1440]
FULL: dict[str, Any] = {
    "shipping_address_collection": {"allowed_countries": ["PT", "DE"]},
    "phone_number_collection": {"enabled": True},
    "shipping_options": [
        {
            "shipping_rate_data": {
                "display_name": name,
                "type": "fixed_amount",
                "fixed_amount": {"amount": amount, "currency": "eur"},
            }
        }
        for name, amount in (("Post", 0), ("Courier", 1500))
    ],
}


@pytest.fixture
def quiet_page(page: Page) -> Iterator[Page]:
    """A page on whose console nothing may be said."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    assert not said


@pytest.fixture
def home(sandbox: StripeSandbox) -> dict[str, str]:
    """Addresses that can be reached without a shop."""
    return {
        "success_url": f"{sandbox.base_url}/panel?session_id={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{sandbox.base_url}/panel",
    }


def check(page: Page) -> None:
    """No axe violation, no sideways scrolling."""
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_accessible(
    quiet_page: Page, new_session: Sessions, sandbox: StripeSandbox, home: Any, width: int
) -> None:
    page = quiet_page
    page.set_viewport_size({"width": width, "height": 900})
    session = new_session(**FULL, **home)
    page.goto(str(session.url))
    page.get_by_text("More test cards").click()
    check(page)
    page.get_by_role("button", name="Pay 640.00 EUR").click()
    expect(page.get_by_role("alert")).to_contain_text("Please look again")
    check(page)

    plain = new_session(**home, customer_email="jonas@example.eu")
    page.goto(str(plain.url))
    page.get_by_role("button", name="4000 0025 0000 3155").click()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The bank asks")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Complete it").click()
    expect(page.get_by_role("heading", name="Panel")).to_be_visible()
    assert f"session_id={plain.id}" in page.url
    check(page)
    page.goto(str(plain.url))
    check(page)


def test_declined_then_paid_by_keyboard(quiet_page: Page, new_session: Sessions, home: Any) -> None:
    page = quiet_page
    page.goto(str(new_session(**home).url))
    page.get_by_label("Email").fill("jonas@example.eu")
    page.get_by_role("button", name="4000 0000 0000 0002").press("Enter")
    expect(page.get_by_label("Number")).to_have_value("4000 0000 0000 0002")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Code card_declined, generic_decline")

    # The page came anew, and its script a moment after it.
    page.wait_for_load_state()
    page.get_by_label("Number").fill("4242424242424242")
    expect(page.get_by_label("Number")).to_have_value("4242 4242 4242 4242")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Panel")).to_be_visible()


def test_choosing_a_rate_shows_its_total(
    quiet_page: Page, new_session: Sessions, home: Any
) -> None:
    page = quiet_page
    page.goto(str(new_session(**FULL, **home).url))
    page.get_by_label("Street").fill("Kaistraße 3")

    page.get_by_label("Courier").check()

    expect(page.get_by_role("heading", name="Pay 655.00 EUR")).to_be_visible()
    expect(page.get_by_label("Street")).to_have_value("Kaistraße 3")


def test_a_double_click_pays_once(
    quiet_page: Page, client: stripe.StripeClient, new_session: Sessions, home: Any
) -> None:
    page = quiet_page
    session = new_session(**home, customer_email="jonas@example.eu")
    page.goto(str(session.url))
    page.get_by_role("button", name="4242").click()

    page.get_by_role("button", name="Pay 640.00 EUR").dblclick()

    expect(page.get_by_role("heading", name="Panel")).to_be_visible()
    paid = client.v1.checkout.sessions.retrieve(session.id)
    assert len(client.v1.charges.list({"payment_intent": str(paid.payment_intent)}).data) == 1


def test_a_test_card_is_all_a_demo_needs(
    quiet_page: Page, new_session: Sessions, home: Any
) -> None:
    page = quiet_page
    page.goto(str(new_session(**FULL, **home).url))

    page.get_by_role("button", name="4242").click()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Panel")).to_be_visible()
