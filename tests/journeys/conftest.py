"""A browser of each kind of shopper."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.fixtures import Settings

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@pytest.fixture(
    params=[
        pytest.param((PHONE, True), id="phone"),
        pytest.param((DESK, True), id="desk"),
        pytest.param((PHONE, False), id="phone-without-javascript"),
    ]
)
def shopper(request: pytest.FixtureRequest, new_page: Callable[..., Page]) -> Page:
    """A page in a browser: phone, desk, and phone without JavaScript."""
    viewport, javascript = request.param
    return new_page(viewport=viewport, java_script_enabled=javascript)


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """``new_page()`` opens another person's browser; a violation of the CSP fails the test."""
    contexts: list[BrowserContext] = []
    violations: list[str] = []

    def open_page(**options: object) -> Page:
        context = browser.new_context(**{"viewport": DESK, "locale": "en-GB"} | options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: (
                violations.append(message.text)
                if "Content Security Policy" in message.text
                else None
            ),
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert violations == []


@pytest.fixture(autouse=True)
def real_passwords(settings: Settings) -> None:
    """The shop's own processes do not know the tests' quick hasher."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
