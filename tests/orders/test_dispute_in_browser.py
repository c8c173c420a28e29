"""Disputes and refunds in a real browser: axe and the CSP find nothing, a phone shows all of it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Browser

from designers.models import Designer
from orders.models import Dispute, Order, PaymentAttempt, Refund
from tests import factories as make
from tests.designers.walking import lacks_of, page_of, wrong_on

pytestmark = pytest.mark.journey


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


def test_each_page_is_clean(
    disputes: list[Dispute], owner: User, live_server: Any, browser: Browser
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
    found = wrong_on(addresses, owner, live_server.url, browser)
    assert not found, "\n".join(found)


def test_the_answer_is_seen_before_it_is_sent(
    disputes: list[Dispute], owner: User, live_server: Any, browser: Browser
) -> None:
    address = reverse("admin:orders_dispute_change", args=[disputes[0].pk])
    with page_of(owner, live_server.url, browser) as page:
        page.goto(live_server.url + address)
        page.get_by_label("In your own words").fill("She wears it.\nSince Tuesday.")
        page.get_by_role("button", name="See what is sent").click()
        assert page.get_by_text("Since Tuesday.").is_visible()
        assert not lacks_of(page)
        page.get_by_role("button", name="Change something").click()
        assert page.get_by_label("In your own words").input_value().endswith("Since Tuesday.")
