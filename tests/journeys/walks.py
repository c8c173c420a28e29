"""The steps that journeys share, as a shopper takes them: by what they read and press."""

import re

from playwright.sync_api import Page, expect

from catalog.models import Piece
from tests.factories import PASSWORD

PAYS = re.compile(r"^Pay ")
EMAIL = "jonas@example.eu"
GOOD_CARD = "4242 4242 4242 4242"


def put_in_basket(page: Page, shop: str, piece: Piece) -> None:
    """From the piece's page into the basket, which shows it held."""
    page.goto(f"{shop}{piece.get_absolute_url()}")
    page.get_by_role("button", name=re.compile("Put in the basket|Have it made")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Basket")


def go_to_pay(page: Page, *, country: str = "DE") -> None:
    """From the basket through the one step before paying to the hosted page."""
    page.get_by_role("button", name=PAYS).first.click()
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Country").select_option(country)
    page.get_by_role("button", name=PAYS).first.click()
    expect(page).to_have_title(re.compile("demo|sandbox|stand-in", re.IGNORECASE))


def fill_card(page: Page, number: str = GOOD_CARD) -> None:
    """Name, address and card on the hosted page."""
    fields = {
        "name": "Jonas Weber",
        "line1": "Lindenstraße 14",
        "postal_code": "50674",
        "city": "Köln",
        "phone": "+49 221 1234567",
        "number": number,
        "expiry": "12 / 34",
        "cvc": "123",
    }
    for name, value in fields.items():
        field = page.locator(f"#pay [name={name}]")
        if field.count():
            field.fill(value)


def pay(page: Page, number: str = GOOD_CARD) -> None:
    """Fill in the hosted page and press its button."""
    fill_card(page, number)
    page.locator("#pay [data-pay]").click()


def expect_thanks(page: Page) -> None:
    """The order's own page, paid, at its unguessable address."""
    expect(page).to_have_url(re.compile(r"/orders/[\w-]{20,}/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you", timeout=20_000)


def log_in(page: Page, shop: str, username: str) -> None:
    """Into the workshop, as a designer or the owner."""
    page.goto(f"{shop}/admin/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    expect(page).to_have_url(f"{shop}/admin/")
