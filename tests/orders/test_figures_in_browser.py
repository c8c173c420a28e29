"""Figures in a real browser: pages count themselves, charts are drawn, nothing is complained of."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from catalog.models import Piece
from designers.models import Designer
from orders.models import CartLine, Figure
from tests import factories as make
from tests.designers.walking import SIZES, page_of, wrong_on
from tests.orders.test_figures_counted import BROWSER, times
from tests.orders.test_figures_read import count

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ring(ines: Designer) -> Piece:
    story = make.make_collection(designer=ines, title="Low Water")
    piece = make.make_piece(
        collection=story, title="Tidestone ring", sized="ring", making=Piece.Making.STOCKED
    )
    make.make_photo(ines, piece=piece)
    piece.variants.update(label="54")
    make.make_variant(piece, label="60", stock=0)
    cache.clear()
    return piece


def shown(page: Page, address: str) -> None:
    """Goes there, and waits until the page has said so."""
    with page.expect_response(lambda answer: answer.url.endswith("/seen/")):
        page.goto(address)


def test_from_a_story_to_a_basket(ring: Piece, live_server: Any, browser: Browser) -> None:
    context = browser.new_context(user_agent=BROWSER)
    page = context.new_page()
    shown(page, live_server.url + ring.collection.get_absolute_url())
    with page.expect_response(lambda answer: answer.url.endswith("/seen/")):
        page.get_by_role("link", name="Tidestone ring").first.click()
    page.reload(wait_until="networkidle")
    assert {row.subject: row.number for row in Figure.objects.all()} == {
        "collection": 1,
        "piece": 1,
    }

    with page.expect_response(lambda answer: answer.url.endswith("/sizes/asked/")):
        # A label of what cannot be chosen: Playwright would wait for it to become so.
        page.locator(".size-picker label", has_text="60").click(force=True)
    expect(page.get_by_text("60 is not to be had now.")).to_be_visible()
    page.locator("#buy button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Basket")
    assert CartLine.objects.get().story == ring.collection
    assert (times(kind="asked", size="60"), times(kind="basket", size="54")) == (1, 1)
    context.close()


def test_a_size_is_asked_for_without_script(
    ring: Piece, live_server: Any, browser: Browser
) -> None:
    context = browser.new_context(user_agent=BROWSER, java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + ring.get_absolute_url())
    page.get_by_text("Your size is not here?").click()
    page.get_by_label("Size, such as 58").fill("58")
    page.get_by_role("button", name="Tell Inês").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inês sees it")
    assert times(kind="asked", size="58") == 1
    context.close()


def test_each_page_is_clean(ring: Piece, alice: User, live_server: Any, browser: Browser) -> None:
    count(ring, 412)
    count(ring, 29, kind="basket", size="54")
    count(ring, 9, kind="asked", size="58")
    make.make_order(ring)
    drawn = {
        reverse("admin:orders_figure_changelist"): "figure-chart[data-drawn] canvas",
        reverse("admin:index"): ".bench-side .bars",
    }
    found = wrong_on(drawn, alice, live_server.url, browser, drawn=drawn)
    assert not found, "\n".join(found)


def test_a_bar_says_its_day(ring: Piece, alice: User, live_server: Any, browser: Browser) -> None:
    count(ring, 412)
    dusk: dict[str, Any] = {"viewport": SIZES[0], "color_scheme": "dark"}
    with page_of(alice, live_server.url, browser, **dusk) as page:
        page.goto(f"{live_server.url}{reverse('admin:orders_figure_changelist')}?span=year")
        chart = page.locator("figure-chart[data-drawn]").first
        box = chart.locator(".u-over").bounding_box()
        assert box
        page.mouse.move(box["x"] + 3, box["y"] + box["height"] / 2)
        expect(page.locator(".axis__said").first).to_have_text("January: 0")
