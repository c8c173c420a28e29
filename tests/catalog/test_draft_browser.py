"""A maker types, the line goes, it comes back: nothing typed is lost, nothing needs a new page."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from catalog.models import Collection, Draft
from designers.models import Designer
from tests import factories as make

pytestmark = pytest.mark.journey


@pytest.fixture
def live(ines: Designer, transactional_db: None) -> Collection:
    collection = make.make_collection(designer=ines, title="Low Water")
    make.make_shown_piece(collection=collection)
    return collection


@pytest.fixture
def page(
    live: Collection,
    alice: User,
    logged_in: Callable[[User], object],
    live_server: object,
    browser: Browser,
) -> Page:
    """The collection's page in Alice's browser, its scripts awake."""
    url = live_server.url  # type: ignore[attr-defined]
    session = logged_in(alice).cookies["sessionid"].value  # type: ignore[attr-defined]
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    page = context.new_page()
    page.goto(f"{url}/admin/catalog/collection/{live.pk}/change/")
    page.locator("draft-keeper:defined").wait_for(state="attached")
    page.locator("story-editor:defined").wait_for(state="attached")
    return page


def test_typed_without_a_line_it_is_sent_when_the_line_is_back(
    page: Page, live: Collection
) -> None:
    told = page.locator("draft-keeper")
    page.locator("[name=title]").fill("High Water")
    expect(told).to_contain_text("Draft kept at")
    page.context.set_offline(True)
    page.locator("[name=teaser]").fill("who walks out")
    expect(told).to_contain_text("Kept on this device")
    assert "teaser" not in Draft.objects.get().answers["fields"]
    page.context.set_offline(False)
    expect(told).to_contain_text("Draft kept at")
    assert Draft.objects.get().answers["fields"]["teaser"]["is"] == ["who walks out"]
    page.reload()
    expect(page.locator("[name=teaser]")).to_have_value("who walks out")
    live.refresh_from_db()
    assert live.title == "Low Water"


def test_a_closed_tab_sends_what_it_kept_when_it_is_opened_again(page: Page) -> None:
    page.context.set_offline(True)
    page.locator("[name=teaser]").fill("who walks out")
    expect(page.locator("draft-keeper")).to_contain_text("Kept on this device")
    address, context = page.url, page.context
    page.close(run_before_unload=False)
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    expect(again.locator("[name=teaser]")).to_have_value("who walks out")
    assert Draft.objects.get().answers["fields"]["teaser"]["is"] == ["who walks out"]


def test_a_block_is_added_and_shown_without_leaving_the_page(page: Page) -> None:
    page.evaluate("document.body.dataset.same = 'yes'")
    page.get_by_role("button", name="Quotation").click()
    field = page.locator("[name=blocks-1-text]")
    expect(field).to_be_focused()
    field.fill("I look for what was handled.")
    shown = page.frame_locator("iframe[name=preview]")
    expect(shown.get_by_text("I look for what was handled.")).to_be_attached()
    page.get_by_role("button", name="Remove this block").last.click()
    expect(page.get_by_role("button", name="Bring back")).to_be_visible()
    assert page.evaluate("document.body.dataset.same") == "yes"
