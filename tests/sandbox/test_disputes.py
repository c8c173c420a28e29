from typing import Any

import pytest
import stripe

from sandbox.testing import StripeSandbox


@pytest.fixture
def charge(client: stripe.StripeClient, sandbox: StripeSandbox, new_session: Any) -> str:
    session = new_session()
    sandbox.pay(session.id)
    payment = str(client.v1.checkout.sessions.retrieve(session.id).payment_intent)
    return str(client.v1.payment_intents.retrieve(payment).latest_charge)


@pytest.mark.parametrize(
    ("act", "status", "disputed"), [("dispute_won", "won", False), ("dispute_lost", "lost", True)]
)
def test_opened_and_closed(
    client: stripe.StripeClient,
    sandbox: StripeSandbox,
    charge: str,
    act: str,
    status: str,
    disputed: bool,
) -> None:
    sandbox.act("dispute", charge)
    dispute = client.v1.disputes.list({"charge": charge}).data[0]
    assert (dispute.amount, dispute.status) == (64000, "needs_response")
    assert dispute.evidence_details.due_by
    assert client.v1.charges.retrieve(charge).disputed is True

    sandbox.act(act, dispute.id)

    assert client.v1.disputes.retrieve(dispute.id).status == status
    assert client.v1.charges.retrieve(charge).disputed is disputed
    told = [
        event["type"] for event in sandbox.events() if event["data"]["object"]["id"] == dispute.id
    ]
    back = ["charge.dispute.funds_reinstated"] if status == "won" else []
    assert told == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        *back,
        "charge.dispute.closed",
    ]


def test_a_card_that_is_disputed_later(
    new_session: Any, sandbox: StripeSandbox, wait_until: Any
) -> None:
    before = len(sandbox.events("charge.dispute.created"))

    sandbox.pay(new_session().id, "4000 0000 0000 0259")

    wait_until(lambda: len(sandbox.events("charge.dispute.created")) > before)
