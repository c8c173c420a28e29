"""What Stripe kept of a payment is written down when it is known, and never waited for."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now
from pytest_django import Settings

from orders import ledger, settlement, sweeping
from orders.models import LedgerEntry, Order, PaymentAttempt
from orders.prices import fees
from sandbox.testing import StripeSandbox
from tests.factories import make_piece
from tests.orders.builders import deliver, opened, session_of
from tests.orders.conftest import SECRET

pytestmark = pytest.mark.django_db
Account = LedgerEntry.Account


@pytest.fixture
def paid(stripe: StripeSandbox) -> PaymentAttempt:
    """1,109.00 paid a moment ago; of the fee nothing is known here."""
    attempt = opened(make_piece())
    stripe.pay(session_of(attempt))
    settled = settlement.settle(session_of(attempt))
    assert settled
    assert settled.order.state == Order.State.PAID
    return settled


def updated(stripe: StripeSandbox, attempt: PaymentAttempt) -> dict[str, object]:
    """The event that tells the fee; it comes a tenth of a second after the payment."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for event in stripe.events("charge.updated"):
            if event["data"]["object"]["id"] == attempt.charge:
                return event
        time.sleep(0.02)
    raise TimeoutError


def fee() -> int | None:
    return PaymentAttempt.objects.get().fee


def test_the_order_is_paid_before_it_is_known(paid: PaymentAttempt) -> None:
    assert fee() is None
    assert ledger.balance(Account.STRIPE) == paid.received


def test_the_event_brings_it_into_the_ledger(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    event = updated(stripe, paid)
    for _time in range(2):
        assert deliver(client, event, SECRET).status_code == 200

    expected = paid.received * 15 // 1000 + 25
    assert fee() == expected
    assert ledger.balance(Account.FEE) == expected
    assert ledger.balance(Account.STRIPE) == paid.received - expected
    assert LedgerEntry.objects.filter(kind="fee").count() == 1
    assert not ledger.unbalanced().exists()


def test_a_change_of_a_charge_before_the_fee_is_known_waits(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orders.payments.fee_of", lambda _charge: None)
    assert deliver(client, updated(stripe, paid), SECRET).status_code == 200
    assert fee() is None


def test_in_another_currency_it_is_not_known(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, settings: Settings
) -> None:
    settings.SHOP_CURRENCY = "usd"
    assert deliver(client, updated(stripe, paid), SECRET).status_code == 200
    assert fee() is None


def test_the_sweep_asks_after_ten_minutes_and_not_twice_an_hour(
    stripe: StripeSandbox, paid: PaymentAttempt, settings: Settings
) -> None:
    updated(stripe, paid)
    assert sweeping.ask_fees() == 0

    settings.SHOP_CURRENCY = "usd"
    PaymentAttempt.objects.update(created_at=now() - fees.QUIET - timedelta(seconds=1))
    assert [sweeping.ask_fees(), sweeping.ask_fees()] == [1, 0]

    settings.SHOP_CURRENCY = "eur"
    PaymentAttempt.objects.update(fee_asked_at=now() - fees.PAUSE - timedelta(seconds=1))
    assert [sweeping.ask_fees(), sweeping.ask_fees()] == [1, 0]
    assert fee()


def test_it_is_not_asked_for_for_ever(stripe: StripeSandbox, paid: PaymentAttempt) -> None:
    PaymentAttempt.objects.update(created_at=now() - fees.GIVE_UP - timedelta(seconds=1))
    assert sweeping.ask_fees() == 0


def test_a_charge_that_is_not_ours_is_left_alone(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    PaymentAttempt.objects.update(charge="ch_other")
    assert deliver(client, updated(stripe, paid), SECRET).status_code == 200
    assert fee() is None


def test_without_an_answer_the_event_comes_again(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    event = updated(stripe, paid)
    stripe.faults("/v1/charges/*", "500", times=3)
    assert deliver(client, event, SECRET).status_code == 500
    assert deliver(client, event, SECRET).status_code == 200
    assert fee()
