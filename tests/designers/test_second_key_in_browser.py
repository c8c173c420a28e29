"""The second key in a real browser: a passkey is made and opens the workshop; axe and CSP."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from tests.designers.keys import figures, with_app
from tests.factories import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SETUP = "/admin/your-second-key/"
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def nobody_tried_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone that knows passkeys; a word of the policy on its console fails the test."""
    said: list[str] = []
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    page = context.new_page()
    page.on("console", lambda word: said.append(word.text) if word.type == "error" else None)
    phone = context.new_cdp_session(page)
    phone.send("WebAuthn.enable")
    phone.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
    yield page
    context.close()
    assert [word for word in said if "Content Security Policy" in word] == []


def come_in(page: Page, base: str) -> None:
    page.goto(f"{base}/admin/login/")
    page.get_by_label("Log in as").fill("alice")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def leave(page: Page, base: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{base}/admin/")
    expect(page).to_have_url(f"{base}/admin/login/?next=/admin/")
    page.locator("pass-key:defined").wait_for()


def test_a_passkey_is_made_and_opens_the_workshop(
    alice: User, live_server: Any, page: Page
) -> None:
    base = live_server.url
    come_in(page, base)
    page.goto(f"{base}{SETUP}")
    page.get_by_role("link", name="Add a passkey").click()
    page.locator("pass-key:defined").wait_for()
    page.get_by_label("What it lies on").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator(".keys__paper li")).to_have_count(10)
    key = Authenticator.objects.get(user=alice, type="webauthn")
    assert key.wrap().name == "My phone"

    leave(page, base)
    page.get_by_role("button", name="With a passkey").click()
    expect(page).to_have_url(f"{base}/admin/")

    leave(page, base)
    come_in(page, base)
    expect(page).to_have_url(f"{base}/workshop/second-key/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{base}/admin/")


def test_six_figures_send_themselves_and_work_without_script(
    alice: User, live_server: Any, page: Page, browser: Browser
) -> None:
    base = live_server.url
    secret, _paper = with_app("alice")
    come_in(page, base)
    page.locator("code-field:defined").wait_for()
    page.get_by_label("Code").press_sequentially(figures(secret, later=1))
    expect(page).to_have_url(f"{base}/admin/")
    plain = browser.new_context(java_script_enabled=False).new_page()
    cache.clear()  # the same figures again
    come_in(plain, base)
    plain.get_by_label("Code").fill(figures(secret, later=1))
    plain.get_by_role("button", name="Go in").click()
    expect(plain).to_have_url(f"{base}/admin/")
    plain.context.close()


def test_axe_finds_nothing(alice: User, live_server: Any, browser: Browser) -> None:
    """axe writes styles of its own, which the policy would rightly refuse."""
    base = live_server.url
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    found: list[str] = []

    def look() -> None:
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            lacks = Axe().run(page).response["violations"]
            found.extend(f"{page.url} {lack['id']} {lack['nodes'][0]['html']}" for lack in lacks)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{page.url}: wider than {width}")

    page.goto(f"{base}/admin/login/")
    look()
    come_in(page, base)
    for address in (SETUP, f"{SETUP}passkey/", f"{SETUP}app/"):
        page.goto(f"{base}{address}")
        look()
    secret = page.locator(".keys__secret").inner_text().replace(" ", "")
    page.get_by_label("Its six figures").fill(figures(secret))
    page.locator(".keys__paper").wait_for()
    look()
    page.goto(f"{base}{SETUP}")
    look()
    page.context.clear_cookies()
    come_in(page, base)
    look()
    context.close()
    assert not found, "\n".join(found)
