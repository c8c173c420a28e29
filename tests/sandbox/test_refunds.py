import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.testing import StripeSandbox

type Pay = Callable[..., str]


@pytest.fixture
def pay(client: stripe.StripeClient, sandbox: StripeSandbox, new_session: Any) -> Pay:
    """Pays for a ring of 640.00 and returns the payment intent's id."""

    def paid(card: str = "4242424242424242") -> str:
        session = new_session()
        sandbox.pay(session.id, card)
        return str(client.v1.checkout.sessions.retrieve(session.id).payment_intent)

    return paid


def charge_of(client: stripe.StripeClient, payment: str) -> stripe.Charge:
    found = client.v1.payment_intents.retrieve(payment, {"expand": ["latest_charge"]})
    assert isinstance(found.latest_charge, stripe.Charge)
    return found.latest_charge


def test_parts_then_the_rest(client: stripe.StripeClient, sandbox: StripeSandbox, pay: Pay) -> None:
    payment = pay()

    part = client.v1.refunds.create(
        {"payment_intent": payment, "amount": 4000, "metadata": {"line": "3"}}
    )
    rest = client.v1.refunds.create({"payment_intent": payment, "reason": "requested_by_customer"})

    assert (part.amount, part.status, rest.amount) == (4000, "succeeded", 60000)
    charge = charge_of(client, payment)
    assert (charge.amount_refunded, charge.refunded) == (64000, True)
    listed = client.v1.refunds.list({"payment_intent": payment})
    assert [refund.id for refund in listed.data] == [rest.id, part.id]
    assert part.metadata
    assert part.metadata.to_dict() == {"line": "3"}
    told = [event["type"] for event in sandbox.events("refund.created", "charge.refunded")][-4:]
    assert told == ["refund.created", "charge.refunded"] * 2


def test_more_than_was_paid_is_refused(client: stripe.StripeClient, pay: Pay) -> None:
    payment = pay()
    client.v1.refunds.create({"payment_intent": payment, "amount": 4000})

    with pytest.raises(
        stripe.InvalidRequestError, match=r"\(€600\.01\) is greater .* \(€600\.00\)"
    ):
        client.v1.refunds.create({"payment_intent": payment, "amount": 60001})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"payment_intent": payment, "amount": 0})


def test_a_second_full_refund_is_refused(client: stripe.StripeClient, pay: Pay) -> None:
    payment = pay()
    client.v1.refunds.create({"payment_intent": payment})

    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": payment})

    assert refused.value.code == "charge_already_refunded"


def test_a_race_never_gives_back_too_much(client: stripe.StripeClient, pay: Pay) -> None:
    payment = pay()

    def refund() -> None:
        with contextlib.suppress(stripe.InvalidRequestError):
            client.v1.refunds.create({"payment_intent": payment, "amount": 10000})

    threads = [threading.Thread(target=refund) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert charge_of(client, payment).amount_refunded == 60000


def test_a_disputed_charge_cannot_be_refunded(
    client: stripe.StripeClient, sandbox: StripeSandbox, pay: Pay
) -> None:
    payment = pay()
    sandbox.act("dispute", charge_of(client, payment).id)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": payment})

    assert refused.value.code == "charge_disputed"


def test_an_unpaid_payment_cannot_be_refunded(client: stripe.StripeClient, pay: Pay) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        client.v1.refunds.create({"payment_intent": pay("4000000000000002")})


def test_transfers_are_not_reversed_by_a_refund(client: stripe.StripeClient, pay: Pay) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": pay(), "reverse_transfer": True})

    assert refused.value.param == "reverse_transfer"


def test_a_refund_that_the_bank_sends_back_can_be_tried_again(
    client: stripe.StripeClient, sandbox: StripeSandbox, pay: Pay, wait_until: Any
) -> None:
    payment = pay("4000000000005126")
    refund = client.v1.refunds.create({"payment_intent": payment})
    assert refund.status == "succeeded"

    wait_until(lambda: client.v1.refunds.retrieve(refund.id).status == "failed")

    assert client.v1.refunds.retrieve(refund.id).failure_reason
    assert charge_of(client, payment).amount_refunded == 0
    assert sandbox.events("refund.failed")[-1]["data"]["object"]["id"] == refund.id


def test_a_refund_can_take_its_time(client: stripe.StripeClient, pay: Pay, wait_until: Any) -> None:
    refund = client.v1.refunds.create({"payment_intent": pay("4000000000007726")})
    assert refund.status == "pending"

    wait_until(lambda: client.v1.refunds.retrieve(refund.id).status == "succeeded")


def test_the_dashboard_refunds_without_asking_the_shop(
    client: stripe.StripeClient, sandbox: StripeSandbox, pay: Pay
) -> None:
    payment = pay()

    sandbox.act("refund", charge_of(client, payment).id, 500)

    event = sandbox.events("refund.created")[-1]
    assert event["request"]["id"] is None
    assert client.v1.refunds.list({"payment_intent": payment}).data[0].amount == 500
