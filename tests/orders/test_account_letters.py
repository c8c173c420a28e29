"""What a maker is written about their money, and when."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from designers.models import Designer
from orders import letters, outbox, payments, settlement
from orders.makers import accounts
from orders.models import DesignerAccount, OutboxLetter
from sandbox.testing import StripeSandbox
from shop.letters import NoLonger
from tests.factories import make_piece
from tests.orders.builders import opened, session_of
from tests.orders.test_account_webhooks import SECRET, events_of, heard

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def connect(settings: Settings) -> None:
    settings.STRIPE_CONNECT = True
    settings.STRIPE_CONNECT_WEBHOOK_SECRET = SECRET


@pytest.fixture
def account(stripe: StripeSandbox, ines: Designer) -> DesignerAccount:
    """Ready, and holding 100.00 of a sale."""
    account = accounts.begin(ines)
    assert account.stripe_id
    stripe.act("onboard", account.stripe_id)
    accounts.refresh(account)
    attempt = opened(make_piece())
    stripe.pay(session_of(attempt))
    settled = settlement.settle(session_of(attempt))
    assert settled
    sent: Any = {"amount": 10_000, "currency": "eur", "destination": account.stripe_id}
    payments.client().v1.transfers.create(sent | {"source_transaction": settled.charge})
    OutboxLetter.objects.all().delete()  # those about the order
    return account


def id_of(account: DesignerAccount) -> str:
    assert account.stripe_id
    return account.stripe_id


def tell(client: Client, stripe: StripeSandbox, account: DesignerAccount, type: str) -> None:
    assert heard(client, events_of(stripe, id_of(account), type)[-1]) == 200


def written() -> list[str]:
    """The letters, sent as a worker would; what each says in one line."""
    for letter in OutboxLetter.objects.filter(state=OutboxLetter.State.QUEUED):
        outbox.send_letter.call(letter.pk)
    return [re.sub(r"\s+", " ", str(sent.body)) for sent in mail.outbox]


def test_money_that_the_bank_sent_back_is_told_once(
    client: Client, stripe: StripeSandbox, account: DesignerAccount, ines: Designer
) -> None:
    stripe.act("pay_out_fails", id_of(account), "no_account")
    for _time in range(2):
        tell(client, stripe, account, "payout.failed")

    (told,) = written()
    assert "your bank sent it back (there is no such account)" in told
    assert mail.outbox[0].subject == "Your bank sent 100 € back"
    assert mail.outbox[0].to == [ines.email]
    account.refresh_from_db()
    assert account.returned["amount"] == 10_000


def test_once_money_has_arrived_it_is_not_told_any_more(
    client: Client, stripe: StripeSandbox, account: DesignerAccount
) -> None:
    stripe.act("pay_out_fails", id_of(account))
    tell(client, stripe, account, "payout.failed")
    DesignerAccount.objects.update(returned=account_returned_earlier())
    stripe.act("pay_out", id_of(account))
    tell(client, stripe, account, "payout.paid")

    assert written() == []
    assert OutboxLetter.objects.get().state == OutboxLetter.State.DROPPED


def account_returned_earlier() -> dict[str, Any]:
    """What is written down, as if it had been sent a day before: Stripe counts in seconds."""
    returned: dict[str, Any] = DesignerAccount.objects.get().returned
    return returned | {"sent": "2020-01-01T00:00:00+00:00"}


def test_news_of_an_earlier_failure_come_too_late(
    client: Client, stripe: StripeSandbox, account: DesignerAccount
) -> None:
    stripe.act("pay_out_fails", id_of(account))
    DesignerAccount.objects.update(returned={"sent": "2099-01-01T00:00:00+00:00"})
    tell(client, stripe, account, "payout.failed")
    assert not OutboxLetter.objects.exists()


def test_money_of_a_strangers_account_is_nobodys_business(
    client: Client, stripe: StripeSandbox, account: DesignerAccount
) -> None:
    stripe.act("pay_out_fails", id_of(account))
    DesignerAccount.objects.all().delete()
    tell(client, stripe, account, "payout.failed")
    assert not OutboxLetter.objects.exists()


def test_who_is_not_paid_any_more_is_told(
    client: Client, stripe: StripeSandbox, account: DesignerAccount
) -> None:
    stripe.act("restrict", id_of(account))
    tell(client, stripe, account, "account.updated")

    (told,) = written()
    assert "Stripe asks for a picture of an identity document." in told
    assert "/admin/orders/designeraccount/" in told


def test_each_time_it_stops_it_is_told_anew(
    client: Client, stripe: StripeSandbox, account: DesignerAccount
) -> None:
    for act in ("restrict", "onboard", "restrict"):
        stripe.act(act, id_of(account))
        tell(client, stripe, account, "account.updated")
    assert OutboxLetter.objects.filter(kind="account_stopped").count() == 2


def test_nobody_is_told_what_is_over(
    client: Client, stripe: StripeSandbox, account: DesignerAccount
) -> None:
    for act in ("restrict", "onboard"):
        stripe.act(act, id_of(account))
        tell(client, stripe, account, "account.updated")
    assert written() == []


def test_without_an_address_nothing_is_sent(
    client: Client, stripe: StripeSandbox, account: DesignerAccount
) -> None:
    Designer.objects.update(email="")
    stripe.act("restrict", id_of(account))
    tell(client, stripe, account, "account.updated")
    assert written() == []
    with pytest.raises(NoLonger):
        letters.LETTERS["account_stopped"](account.pk)
