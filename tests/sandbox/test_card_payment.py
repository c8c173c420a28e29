from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.testing import StripeSandbox

type Sessions = Callable[..., stripe.checkout.Session]


def story(
    client: stripe.StripeClient, sandbox: StripeSandbox, session: stripe.checkout.Session
) -> list[str]:
    """The types of all events about a session and its payment, in order."""
    payment = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    told = [(event["type"], event["data"]["object"]) for event in sandbox.events()]
    return [
        type
        for type, about in told
        if about["id"] in (session.id, payment) or about.get("payment_intent") == payment
    ]


def test_a_payment_tells_its_story_in_order(
    client: stripe.StripeClient, new_session: Sessions, sandbox: StripeSandbox, wait_until: Any
) -> None:
    session = new_session(payment_intent_data={"metadata": {"order": "17"}, "transfer_group": "g"})

    assert sandbox.pay(session.id)["status"] == "paid"
    wait_until(lambda: "charge.updated" in story(client, sandbox, session))

    assert story(client, sandbox, session) == [
        "payment_intent.created",
        "payment_intent.succeeded",
        "charge.succeeded",
        "checkout.session.completed",
        "charge.updated",
    ]
    paid = client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge"]}
    )
    payment = paid.payment_intent
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert isinstance(payment, stripe.PaymentIntent)
    charge = payment.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (payment.status, payment.amount_received) == ("succeeded", 64000)
    assert charge.metadata.to_dict() == {"order": "17"}
    assert charge.transfer_group == "g"
    assert charge.payment_method_details
    assert charge.payment_method_details.card
    assert charge.payment_method_details.card.last4 == "4242"


def test_the_fee_is_unknown_at_first(
    client: stripe.StripeClient, new_session: Sessions, sandbox: StripeSandbox, wait_until: Any
) -> None:
    session = new_session()
    sandbox.pay(session.id)
    succeeded = sandbox.events("charge.succeeded")[-1]["data"]["object"]
    assert succeeded["balance_transaction"] is None

    def charge() -> stripe.Charge:
        return client.v1.charges.retrieve(succeeded["id"], {"expand": ["balance_transaction"]})

    wait_until(lambda: charge().balance_transaction)
    transaction = charge().balance_transaction

    assert isinstance(transaction, stripe.BalanceTransaction)
    assert transaction.net == transaction.amount - transaction.fee == 64000 - 985
    updated = sandbox.events("charge.updated")[-1]["data"]
    assert updated["previous_attributes"] == {"balance_transaction": None}


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("4000 0000 0000 0002", "card_declined", "generic_decline"),
        ("4000 0000 0000 9995", "card_declined", "insufficient_funds"),
        ("4000 0000 0000 0069", "expired_card", ""),
    ],
)
def test_a_declined_card_leaves_the_session_open(
    client: stripe.StripeClient,
    new_session: Sessions,
    sandbox: StripeSandbox,
    card: str,
    code: str,
    decline_code: str,
) -> None:
    session = new_session()

    outcome = sandbox.pay(session.id, card)

    assert outcome["status"] == "declined"
    assert (outcome["code"], outcome["decline_code"]) == (code, decline_code)
    assert "payment_intent.payment_failed" in story(client, sandbox, session)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"


def test_declined_then_paid_is_one_payment(
    client: stripe.StripeClient, new_session: Sessions, sandbox: StripeSandbox
) -> None:
    session = new_session()
    sandbox.pay(session.id, "4000 0000 0000 0002")
    sandbox.pay(session.id)

    paid = client.v1.checkout.sessions.retrieve(session.id)
    charges = client.v1.charges.list({"payment_intent": str(paid.payment_intent)})

    assert paid.payment_status == "paid"
    assert [charge.status for charge in charges.data] == ["succeeded", "failed"]


@pytest.mark.parametrize(("bank", "status"), [("complete", "paid"), ("fail", "declined")])
def test_the_bank_asks(
    client: stripe.StripeClient,
    new_session: Sessions,
    sandbox: StripeSandbox,
    bank: str,
    status: str,
) -> None:
    session = new_session()

    assert sandbox.pay(session.id, "4000 0025 0000 3155", bank=bank)["status"] == status
    assert story(client, sandbox, session)[:2] == [
        "payment_intent.created",
        "payment_intent.requires_action",
    ]


def test_a_session_is_paid_once(new_session: Sessions, sandbox: StripeSandbox) -> None:
    session = new_session()

    assert sandbox.pay(session.id)["status"] == "paid"
    assert sandbox.pay(session.id)["status"] == "closed"


def test_nothing_to_pay_needs_no_payment(
    client: stripe.StripeClient, new_session: Sessions, sandbox: StripeSandbox
) -> None:
    coupon = client.v1.coupons.create({"percent_off": 100})
    session = new_session(discounts=[{"coupon": coupon.id}])

    sandbox.pay(session.id)
    done = client.v1.checkout.sessions.retrieve(session.id)

    assert (done.status, done.payment_status) == ("complete", "no_payment_required")
    assert done.payment_intent is None


def test_expiring_cancels_what_was_begun(
    client: stripe.StripeClient, new_session: Sessions, sandbox: StripeSandbox
) -> None:
    session = new_session()
    sandbox.pay(session.id, "4000 0000 0000 0002")

    expired = client.v1.checkout.sessions.expire(session.id)

    payment = client.v1.payment_intents.retrieve(str(expired.payment_intent))
    assert payment.status == "canceled"
