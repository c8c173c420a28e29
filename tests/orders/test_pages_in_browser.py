"""The pages of who buys in a real browser: nothing for axe to say, no script needed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import Piece, PieceMaterial
from orders import holds
from orders.models import Hold, Waiting
from orders.scarce import waiting
from sandbox.testing import StripeSandbox
from tests.factories import (
    make_cart,
    make_material,
    make_order,
    make_photo,
    make_piece,
    make_rate,
)
from tests.orders.builders import only_variant
from tests.orders.test_waiting import in_line

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WIDTHS = [390, 1440]
# What WCAG 2.2 AA and axe's best practice ask for.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(autouse=True)
def shop(stripe: StripeSandbox, settings: Any, live_server: LiveServer) -> str:
    make_rate(amount=0)
    cache.clear()
    settings.SITE_URL = live_server.url
    # As shop.settings does where STRIPE_API_BASE is set from the start.
    to_stripe = settings.SECURE_CSP["form-action"] + [stripe.base_url]
    settings.SECURE_CSP = settings.SECURE_CSP | {"form-action": to_stripe}
    return str(live_server.url)


def a_ring() -> Piece:
    piece = make_piece(title="Tidestone ring", has_certificate=True, engraving_letters=18)
    PieceMaterial.objects.create(piece=piece, material=make_material())
    make_photo(piece.designer, piece=piece)
    return piece


def put(page: Page, shop: str, piece: Piece) -> None:
    page.goto(shop + piece.get_absolute_url())
    page.locator("#buy button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Basket")


def put_and_count(page: Page, shop: str, piece: Piece) -> None:
    """As ``put``; the script that counts down comes a moment after the page."""
    put(page, shop, piece)
    expect(page.locator("hold-timer:defined")).to_be_attached()


def is_clean(page: Page) -> None:
    page.evaluate(
        "() => { for (const d of document.querySelectorAll('main details')) d.open = true }"
    )
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert not found, [(rule["id"], rule["nodes"][0]["html"]) for rule in found]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_from_basket_to_checkout(page: Page, shop: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    piece = a_ring()
    page.goto(f"{shop}/cart/")
    is_clean(page)
    put(page, shop, piece)
    is_clean(page)
    page.goto(f"{shop}/checkout/")
    is_clean(page)
    page.get_by_role("button", name=re.compile("^Pay ")).click()
    expect(page.get_by_text("things to put right")).to_be_visible()
    is_clean(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_the_orders_pages(page: Page, shop: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    order = make_order(a_ring(), payment_note="Visa ending 4242")
    for path in (
        order.get_absolute_url(),
        f"{order.get_absolute_url()}certificates/{order.lines.get().pk}/",
        "/orders/find/?asked",
        "/checkout/return/",
    ):
        page.goto(shop + path)
        is_clean(page)


def test_all_of_it_works_without_a_script(browser: Any, shop: str, stripe: StripeSandbox) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    put(page, shop, a_ring())
    expect(page.get_by_text("held for you for 30 minutes")).to_be_visible()
    page.get_by_role("button", name="extend").click()
    page.get_by_text("Is this parcel a present?").click()
    page.get_by_label("Wrap it").check()
    page.get_by_role("button", name=re.compile("^Pay ")).click()
    expect(page.get_by_label("Wrap it")).to_be_checked()
    page.get_by_label("E-mail").fill("jonas@example.eu")
    page.get_by_label("Country").select_option("IE")
    page.get_by_role("button", name=re.compile("^Pay ")).click()
    expect(page).to_have_url(re.compile(re.escape(stripe.base_url)))
    page.goto(f"{shop}/checkout/back/")
    page.get_by_role("button", name="take it out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your basket is empty")


def test_back_from_stripe_asks_nothing_and_knows_what_was_typed(
    page: Page, shop: str, stripe: StripeSandbox
) -> None:
    put(page, shop, a_ring())
    page.goto(f"{shop}/checkout/")
    pay = page.get_by_role("button", name=re.compile("^Pay "))
    pay.click()
    expect(page).to_have_title(re.compile("^To put right"))
    page.get_by_label("E-mail").fill("jonas@example.eu")
    page.get_by_label("Country").select_option("IE")
    pay.click()
    expect(page).to_have_url(re.compile(re.escape(stripe.base_url)))
    page.go_back()
    expect(page.get_by_label("E-mail")).to_have_value("jonas@example.eu")


def test_the_clock_counts_down_and_speaks_twice(page: Page, shop: str) -> None:
    page.clock.install()
    put_and_count(page, shop, a_ring())
    voice = page.locator("hold-timer [role=status]")
    page.clock.fast_forward("20:00")
    expect(page.get_by_text("held for you for 10 minutes")).to_be_visible()
    expect(voice).to_have_text("")
    page.clock.fast_forward("05:10")
    expect(voice).to_have_text("Five minutes left. You can extend the time.")
    page.clock.fast_forward("05:00")
    expect(page.get_by_text("no longer held, but still free")).to_be_visible()
    expect(voice).to_have_text(re.compile("The time is over."))
    expect(page.get_by_role("button", name="hold it again")).to_be_visible()


def test_a_tab_that_slept_warns_when_it_wakes(page: Page, shop: str) -> None:
    page.clock.install()
    put_and_count(page, shop, a_ring())
    page.clock.fast_forward("27:10")
    expect(page.locator("hold-timer [role=status]")).to_have_text(re.compile("Five minutes left"))


def test_a_browser_whose_clock_is_wrong_counts_right(page: Page, shop: str) -> None:
    page.clock.install(time="2001-01-01T00:00:00Z")
    put_and_count(page, shop, a_ring())
    expect(page.get_by_text("held for you for 30 minutes")).to_be_visible()


def test_one_press_of_a_key_extends_once_warned(page: Page, shop: str) -> None:
    page.clock.install()
    put_and_count(page, shop, a_ring())
    page.clock.fast_forward("25:10")
    warning = page.locator("hold-timer [role=status]")
    expect(warning).to_be_visible()
    is_clean(page)
    page.get_by_role("button", name="extend").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("held for you for 30 minutes")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/cart/#line-\d+$"))
    assert Hold.objects.get().extensions == 1


@pytest.mark.parametrize("width", WIDTHS)
def test_whatever_page_one_reads_warns_and_extends(page: Page, shop: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.clock.install()
    put_and_count(page, shop, a_ring())
    page.goto(f"{shop}/checkout/")
    expect(page.locator(".basket-link")).to_have_text(re.compile("1"))
    page.get_by_label("E-mail").fill("jonas@example.eu")
    warning = page.locator("hold-warning form")
    voice = page.locator("hold-warning [role=status]")
    page.clock.fast_forward("24:30")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("01:00")
    expect(warning).to_be_visible()
    expect(voice).to_have_text(re.compile("Five minutes left .* You can extend the time."))
    is_clean(page)
    warning.get_by_role("button", name="extend").focus()
    page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    expect(voice).to_have_text("The time is extended.")
    expect(page.get_by_label("E-mail")).to_have_value("jonas@example.eu")
    assert Hold.objects.get().extensions == 1
    page.clock.fast_forward("30:10")
    expect(voice).to_have_text(re.compile("The time is over."))
    expect(warning.get_by_role("button", name="extend")).to_be_hidden()


def test_who_has_nothing_in_the_basket_is_not_bothered(page: Page, shop: str) -> None:
    page.clock.install()
    page.goto(f"{shop}/pieces/")
    page.clock.fast_forward("40:00")
    expect(page.locator("hold-warning form")).to_be_hidden()


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_where_one_waits(page: Page, shop: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    ring = a_ring()
    (row,) = in_line(only_variant(ring), "mara")
    row.state, row.confirmed_at = Waiting.State.ASKED, None
    row.save()
    held = holds.take(only_variant(ring), make_cart())
    page.goto(shop + ring.get_absolute_url())
    is_clean(page)
    page.locator(".tell-me").get_by_label("E-mail").fill("jonas@example.eu")
    page.get_by_role("button", name="Tell me if it returns").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    page.goto(shop + row.get_absolute_url())
    is_clean(page)
    page.get_by_role("button", name="Yes, tell me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We will tell you")
    is_clean(page)
    holds.release(held)
    waiting.serve_all()
    page.reload()
    is_clean(page)
    page.get_by_role("button", name="Put it in my basket").click()
    expect(page.get_by_text("held for you for 30 minutes")).to_be_visible()
    page.goto(shop + ring.get_absolute_url())
    expect(page.locator("#buy").get_by_role("link", name="Go to the basket")).to_be_visible()


def test_a_page_that_was_kept_learns_that_somebody_has_the_ring(
    new_context: Callable[..., Any], shop: str
) -> None:
    piece = a_ring()
    early, quick = new_context().new_page(), new_context().new_page()
    early.goto(shop + piece.get_absolute_url())
    put(quick, shop, piece)
    early.evaluate("dispatchEvent(new Event('pageshow'))")
    button = early.locator("#buy button[type=submit]")
    expect(button).to_have_text(re.compile("in a basket until"))
    expect(button).to_be_disabled()
    quick.goto(shop + piece.get_absolute_url())
    expect(quick.get_by_text(re.compile("held for you until")).first).to_be_visible()
    expect(quick.locator(".basket-link")).to_have_text(re.compile("1"))


def test_the_page_that_waits_moves_on_by_itself(page: Page, shop: str) -> None:
    order = make_order(a_ring(), state="awaiting_payment")
    page.goto(shop + order.get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirming your payment")
    order.state = "paid"
    order.save(update_fields=["state"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, Mara", timeout=15_000)
