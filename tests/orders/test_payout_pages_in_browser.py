"""Payouts and statements in a real browser: axe finds nothing, the CSP nothing, a phone fits."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Browser

from orders import sweeping
from sandbox.testing import StripeSandbox
from tests.designers.walking import page_of, wrong_on
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


def test_each_page_is_clean(
    addresses: list[str], owner: User, live_server: Any, browser: Browser
) -> None:
    found = wrong_on(addresses, owner, live_server.url, browser)
    assert not found, "\n".join(found)


def test_the_sum_is_said_and_confirmed_without_script(
    addresses: list[str], owner: User, live_server: Any, browser: Browser
) -> None:
    with page_of(owner, live_server.url, browser, java_script_enabled=False) as page:
        page.goto(live_server.url + addresses[4])
        page.get_by_label("Reference").fill("SEPA 17")
        page.get_by_role("button", name="See what it comes to").click()
        page.get_by_role("button", name="Yes, 911").click()
        assert "was paid." in page.content()
