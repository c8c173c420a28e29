"""The pages of tables on a telephone and a desk: without script, narrow, clean, and whole."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Browser, FilePayload, Page

from catalog.models import Piece
from designers.models import Designer
from tests import factories as make
from tests.catalog import tables
from tests.designers.walking import page_of, wrong_on

pytestmark = pytest.mark.journey


def test_a_table_is_sent_looked_at_and_taken_over(
    alice: User, ines: Designer, transactional_db: None, live_server: Any, browser: Browser
) -> None:
    collection = make.make_collection(designer=ines, title="Low Water")
    make.make_piece(collection=collection, slug="tide", making="stocked")
    with page_of(alice, live_server.url, browser, java_script_enabled=False) as page:
        _walk(page, live_server.url, browser)


def _walk(page: Page, base: str, browser: Browser) -> None:
    page.goto(base + reverse(tables.PAGE))
    send(page, [{"address": "tide", "title": "x" * 81}])
    assert "line 2" in page.inner_text("main")
    assert page.locator("button:has-text('Take')").count() == 0
    page.click("text=Send another file")
    send(page, [{"address": "tide", "price": "1.200", "care": "Keep dry"}])
    assert "was read as 1,200" in page.inner_text("main")
    look = page.url.removeprefix(base)
    session = next(c["value"] for c in page.context.cookies() if c["name"] == "sessionid")
    assert not wrong_on([look], session, base, browser)
    page.click("button:has-text('Take it over')")
    assert "1 piece was taken over." in page.inner_text("main")
    assert Piece.objects.get().care == "Keep dry"


def send(page: Page, rows: list[dict[str, Any]]) -> None:
    file = FilePayload(name="t.csv", mimeType="text/csv", buffer=tables.csv_of(rows))
    page.set_input_files("input[type=file]", file)
    page.click("button:has-text('See what it would change')")
