"""The owner's list of payouts: how each stands, why, and the one act that helps."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from orders import sweeping
from orders.models import OrderEvent
from sandbox.testing import StripeSandbox
from tests.factories import make_member, make_piece
from tests.orders.payout_builders import (
    account,
    books_agree,
    fresh,
    paid_order,
    posted,
    sent,
)
from tests.orders.test_payouts_blocked import capability_lost
from tests.orders.test_payouts_taken_back import give_back

pytestmark = pytest.mark.django_db
__all__ = ["books_agree"]
LIST = reverse("admin:orders_payout_changelist")
type LogIn = Callable[[User], Client]


def page(name: str, pk: int) -> str:
    return reverse(f"admin:orders_payout_{name}", args=[pk])


def test_the_list_tells_the_state_and_the_reason(
    stripe: StripeSandbox, owner: User, logged_in: LogIn
) -> None:
    payout = capability_lost(stripe)
    olives = logged_in(owner)

    text = olives.get(LIST).content.decode()
    assert payout.parcel.order.number in text
    assert "waits for the account" in text
    assert "capabilities" in text
    assert payout.parcel.order.number in olives.get(LIST, {"state": "blocked"}).content.decode()
    assert payout.parcel.order.number not in olives.get(LIST, {"state": "sent"}).content.decode()


def test_a_payouts_page_tells_every_way_of_its_money(
    stripe: StripeSandbox, owner: User, logged_in: LogIn
) -> None:
    payout = sent(stripe, 10_000)[0]
    give_back(payout.parcel.order, owner, 5_000)
    sweeping.take_back()
    stripe.act("pay_out", payout.parcel.designer.account.stripe_id or "")
    give_back(payout.parcel.order, owner, 5_000)
    sweeping.take_back()

    text = logged_in(owner).get(page("change", payout.pk)).content.decode()
    for told in (
        str(payout.transfers.get().stripe_id),
        "taken back",
        "Owed by them",
        "Insufficient",
    ):
        assert told in text


def test_tried_again_it_goes_and_says_who_did_it(
    stripe: StripeSandbox, owner: User, logged_in: LogIn
) -> None:
    payout = capability_lost(stripe)
    stripe.act("onboard", payout.parcel.designer.account.stripe_id or "")
    olives = logged_in(owner)
    assert "Try again" in olives.get(page("change", payout.pk)).content.decode()

    answer = olives.post(page("again", payout.pk), follow=True)
    assert "paid out" in answer.content.decode()
    assert fresh(payout).state == "sent"
    assert OrderEvent.objects.get(kind="payout_tried_again").actor == owner
    assert "Try again" not in olives.get(page("change", payout.pk)).content.decode()
    # Pressed once more it sends nothing.
    olives.post(page("again", payout.pk))
    assert payout.transfers.filter(state="sent").count() == 1


def test_tried_in_vain_it_says_why(stripe: StripeSandbox, owner: User, logged_in: LogIn) -> None:
    payout = capability_lost(stripe)

    answer = logged_in(owner).post(page("again", payout.pk), follow=True)
    assert "capabilities" in answer.content.decode()
    assert fresh(payout).state == "blocked"


def test_nothing_is_changed_by_typing(stripe: StripeSandbox, owner: User, logged_in: LogIn) -> None:
    piece = make_piece()
    account(piece.designer, stripe)
    payout = posted(paid_order(stripe, piece))[0]
    olives = logged_in(owner)

    assert olives.post(page("change", payout.pk), {"state": "sent"}).status_code == 403
    assert olives.post(page("delete", payout.pk), {"post": "yes"}).status_code == 403
    assert olives.get(reverse("admin:orders_payout_add")).status_code == 403
    assert olives.get(page("again", payout.pk)).status_code == 405
    assert fresh(payout).state == "pending"


def test_a_maker_tries_nothing_again(stripe: StripeSandbox, logged_in: LogIn) -> None:
    payout = capability_lost(stripe)
    alices = logged_in(make_member(payout.parcel.designer, "alice"))

    assert alices.post(page("again", payout.pk)).status_code == 403
    own = alices.get(page("change", payout.pk)).content.decode()
    assert "Try again" not in own
    assert payout.parcel.order.number in own
