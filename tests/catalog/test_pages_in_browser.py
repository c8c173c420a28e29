"""Browsing and looking closely by keyboard: where one was is where one goes on."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from catalog import index
from tests.catalog.pages import furnish

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_who_goes_by_keyboard_goes_on_where_they_were(page: Page, live_server: Any) -> None:
    page.emulate_media(reduced_motion="reduce")  # the zoom listens once it stands still
    furnish(pieces=2)
    index.forget()
    page.goto(f"{live_server.url}/pieces/")
    expect(page.locator("facet-form:defined")).to_have_count(2)
    rings = page.get_by_role("checkbox", name=re.compile("^Rings"))
    rings.focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("kind=ring"))
    expect(page).to_have_title(re.compile("^Pieces: rings"))
    expect(rings).to_be_focused()

    page.locator(".piece-card a").first.click()
    expect(page.locator("photo-gallery:defined")).to_be_attached()
    photograph = page.locator(".photo-gallery__reel a").first
    photograph.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=re.compile("^Photographs of"))
    expect(dialog).to_have_class(re.compile("pswp--ui-visible"))
    expect(page.locator("main")).to_have_attribute("inert", "")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(photograph).to_be_focused()
