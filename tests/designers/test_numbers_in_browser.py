"""Each page of a maker with two thousand pieces, as a telephone gets it from a real shop.

Under 150 KB on the wire without pictures, no sideways scrolling, no word from the Content
Security Policy, and nothing that axe finds.
"""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, Request

from designers.models import Designer
from tests.designers import bench_of_two_thousand as bench
from tests.services.live_shop import LiveShop

pytestmark = pytest.mark.journey
LogIn = Callable[[User], Client]
MOST = 150_000
# Answers to scripts, papers for the printer, and a page of the shop itself in a frame.
_NO_PAGES = ("draft/", "state/", "bench/", "slip/", "preview/")
# Pages that differ from another one in a sentence: opened by the tests of their subjects.
_ALIKE = ("history/", "delete/")


@pytest.fixture
def telephone(live_shop: LiveShop, browser: Browser, alice: User, logged_in: LogIn) -> Any:
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=live_shop.url)
    cookie = logged_in(alice).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_shop.url}])
    page = context.new_page()
    # Each page as somebody gets it who has never been here.
    context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    yield page
    context.close()


def test_each_page_is_light_narrow_and_clean(
    telephone: Page, alice: User, ines: Designer, logged_in: LogIn
) -> None:
    bench.stock_up(ines)
    pages = bench.pages_of(alice, logged_in(alice))
    found, weights = [], {}
    for name, url in pages.items():
        if name.endswith((*_NO_PAGES, *_ALIKE)):
            continue
        weights[name], said = opened(telephone, url)
        found += [f"{name}: {word}" for word in said]
    print(sorted(((w, n) for n, w in weights.items()), reverse=True))
    heavy = {name: weight for name, weight in weights.items() if weight > MOST}
    assert not heavy
    assert not found, "\n".join(found)


def opened(page: Page, url: str) -> tuple[int, list[str]]:
    """What the page weighs on the wire without pictures, and what is wrong with it."""
    said: list[str] = []
    came: list[Request] = []
    listeners: dict[Any, Any] = {
        "console": lambda message: said.append(message.text),
        "pageerror": lambda error: said.append(str(error)),
        "requestfinished": lambda request: came.append(request),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    page.goto(url, wait_until="networkidle")
    weight = sum(_size(request) for request in came if request.resource_type != "image")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    if page.evaluate(beyond) > 0:
        said.append("wider than the window")
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    # axe writes styles of its own, which the policy rightly refuses: what it causes comes later.
    wrong = [word for word in said if "404" not in word]
    lacks = Axe().run(page).response["violations"]
    return weight, wrong + [f"{lack['id']}: {lack['nodes'][0]['html'][:160]}" for lack in lacks]


def _size(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]
