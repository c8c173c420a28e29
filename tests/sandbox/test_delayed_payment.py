from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.testing import StripeSandbox

type Sessions = Callable[..., stripe.checkout.Session]


@pytest.fixture
def waiting(new_session: Sessions, sandbox: StripeSandbox) -> stripe.checkout.Session:
    session = new_session()
    assert sandbox.pay(session.id, "delayed")["status"] == "processing"
    return session


def test_the_session_is_complete_and_unpaid(
    client: stripe.StripeClient, sandbox: StripeSandbox, waiting: stripe.checkout.Session
) -> None:
    session = client.v1.checkout.sessions.retrieve(waiting.id, {"expand": ["payment_intent"]})

    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert isinstance(session.payment_intent, stripe.PaymentIntent)
    assert session.payment_intent.status == "processing"
    completed = sandbox.events("checkout.session.completed")[-1]["data"]["object"]
    assert (completed["id"], completed["payment_status"]) == (waiting.id, "unpaid")


@pytest.mark.parametrize(
    ("act", "status", "event"),
    [
        ("delayed_succeeds", "paid", "checkout.session.async_payment_succeeded"),
        ("delayed_fails", "unpaid", "checkout.session.async_payment_failed"),
    ],
)
def test_the_money_comes_or_does_not(
    client: stripe.StripeClient,
    sandbox: StripeSandbox,
    waiting: stripe.checkout.Session,
    act: str,
    status: str,
    event: str,
) -> None:
    sandbox.act(act, waiting.id)

    assert client.v1.checkout.sessions.retrieve(waiting.id).payment_status == status
    assert sandbox.events(event)[-1]["data"]["object"]["id"] == waiting.id
    with pytest.raises(RuntimeError, match="No delayed payment"):
        sandbox.act(act, waiting.id)


def test_a_shop_can_exclude_it(new_session: Sessions, sandbox: StripeSandbox, browse: Any) -> None:
    session = new_session(excluded_payment_method_types=["sepa_debit"])

    assert "which takes days" not in browse(session.url).html
    assert sandbox.pay(session.id, "delayed")["status"] == "closed"
