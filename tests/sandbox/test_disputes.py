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


@pytest.fixture
def opened(client: stripe.StripeClient, sandbox: StripeSandbox, charge: str) -> Any:
    """Opens a dispute about the charge and returns it."""

    def open_it(value: str = "") -> stripe.Dispute:
        sandbox.act("dispute", charge, value)
        return client.v1.disputes.list({"charge": charge}).data[0]

    return open_it


def told(sandbox: StripeSandbox, id: str) -> list[str]:
    return [
        event["type"].removeprefix("charge.dispute.")
        for event in sandbox.events()
        if event["data"]["object"]["id"] == id
    ]


@pytest.mark.parametrize(
    ("act", "status", "disputed"), [("dispute_won", "won", False), ("dispute_lost", "lost", True)]
)
def test_opened_and_closed(
    client: stripe.StripeClient,
    sandbox: StripeSandbox,
    charge: str,
    opened: Any,
    act: str,
    status: str,
    disputed: bool,
) -> None:
    dispute = opened()
    assert (dispute.amount, dispute.status) == (64000, "needs_response")
    assert [move.amount for move in dispute.balance_transactions] == [-64000]
    assert dispute.evidence_details.due_by
    assert client.v1.charges.retrieve(charge).disputed is True

    sandbox.act(act, dispute.id)

    assert client.v1.disputes.retrieve(dispute.id).status == status
    assert client.v1.charges.retrieve(charge).disputed is disputed
    back = ["funds_reinstated"] if status == "won" else []
    assert told(sandbox, dispute.id) == ["created", "funds_withdrawn", *back, "closed"]


def test_a_card_that_is_disputed_later(
    new_session: Any, sandbox: StripeSandbox, wait_until: Any
) -> None:
    before = len(sandbox.events("charge.dispute.created"))

    sandbox.pay(new_session().id, "4000 0000 0000 0259")

    wait_until(lambda: len(sandbox.events("charge.dispute.created")) > before)


def test_a_part_with_a_reason(opened: Any) -> None:
    dispute = opened("5000 product_not_received")
    assert (dispute.amount, dispute.reason) == (5000, "product_not_received")
    assert dispute.balance_transactions[0].amount == -5000


def test_what_was_refunded_is_not_taken_again(
    sandbox: StripeSandbox, charge: str, opened: Any
) -> None:
    sandbox.act("refund", charge, 4000)
    assert opened().amount == 60000


@pytest.mark.parametrize("value", ["64001", "because", "0"])
def test_too_much_or_an_unknown_reason_is_refused(opened: Any, value: str) -> None:
    with pytest.raises(RuntimeError):
        opened(value)


def test_a_disputed_charge_cannot_be_refunded_before_it_is_won(
    client: stripe.StripeClient, sandbox: StripeSandbox, charge: str, opened: Any
) -> None:
    dispute = opened("5000")
    assert dispute.is_charge_refundable is False
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"charge": charge, "amount": 100})
    assert refused.value.code == "charge_disputed"

    sandbox.act("dispute_won", dispute.id)
    assert client.v1.refunds.create({"charge": charge, "amount": 100}).status == "succeeded"


def test_an_inquiry_takes_nothing_until_it_becomes_a_dispute(
    client: stripe.StripeClient, sandbox: StripeSandbox, charge: str, opened: Any
) -> None:
    inquiry = opened("inquiry")
    assert (inquiry.status, inquiry.is_charge_refundable) == ("warning_needs_response", True)
    assert not inquiry.balance_transactions
    assert client.v1.refunds.create({"charge": charge, "amount": 100}).status == "succeeded"
    with pytest.raises(RuntimeError):
        sandbox.act("dispute_lost", inquiry.id)

    sandbox.act("inquiry_escalates", inquiry.id)

    now = client.v1.disputes.retrieve(inquiry.id)
    assert (now.status, now.is_charge_refundable) == ("needs_response", False)
    assert told(sandbox, inquiry.id) == ["created", "updated", "funds_withdrawn"]
    with pytest.raises(RuntimeError):
        sandbox.act("inquiry_closes", inquiry.id)


def test_a_bank_that_is_content_closes_its_inquiry(
    client: stripe.StripeClient, sandbox: StripeSandbox, opened: Any
) -> None:
    inquiry = opened("inquiry")
    sandbox.act("inquiry_closes", inquiry.id)
    assert client.v1.disputes.retrieve(inquiry.id).status == "warning_closed"
    assert told(sandbox, inquiry.id) == ["created", "closed"]


def test_evidence_is_staged_then_submitted_once(
    client: stripe.StripeClient, sandbox: StripeSandbox, opened: Any
) -> None:
    dispute = opened()
    update = client.v1.disputes.update

    staged = update(dispute.id, {"evidence": {"customer_name": "Mara"}, "submit": False})
    assert (staged.status, staged.evidence_details.has_evidence) == ("needs_response", True)
    sent = update(dispute.id, {"evidence": {"shipping_tracking_number": "RR1"}})
    assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)
    assert (sent.evidence.customer_name, sent.evidence.shipping_tracking_number) == ("Mara", "RR1")
    assert told(sandbox, dispute.id) == ["created", "funds_withdrawn", "updated", "updated"]

    with pytest.raises(stripe.InvalidRequestError):
        update(dispute.id, {"evidence": {"customer_name": "Again"}})
    assert update(dispute.id, {"metadata": {"note": "a"}}).metadata["note"] == "a"


@pytest.mark.parametrize(
    "evidence",
    [{"receipt": "file_1"}, {"nothing_like_it": "x"}, {"customer_name": "x" * 5001}],
)
def test_evidence_that_stripe_would_not_take_is_refused(
    client: stripe.StripeClient, opened: Any, evidence: Any
) -> None:
    dispute = opened()
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.update(dispute.id, {"evidence": evidence})
    assert client.v1.disputes.retrieve(dispute.id).evidence_details.submission_count == 0


def test_a_closed_dispute_is_not_answered(
    client: stripe.StripeClient, sandbox: StripeSandbox, opened: Any
) -> None:
    dispute = opened()
    sandbox.act("dispute_lost", dispute.id)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.update(dispute.id, {"evidence": {"customer_name": "Mara"}})


def test_listed_by_payment_and_day(client: stripe.StripeClient, opened: Any) -> None:
    dispute = opened()
    found = client.v1.disputes.list({"payment_intent": str(dispute.payment_intent)})
    assert [one.id for one in found.data] == [dispute.id]
    since: Any = {"created": {"gte": dispute.created}, "limit": 100}
    assert dispute.id in [one.id for one in client.v1.disputes.list(since).data]
