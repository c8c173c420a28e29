"""Disputes and refunds in a real browser: axe and the CSP find nothing, a phone shows all of it."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page

from designers.models import Designer
from orders.models import Dispute, Order, PaymentAttempt, Refund
from tests import factories as make
from tests.catalog.test_admin_browser import page_of, words_on_console

pytestmark = pytest.mark.journey
type LogIn = Callable[[User], Client]


@pytest.fixture
def disputes(ines: Designer, transactional_db: None) -> list[Dispute]:
    """One to answer, one lost of a part, one answered."""
    collection = make.make_collection(designer=ines)
    rings = [make.make_piece(collection=collection) for _ in range(3)]
    some = [make.make_dispute(make.make_order(ring)) for ring in rings]
    lost, answered = some[1:]
    Dispute.objects.filter(pk=lost.pk).update(status="lost", amount=2_000)
    told = {"customer_name": "Mara Quinn"}
    sent = Dispute.objects.filter(pk=answered.pk)
    sent.update(status="under_review", answer="sent", evidence=told)
    return some


def refund_of(order: Order, **columns: Any) -> Refund:
    return Refund.objects.create(
        order=order, attempt=PaymentAttempt.objects.get(order=order), amount=500, **columns
    )


def lacks(page: Page) -> list[str]:
    return [
        f"{lack['id']} {[node['html'][:160] for node in lack['nodes'][:2]]}"
        for lack in Axe().run(page).response["violations"]
    ]


@pytest.mark.parametrize("width", [390, 1440])
def test_each_page_is_clean(
    width: int,
    disputes: list[Dispute],
    owner: User,
    logged_in: LogIn,
    live_server: Any,
    browser: Browser,
) -> None:
    order = disputes[0].order
    made = refund_of(order, idempotency_key="dashboard:re_1", state="succeeded")
    refund_of(order, idempotency_key="refund:x", state="failed", error="lost_or_stolen_card")
    Order.objects.filter(pk=order.pk).update(state="review", review_reason="Sold meanwhile.")
    addresses = [reverse("admin:orders_dispute_change", args=[one.pk]) for one in disputes]
    addresses += [
        reverse("admin:orders_dispute_changelist"),
        reverse("admin:orders_dispute_evidence", args=[disputes[0].pk]),
        reverse("admin:orders_order_change", args=[order.pk]),
        reverse("admin:orders_order_allocate", args=[order.pk, made.pk]),
        reverse("admin:orders_parcel_refund", args=[order.parcels.get().pk]),
        reverse("admin:orders_parcel_changelist"),
    ]
    cookie = logged_in(owner).cookies["sessionid"].value
    found: list[str] = []
    for address in addresses:
        url = live_server.url + address
        with page_of(browser, live_server.url, cookie, width) as page:
            found += [f"{address}: {word}" for word in words_on_console(page, url)]
        # axe writes styles of its own, which the policy would rightly refuse.
        with page_of(browser, live_server.url, cookie, width, bypass_csp=True) as page:
            page.goto(url)
            found += [f"{address}: {lack}" for lack in lacks(page)]
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{address}: {wide} wide"] if wide > width else []
    assert not found, "\n".join(found)


def test_the_answer_is_seen_before_it_is_sent(
    disputes: list[Dispute],
    owner: User,
    logged_in: LogIn,
    live_server: Any,
    browser: Browser,
) -> None:
    cookie = logged_in(owner).cookies["sessionid"].value
    address = reverse("admin:orders_dispute_change", args=[disputes[0].pk])
    with page_of(browser, live_server.url, cookie, 390, bypass_csp=True) as page:
        page.goto(live_server.url + address)
        page.get_by_label("In your own words").fill("She wears it.\nSince Tuesday.")
        page.get_by_role("button", name="See what is sent").click()
        assert page.get_by_text("Since Tuesday.").is_visible()
        assert not lacks(page)
        page.get_by_role("button", name="Change something").click()
        assert page.get_by_label("In your own words").input_value().endswith("Since Tuesday.")
