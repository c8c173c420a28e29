"""What a refund made at Stripe was for, said once; the ledger follows."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog.models import Variant
from orders import ledger, refundable, refunds
from orders.comparing import refund_mending
from orders.models import Order, PaymentAttempt, Refund
from orders.refundable import Part
from sandbox.testing import StripeSandbox
from tests.orders.test_disputes import balances
from tests.orders.test_refund_page import hidden
from tests.orders.test_refunds import bought, give, line, stands, studs

pytestmark = pytest.mark.django_db
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def paid(stripe: StripeSandbox) -> PaymentAttempt:
    """Three pairs of studs at 100.00 and the post at 9.00."""
    return bought(stripe, (studs(), 3))


def at_stripe(stripe: StripeSandbox, paid: PaymentAttempt, amount: int) -> Refund:
    """A refund made in the Dashboard, of which the shop has heard."""
    stripe.act("refund", paid.charge, amount)
    refunds.sync(paid.payment_intent)
    return Refund.objects.get(amount=amount)


def test_it_was_goodwill_and_becomes_the_lines(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    refund = at_stripe(stripe, paid, 10_900)
    assert balances()["goodwill"] == 10_900
    before = balances()["designer"]

    refund_mending.allocate(refund, lines=[Part(line(), 1, 10_000)], shipping=900, by=owner)

    assert stands() == ("partially_refunded", 10_900, 900, 10_000, 1)
    assert "goodwill" not in balances()
    assert balances()["designer"] == before + 8_200 + 900
    assert not ledger.unbalanced()
    assert Variant.objects.get().stock == 0
    assert Order.objects.get().events.get(kind="refund_allocated").actor == owner


def test_what_is_left_stays_the_houses(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    refund = at_stripe(stripe, paid, 10_900)
    refund_mending.allocate(refund, lines=[Part(line(), 1, 10_000, restock=True)], by=owner)
    assert balances()["goodwill"] == 900
    assert (Variant.objects.get().stock, line().restocked) == (1, 1)


def test_all_of_it_for_no_piece_is_said_once(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    refund = at_stripe(stripe, paid, 500)
    refund_mending.allocate(refund, by=owner)
    refund.refresh_from_db()
    assert not refund.is_to_be_allocated
    with pytest.raises(refundable.NotRefundable):
        refund_mending.allocate(refund, shipping=100, by=owner)


@pytest.mark.parametrize(("lines", "shipping"), [((1, 10_001), 0), ((0, 500), 600), ((4, 900), 0)])
def test_never_more_than_the_refund_the_post_or_the_line(
    stripe: StripeSandbox,
    paid: PaymentAttempt,
    owner: User,
    lines: tuple[int, int],
    shipping: int,
) -> None:
    refund = at_stripe(stripe, paid, 10_000 if lines[1] > 10_000 else 1_000)
    with pytest.raises(refundable.TooMuch):
        refund_mending.allocate(refund, lines=[Part(line(), *lines)], shipping=shipping, by=owner)
    refund.refresh_from_db()
    assert refund.is_to_be_allocated
    assert not refund.lines.exists()


def test_what_the_shop_gave_back_itself_is_not_allocated(paid: PaymentAttempt, owner: User) -> None:
    refund = give(owner, free_amount=500)
    with pytest.raises(refundable.NotRefundable):
        refund_mending.allocate(refund, shipping=100, by=owner)


def test_all_from_the_dashboard_can_still_be_told_apart(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    refund = at_stripe(stripe, paid, 30_900)
    refund_mending.allocate(refund, lines=[Part(line(), 3, 30_000)], shipping=900, by=owner)
    assert stands() == ("refunded", 30_900, 900, 30_000, 3)
    assert "designer" not in balances()


def test_the_owner_says_it_on_the_page_of_the_order(
    stripe: StripeSandbox,
    paid: PaymentAttempt,
    owner: User,
    alice: User,
    logged_in: Callable[[User], Client],
) -> None:
    refund = at_stripe(stripe, paid, 10_900)
    olives = logged_in(owner)
    order_page = reverse("admin:orders_order_change", args=[paid.order_id])
    (address,) = re.findall(r'href="([^"]+/for/)"', olives.get(order_page).content.decode())
    assert f"What were 109{NBSP}€ for?" in olives.get(address).content.decode()
    pk = line().pk
    data = {f"quantity_{pk}": "1", f"restock_{pk}": "on", "shipping": "9"}

    sure = olives.post(address, data).content.decode()
    assert "can be bought again" in sure
    assert stands()[3] == 0
    olives.post(address, hidden(sure))

    assert stands() == ("partially_refunded", 10_900, 900, 10_000, 1)
    text = olives.get(order_page).content.decode()
    assert "to be allocated" not in text
    assert "Pebble studs and Post" in text
    again = olives.post(address, hidden(sure), follow=True).content.decode()
    assert "said already what it was for" in again
    paid.order.parcels.get().designer.members.create(user=alice)
    assert logged_in(alice).get(address).status_code == 404
    assert refund.order_id == paid.order_id


def test_too_much_is_said_beside_the_fields(
    stripe: StripeSandbox,
    paid: PaymentAttempt,
    owner: User,
    logged_in: Callable[[User], Client],
) -> None:
    refund = at_stripe(stripe, paid, 500)
    address = reverse("admin:orders_order_allocate", args=[paid.order_id, refund.pk])
    answer = logged_in(owner).post(address, {"shipping": "9"})
    assert answer.status_code == 400
    assert f"5{NBSP}€ is left" in answer.content.decode()
