"""Two owners who press at once, in real threads, on whichever database runs."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import Variant
from orders import payments, refunds
from orders.models import Order, OrderLine, PaymentAttempt, Refund
from orders.refundable import Part
from sandbox.testing import StripeSandbox
from tests.orders.builders import deliver
from tests.orders.conftest import SECRET
from tests.orders.test_races import kinds, together
from tests.orders.test_refunds import at_stripe, bought, line, stands, studs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def paid(stripe: StripeSandbox) -> PaymentAttempt:
    """Three pairs of studs at 100.00 and the post at 9.00."""
    return bought(stripe, (studs(), 3))


def press(paid: PaymentAttempt, owner: User, **wishes: Any) -> Callable[[], Refund]:
    """An owner's press, with an order of their own as they read it before."""
    defaults: dict[str, Any] = {"reason": "x", "by": owner, "token": uuid4()}
    order = Order.objects.get(pk=paid.order_id)
    return partial(refunds.request, order, **defaults | wishes)


def test_of_many_who_give_the_last_piece_back_one_does(paid: PaymentAttempt, owner: User) -> None:
    parts = [Part(line(), 3, 30_000, restock=True)]

    results = together([press(paid, owner, lines=parts) for _owner in range(8)])

    assert kinds(results)["Refund"] == 1
    assert kinds(results)["TooMuch"] == 7
    assert at_stripe(paid) == [30_000]
    assert stands() == ("partially_refunded", 30_000, 0, 30_000, 3)
    assert Variant.objects.get().stock == 3


def test_many_parts_never_sum_to_more_than_was_paid(paid: PaymentAttempt, owner: User) -> None:
    acts = [press(paid, owner, free_amount=4_000) for _owner in range(6)]
    acts += [press(paid, owner, lines=[Part(line(), 1, 10_000)]) for _owner in range(4)]
    acts += [press(paid, owner, shipping=900) for _owner in range(2)]

    results = together(acts)

    # NotRefundable: the sums happened to fill up exactly.
    assert set(kinds(results)) <= {"Refund", "TooMuch", "NotRefundable"}
    given = sum(result.amount for result in results if isinstance(result, Refund))
    assert given <= paid.order.total
    assert sum(at_stripe(paid)) == given == Order.objects.get().refunded_total
    assert OrderLine.objects.get().refunded <= 30_000
    assert Order.objects.get().shipping_refunded <= 900


def test_one_form_sent_ten_times_at_once_is_one_refund(paid: PaymentAttempt, owner: User) -> None:
    token = uuid4()

    results = together([press(paid, owner, free_amount=500, token=token)] * 10)

    assert kinds(results) == {"Refund": 10}
    assert len({result.pk for result in results}) == 1
    assert at_stripe(paid) == [500]
    assert stands()[1] == 500


def test_pressing_while_stripe_tells_of_it_counts_once(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    press(paid, owner, free_amount=500)()
    events = stripe.events("refund.created", "charge.refunded")[-2:]
    acts: list[Callable[[], Any]] = [
        lambda event=event: deliver(Client(), event, SECRET).status_code  # type: ignore[misc]
        for event in events * 3
    ]
    acts += [press(paid, owner, free_amount=700), lambda: refunds.sync(paid.payment_intent)]

    results = together(acts)

    assert results[:6] == [200] * 6
    assert at_stripe(paid) == [500, 700]
    assert stands()[1] == 1_200
    assert Refund.objects.count() == 2


def test_dashboard_and_shop_at_once_agree_in_the_end(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    together(
        [
            press(paid, owner, lines=[Part(line(), 2, 20_000)]),
            lambda: stripe.act("refund", paid.charge, 20_000),
        ]
    )

    refunds.sync(paid.payment_intent)
    assert at_stripe(paid) == [20_000]
    assert Order.objects.get().refunded_total == 20_000
    assert len(payments.list_refunds(paid.payment_intent)) == 1
