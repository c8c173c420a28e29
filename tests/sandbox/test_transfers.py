from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.testing import StripeSandbox

type Pay = Callable[[], str]
ACCOUNT: Any = {
    "contact_email": "ines@example.eu",
    "display_name": "Inês Carvalho",
    "dashboard": "express",
    "identity": {"country": "pt"},
    "configuration": {
        "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
    },
    "defaults": {
        "responsibilities": {"fees_collector": "application", "losses_collector": "application"}
    },
    "include": ["configuration.recipient", "requirements"],
}


@pytest.fixture
def charge(client: stripe.StripeClient, sandbox: StripeSandbox, new_session: Any) -> str:
    """A paid charge of 640.00."""
    session = new_session(payment_intent_data={"transfer_group": "order_17"})
    sandbox.pay(session.id)
    payment = str(client.v1.checkout.sessions.retrieve(session.id).payment_intent)
    return str(client.v1.payment_intents.retrieve(payment).latest_charge)


@pytest.fixture
def account(client: stripe.StripeClient) -> str:
    """A connected account that has not finished onboarding."""
    return client.v2.core.accounts.create(ACCOUNT).id


@pytest.fixture
def ready(sandbox: StripeSandbox, account: str) -> str:
    sandbox.act("onboard", account)
    return account


def send(client: stripe.StripeClient, charge: str, account: str, amount: int) -> stripe.Transfer:
    return client.v1.transfers.create(
        {
            "amount": amount,
            "currency": "eur",
            "destination": account,
            "source_transaction": charge,
            "metadata": {"payout": "3"},
        }
    )


def test_a_transfer_takes_its_group_from_the_charge(
    client: stripe.StripeClient, sandbox: StripeSandbox, charge: str, ready: str
) -> None:
    transfer = send(client, charge, ready, 50000)

    assert (transfer.amount, transfer.destination) == (50000, ready)
    assert transfer.transfer_group == "order_17"
    listed = client.v1.transfers.list({"destination": ready})
    assert [one.id for one in listed.data] == [transfer.id]
    assert sandbox.events("transfer.created")[-1]["data"]["object"]["id"] == transfer.id


def test_all_transfers_of_a_charge_stay_within_it(
    client: stripe.StripeClient, charge: str, ready: str
) -> None:
    first = send(client, charge, ready, 60000)

    with pytest.raises(stripe.InvalidRequestError, match="must not exceed the source amount"):
        send(client, charge, ready, 4001)
    client.v1.transfers.reversals.create(first.id, {"amount": 1})

    assert send(client, charge, ready, 4001).amount == 4001


def test_nothing_goes_to_an_account_that_is_not_ready(
    client: stripe.StripeClient, sandbox: StripeSandbox, charge: str, account: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        send(client, charge, account, 100)
    assert refused.value.code == "insufficient_capabilities_for_transfer"

    sandbox.act("onboard", account)
    assert send(client, charge, account, 100).amount == 100

    sandbox.act("restrict", account)
    with pytest.raises(stripe.InvalidRequestError):
        send(client, charge, account, 100)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"destination": "acct_nobody"}, "resource_missing"),
        ({"source_transaction": "ch_nothing"}, "resource_missing"),
        ({"amount": 0}, "parameter_invalid_integer"),
        ({"currency": "usd"}, None),
        ({"source_transaction": None, "amount": 99_000_000}, "balance_insufficient"),
        ({"foo": "1"}, "parameter_unknown"),
    ],
)
def test_refused(
    client: stripe.StripeClient, charge: str, ready: str, changes: dict[str, Any], code: str | None
) -> None:
    usual = {
        "amount": 100,
        "currency": "eur",
        "destination": ready,
        "source_transaction": charge,
    }
    given: Any = {name: value for name, value in (usual | changes).items() if value is not None}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.transfers.create(given)

    assert refused.value.code == code


def test_reversals_stay_within_the_transfer(
    client: stripe.StripeClient, charge: str, ready: str
) -> None:
    transfer = send(client, charge, ready, 1000)
    client.v1.transfers.reversals.create(transfer.id, {"amount": 400})

    with pytest.raises(stripe.InvalidRequestError, match=r"\(€6\.01\) is greater"):
        client.v1.transfers.reversals.create(transfer.id, {"amount": 601})
    client.v1.transfers.reversals.create(transfer.id)

    after = client.v1.transfers.retrieve(transfer.id)
    assert (after.amount_reversed, after.reversed) == (1000, True)
    amounts = [one.amount for one in client.v1.transfers.reversals.list(transfer.id).data]
    assert amounts == [600, 400]
    with pytest.raises(stripe.InvalidRequestError, match="already fully reversed"):
        client.v1.transfers.reversals.create(transfer.id)


def test_nothing_comes_back_from_an_account_that_was_paid_out(
    client: stripe.StripeClient, sandbox: StripeSandbox, charge: str, ready: str
) -> None:
    transfer = send(client, charge, ready, 1000)
    sandbox.act("pay_out", ready)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.transfers.reversals.create(transfer.id, {"amount": 1})

    assert refused.value.code == "balance_insufficient"


def test_what_comes_from_no_charge_needs_funds_that_were_added(
    client: stripe.StripeClient, sandbox: StripeSandbox, ready: str
) -> None:
    given: Any = {"amount": 700, "currency": "sek", "destination": ready}
    sandbox.act("add_funds", "sek", 1_000)

    first = client.v1.transfers.create(given)
    assert first.source_transaction is None
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.transfers.create(given)
    assert refused.value.code == "balance_insufficient"
    # What is taken back is there again.
    client.v1.transfers.reversals.create(first.id)
    assert client.v1.transfers.create(given).amount == 700
