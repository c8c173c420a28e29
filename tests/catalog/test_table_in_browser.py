"""The pages of tables on a telephone and a desk: without script, narrow, clean, and whole."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, FilePayload, Page

from catalog.models import Piece
from designers.models import Designer
from tests import factories as make
from tests.catalog import tables

pytestmark = pytest.mark.journey
LogIn = Callable[[User], Client]


@pytest.mark.parametrize("width", [390, 1440])
def test_a_table_is_sent_looked_at_and_taken_over(
    width: int,
    alice: User,
    ines: Designer,
    logged_in: LogIn,
    transactional_db: None,
    live_server: Any,
    browser: Browser,
) -> None:
    collection = make.make_collection(designer=ines, title="Low Water")
    make.make_piece(collection=collection, slug="tide", making="stocked")
    cookie = logged_in(alice).cookies["sessionid"].value
    context = browser.new_context(
        viewport={"width": width, "height": 844}, java_script_enabled=False, bypass_csp=False
    )
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(live_server.url + reverse(tables.PAGE))
    send(page, [{"address": "tide", "title": "x" * 81}])
    assert "line 2" in page.inner_text("main")
    assert page.locator("button:has-text('Take')").count() == 0
    page.click("text=Send another file")
    send(page, [{"address": "tide", "price": "1.200", "care": "Keep dry"}])
    assert "was read as 1,200" in page.inner_text("main")
    look = page.url
    clean(browser, cookie, live_server.url, [live_server.url + reverse(tables.PAGE), look], width)
    page.click("button:has-text('Take it over')")
    assert "1 piece was taken over." in page.inner_text("main")
    assert Piece.objects.get().care == "Keep dry"
    assert not said
    context.close()


def send(page: Page, rows: list[dict[str, Any]]) -> None:
    file = FilePayload(name="t.csv", mimeType="text/csv", buffer=tables.csv_of(rows))
    page.set_input_files("input[type=file]", file)
    page.click("button:has-text('See what it would change')")


def clean(browser: Browser, cookie: str, base: str, pages: list[str], width: int) -> None:
    """Axe finds nothing, and no page is wider than its window."""
    context = browser.new_context(viewport={"width": width, "height": 844}, bypass_csp=True)
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": base}])
    page = context.new_page()
    beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for url in pages:
        page.goto(url)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert page.evaluate(beyond) <= 0, url
        lacks = Axe().run(page).response["violations"]
        assert not [(lack["id"], lack["nodes"][0]["html"][:160]) for lack in lacks]
    context.close()
