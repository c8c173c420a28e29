"""Payouts and statements in a real browser: axe finds nothing, the CSP nothing, a phone fits."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Browser

from orders import sweeping
from sandbox.testing import StripeSandbox
from tests.catalog.test_admin_browser import LogIn, page_of, words_on_console
from tests.factories import make_piece
from tests.orders.payout_builders import paid_order, posted, sent
from tests.orders.test_payouts_blocked import capability_lost
from tests.orders.test_payouts_taken_back import give_back

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def addresses(stripe: StripeSandbox, owner: User) -> list[str]:
    """Of payouts that were sent, owed, refused, and that wait for the house's bank."""
    first, _other = sent(stripe, 10_000, 20_000)
    stripe.act("pay_out", first.parcel.designer.account.stripe_id or "")
    give_back(first.parcel.order, owner, 5_000)
    sweeping.take_back()
    stuck = capability_lost(stripe)
    waiting = posted(paid_order(stripe, make_piece()))[0]
    by_hand, page = reverse("admin:orders_payout_by_hand"), "admin:orders_payout_change"
    return [
        reverse("admin:orders_payout_changelist"),
        *(reverse(page, args=[payout.pk]) for payout in (first, stuck)),
        by_hand,
        f"{by_hand}?maker={waiting.parcel.designer_id}",
        f"{reverse('admin:orders_payout_statement')}?maker={first.parcel.designer_id}",
    ]


@pytest.mark.parametrize("width", [390, 1440])
def test_each_page_is_clean(
    width: int,
    addresses: list[str],
    owner: User,
    logged_in: LogIn,
    live_server: Any,
    browser: Browser,
) -> None:
    cookie = logged_in(owner).cookies["sessionid"].value
    found: list[str] = []
    for address in addresses:
        url = live_server.url + address
        with page_of(browser, live_server.url, cookie, width) as page:
            found += [f"{address}: {word}" for word in words_on_console(page, url)]
        # axe writes styles of its own, which the policy would rightly refuse.
        with page_of(browser, live_server.url, cookie, width, bypass_csp=True) as page:
            page.goto(url)
            found += [
                f"{address}: {lack['id']} {[node['html'][:160] for node in lack['nodes'][:2]]}"
                for lack in Axe().run(page).response["violations"]
            ]
    assert not found, "\n".join(found)


def test_the_sum_is_said_and_confirmed_without_script(
    addresses: list[str], owner: User, logged_in: LogIn, live_server: Any, browser: Browser
) -> None:
    cookie = logged_in(owner).cookies["sessionid"].value
    plain = {"java_script_enabled": False}
    with page_of(browser, live_server.url, cookie, 390, **plain) as page:
        page.goto(live_server.url + addresses[4])
        page.get_by_label("Reference").fill("SEPA 17")
        page.get_by_role("button", name="See what it comes to").click()
        page.get_by_role("button", name="Yes, 911").click()
        assert "was paid." in page.content()
