"""A designer lets the shop pay them: to Stripe's page, away from it, and through it."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from designers.models import Designer
from orders.models import DesignerAccount
from tests.journeys.walks import log_in
from tests.services.live_shop import LiveShop, running

pytestmark = pytest.mark.journey


@pytest.fixture
def paying_shop(transactional_db: None, static_root: Path, tmp_path: Path) -> Iterator[LiveShop]:
    with running(tmp_path, static_root, extra={"STRIPE_CONNECT": "1"}) as shop:
        yield shop


def wait_for_deliveries(shop: LiveShop, *, seconds: float = 10) -> list[dict[str, Any]]:
    """What Stripe has sent, once nothing is on its way any more."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        sent = shop.stripe.deliveries()
        if all(each["state"] == "delivered" for each in sent):
            return sent
        time.sleep(0.1)
    raise TimeoutError(str(shop.stripe.deliveries()))


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "without-javascript"])
def test_being_paid(
    paying_shop: LiveShop,
    new_page: Callable[..., Page],
    ines: Designer,
    alice: User,
    *,
    javascript: bool,
) -> None:
    page = new_page(java_script_enabled=javascript, viewport={"width": 390, "height": 844})
    log_in(page, paying_shop.url, alice.username)
    expect(page.get_by_text("You cannot be paid yet")).to_be_visible()
    page.get_by_role("link", name="Begin at Stripe").click()
    page.get_by_role("button", name="Begin at Stripe").click()
    expect(page).to_have_title(re.compile("demo|sandbox|stand-in", re.IGNORECASE))

    page.get_by_role("link", name="Later").click()
    expect(page.get_by_text("Stripe asks for a full name.")).to_be_visible()
    assert not DesignerAccount.objects.get().is_ready

    page.get_by_role("button", name="Go on at Stripe").click()
    at_stripe = page.url
    account = DesignerAccount.objects.get().stripe_id
    assert account
    paying_shop.stripe.act("links_run_out", account)
    page.reload()
    expect(page.get_by_role("button", name="Finish")).to_be_visible()
    assert page.url != at_stripe

    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text(re.compile("^All is there"))).to_be_visible()
    assert DesignerAccount.objects.get().is_ready
    paying_shop.stripe.act("ask_for_more", account)
    answered = {each["type"]: each["status"] for each in wait_for_deliveries(paying_shop)}
    assert set(answered.values()) == {200}, answered
    page.goto(f"{paying_shop.url}/admin/")
    expect(page.get_by_text("Stripe asks for a picture of an identity document")).to_be_visible()
    paying_shop.stripe.act("onboard", account)
    wait_for_deliveries(paying_shop)
    page.goto(f"{paying_shop.url}/admin/")
    expect(page.get_by_text(re.compile("You cannot be paid yet|Stripe asks"))).to_have_count(0)
