"""A bank warns that a payment may be a fraud: the owner is told, and nothing else moves."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils.timezone import now
from pytest_django import Settings

from orders import outbox, settlement
from orders.models import Order, OutboxLetter, Parcel, PaymentAttempt, StripeEvent
from sandbox.testing import StripeSandbox
from tests.factories import make_piece
from tests.orders.builders import deliver, opened, session_of
from tests.orders.conftest import SECRET

pytestmark = pytest.mark.django_db
CREATED = "radar.early_fraud_warning.created"


@pytest.fixture
def paid(stripe: StripeSandbox) -> PaymentAttempt:
    attempt = opened(make_piece())
    stripe.pay(session_of(attempt))
    settled = settlement.settle(session_of(attempt))
    assert settled
    OutboxLetter.objects.all().delete()  # the confirmation
    return settled


def warned(stripe: StripeSandbox, attempt: PaymentAttempt, why: str = "") -> dict[str, Any]:
    stripe.act("warn", attempt.charge, why)
    return stripe.events(CREATED)[-1]


def test_it_stands_on_the_order_and_the_owner_gets_one_letter(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, settings: Settings
) -> None:
    event = warned(stripe, paid)
    for _time in range(2):
        assert deliver(client, event, SECRET).status_code == 200
        StripeEvent.objects.update(state=StripeEvent.State.FAILED)

    (noted,) = Order.objects.get().events.filter(kind="fraud_warning")
    assert noted.text == "the card is stolen"
    assert Order.objects.get().state == Order.State.PAID
    outbox.send_letter.call(OutboxLetter.objects.get().pk)
    (sent,) = mail.outbox
    assert sent.to == [settings.SHOP_EMAIL]
    assert paid.order.number in sent.subject
    assert "Nothing of it was posted yet." in " ".join(str(sent.body).split())


def test_the_letter_says_that_something_was_posted(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    Parcel.objects.update(state=Parcel.State.SHIPPED, shipped_at=now())
    deliver(client, warned(stripe, paid, "misc"), SECRET)
    outbox.send_letter.call(OutboxLetter.objects.get().pk)
    body = " ".join(str(mail.outbox[0].body).split())
    assert "Something of it was posted already." in body
    assert "it does not say why" in body


def test_once_all_went_back_nobody_is_alarmed(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    deliver(client, warned(stripe, paid), SECRET)
    Order.objects.update(state=Order.State.REFUNDED)
    outbox.send_letter.call(OutboxLetter.objects.get().pk)
    assert mail.outbox == []


def test_a_payment_of_another_shop_is_left_alone(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, settings: Settings
) -> None:
    PaymentAttempt.objects.update(charge="ch_other")
    settings.SITE_URL = "https://another.example"
    assert deliver(client, warned(stripe, paid), SECRET).status_code == 200
    assert not OutboxLetter.objects.exists()


def test_one_that_says_it_is_ours_comes_again(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    PaymentAttempt.objects.update(charge="")
    event = warned(stripe, paid)
    assert deliver(client, event, SECRET).status_code == 500
    PaymentAttempt.objects.update(charge=paid.charge)
    assert deliver(client, event, SECRET).status_code == 200
    assert OutboxLetter.objects.count() == 1


@pytest.mark.parametrize("why", ["nonsense", "fraudulent"])
def test_banks_give_only_some_reasons(
    stripe: StripeSandbox, paid: PaymentAttempt, why: str
) -> None:
    with pytest.raises(RuntimeError, match="reason that banks give"):
        warned(stripe, paid, why)
