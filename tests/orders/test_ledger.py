"""Every cent of an order is written from one account to another, and nothing is left over."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from orders import ledger, refundable, refunds, settlement
from orders.models import LedgerEntry, Order
from orders.prices.shares import Share
from sandbox.testing import StripeSandbox
from tests.factories import make_designer, make_order, make_piece, make_user
from tests.orders.builders import opened, session_of

pytestmark = pytest.mark.django_db
Account = LedgerEntry.Account


@pytest.fixture
def nuala() -> User:
    return make_user("nuala", is_superuser=True)


def paid_order(stripe: StripeSandbox, *prices: int) -> Order:
    """Paid at the stand-in; each piece of a designer of its own, 18 % commission, post 9.00."""
    pieces = [make_piece(price=price) for price in prices]
    attempt = opened(*pieces)
    stripe.pay(session_of(attempt))
    settlement.settle(session_of(attempt))
    return Order.objects.get(pk=attempt.order_id)


def balances(order: Order) -> dict[str, int]:
    sums = {str(account): ledger.balance(account, order.ledger.all()) for account in Account}
    return {account: sum_ for account, sum_ in sums.items() if sum_}


def test_a_payment_is_divided_between_maker_and_house(stripe: StripeSandbox) -> None:
    order = paid_order(stripe, 10_000)

    assert balances(order) == {"stripe": 10_900, "designer": -(8_200 + 900), "commission": -1_800}


def test_nothing_is_written_twice(stripe: StripeSandbox) -> None:
    order = paid_order(stripe, 10_000)
    before = order.ledger.count()

    assert ledger.bring_up(order) == 0
    settlement.settle(order.attempts.get().session_id or "")
    assert order.ledger.count() == before
    assert not ledger.is_behind(order)


def test_three_refunds_of_a_third_end_at_nothing(stripe: StripeSandbox, nuala: User) -> None:
    order = paid_order(stripe, 10_001)

    for amount in (3_333, 3_333, 3_335):
        line = order.lines.get()
        part = refundable.Part(line, quantity=0, amount=amount)
        refunds.request(order, lines=[part], reason="bent", by=nuala, token=uuid4())
    assert balances(order) == {"stripe": 900, "designer": -900}
    assert not ledger.unbalanced().exists()


def test_the_post_goes_back_from_the_maker_a_gift_from_the_house(
    stripe: StripeSandbox, nuala: User
) -> None:
    order = paid_order(stripe, 10_000)

    refunds.request(order, shipping=900, free_amount=500, reason="late", by=nuala, token=uuid4())
    assert balances(order) == {
        "stripe": 9_500,
        "designer": -8_200,
        "commission": -1_800,
        "goodwill": 500,
    }


def test_what_comes_back_from_a_bank_is_written_the_other_way(
    stripe: StripeSandbox, nuala: User
) -> None:
    order = paid_order(stripe, 10_000)
    whole = balances(order)
    refund = refunds.request(order, shipping=900, reason="late", by=nuala, token=uuid4())

    stripe.act("refund_comes_back", refund.stripe_id or "")
    refunds.sync(order.attempts.get().payment_intent)
    assert balances(order) == whole


def test_money_that_could_not_be_honoured_is_nobodys(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece(price=10_000))
    Order.objects.filter(pk=attempt.order_id).update(state=Order.State.CANCELLED)
    stripe.pay(session_of(attempt))
    settlement.settle(session_of(attempt))

    order = attempt.order
    assert order.ledger.filter(kind="payment", credit=Account.SUSPENSE).get().amount == 10_900
    assert balances(order) == {}


def test_an_entry_has_two_accounts_and_an_amount() -> None:
    order = make_order(make_piece())
    for columns in ({"debit": "stripe"}, {"amount": 0}, {"debit": "designer"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LedgerEntry.objects.create(
                **{"order": order, "number": 1, "credit": "stripe", "amount": 1, "debit": "order"}
                | columns
            )


@pytest.mark.parametrize("paid", [1, 7, 99, 100])
def test_the_parts_of_a_share_are_the_whole(paid: int) -> None:
    whole = Share(paid=100, designer=75, commission=20, tax=8, discount=3)

    part = whole.part(paid)
    assert part.paid + part.discount == part.designer + part.commission + part.tax
    assert whole.part(100) == whole
    assert Share(paid=0, designer=82, commission=18, tax=0, discount=100).part(0) == Share(
        0, 0, 0, 0, 0
    )


def test_designers_do_not_share_each_others(stripe: StripeSandbox) -> None:
    order = paid_order(stripe, 10_000)
    assert not LedgerEntry.objects.filter(designer=make_designer()).exists()
    assert order.ledger.filter(kind="sale", debit="order", credit="designer").exists()
