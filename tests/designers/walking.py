"""Somebody with a telephone who opens page after page of the workshop and notes what is wrong."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

SIZES: list[ViewportSize] = [{"width": 1440, "height": 900}, {"width": 390, "height": 844}]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Without preload: it would fetch every style sheet again, for the one rule of turned screens.
OPTIONS = {
    "resultTypes": ["violations"],
    "preload": False,
    "runOnly": {"type": "tag", "values": RULES},
}
# Asked of the page, not of the console: axe writes styles of its own, which the policy refuses.
LISTEN = """
    window.refused = []
    addEventListener("securitypolicyviolation", word => {
        refused.push(`the policy refused ${word.violatedDirective} ${word.blockedURI}`)
    })
"""
# A closed part is looked at too; a page within a page is the shop's, and clean elsewhere.
OPEN = """() => {
    document.querySelectorAll("details").forEach(one => { one.open = true })
    document.querySelectorAll("iframe").forEach(one => one.remove())
    return refused
}"""
BEYOND = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def wrong_on(
    addresses: Iterable[str],
    who: User | str | None,
    base: str,
    browser: Browser,
    *,
    drawn: Mapping[str, str] | None = None,
) -> list[str]:
    """What axe, the console, the policy, the status and the width of each page say against it.

    ``drawn`` names, by address, what a script must have drawn first.
    """
    found, said = [], list[str]()
    with page_of(who, base, browser) as page:
        page.add_init_script(LISTEN)
        page.on("console", lambda word: said.extend(_complaint(word)))
        page.on("pageerror", lambda error: said.append(str(error)))
        for address in addresses:
            wrong = _wrong_on(page, base + address, (drawn or {}).get(address, "body"))
            found += [f"{address}: {word}" for word in [*wrong, *said]]
            said.clear()
    return found


@contextmanager
def page_of(who: User | str | None, base: str, browser: Browser, **options: Any) -> Iterator[Page]:
    """A page of somebody who has logged in (or of a session), on a telephone unless said."""
    context = browser.new_context(**{"viewport": SIZES[-1]} | options)
    if who:
        value = who if isinstance(who, str) else _session_of(who)
        context.add_cookies([{"name": "sessionid", "value": value, "url": base}])
    yield context.new_page()
    context.close()


def _session_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def _complaint(word: ConsoleMessage) -> list[str]:
    """Of the policy tell the pages; the photographs of these tests have no files behind them."""
    known = "Content Security Policy" in word.text or "/photos/" in word.location["url"]
    return [] if known or word.type not in {"error", "warning"} else [word.text]


def _wrong_on(page: Page, url: str, drawn: str) -> list[str]:
    answer = page.goto(url)
    page.locator(drawn).first.wait_for()
    found = [] if answer and answer.ok else [f"status {answer and answer.status}"]
    found += page.evaluate(OPEN)
    for size in SIZES:
        page.set_viewport_size(size)
        if (beyond := page.evaluate(BEYOND)) > 0:
            found.append(f"{beyond} px beyond {size['width']}")
    return found + lacks_of(page)


def lacks_of(page: Page) -> list[str]:
    """What axe finds on a page that is open; the first two places of each."""
    lacks = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{lack['id']} {[_place(node) for node in lack['nodes'][:2]]}" for lack in lacks]


def _place(node: dict[str, Any]) -> str:
    return str(node["html"])[:160]
