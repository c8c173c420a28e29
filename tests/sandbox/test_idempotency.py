import threading
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.testing import StripeSandbox

type Params = Callable[..., Any]
type Connect = Callable[..., stripe.StripeClient]


def test_the_same_key_and_parameters_give_the_same_session(
    client: stripe.StripeClient, params: Params
) -> None:
    once = client.v1.checkout.sessions.create(params(), {"idempotency_key": "checkout:17:1"})
    again = client.v1.checkout.sessions.create(params(), {"idempotency_key": "checkout:17:1"})

    assert again.id == once.id
    assert again.last_response
    assert once.last_response
    headers = again.last_response.headers
    assert headers["Idempotent-Replayed"] == "true"
    assert headers["Original-Request"] == once.last_response.headers["Request-Id"]
    assert headers["Idempotency-Key"] == "checkout:17:1"
    assert "Idempotent-Replayed" not in once.last_response.headers


def test_another_request_under_the_same_key_is_refused(
    client: stripe.StripeClient, params: Params, ring: Any
) -> None:
    client.v1.checkout.sessions.create(params(), {"idempotency_key": "checkout:18:1"})

    with pytest.raises(stripe.IdempotencyError) as other_params:
        client.v1.checkout.sessions.create(
            params(line_items=[ring(1)]), {"idempotency_key": "checkout:18:1"}
        )
    with pytest.raises(stripe.IdempotencyError):
        client.v1.coupons.create({"percent_off": 10}, {"idempotency_key": "checkout:18:1"})

    assert other_params.value.http_status == 400
    assert "can only be used with the same parameters" in str(other_params.value)


def test_a_refusal_is_remembered(
    client: stripe.StripeClient, sandbox: StripeSandbox, params: Params
) -> None:
    session = client.v1.checkout.sessions.create(params())
    sandbox.pay(session.id)
    payment = str(client.v1.checkout.sessions.retrieve(session.id).payment_intent)
    charge = str(client.v1.payment_intents.retrieve(payment).latest_charge)
    sandbox.act("dispute", charge)
    wanted: Any = {"payment_intent": payment}

    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create(wanted, {"idempotency_key": "refund:17"})
    sandbox.act("dispute_won", client.v1.disputes.list({"charge": charge}).data[0].id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create(wanted, {"idempotency_key": "refund:17"})

    assert refused.value.code == "charge_disputed"
    assert refused.value.headers
    assert refused.value.headers["Idempotent-Replayed"] == "true"
    assert client.v1.refunds.create(wanted, {"idempotency_key": "refund:17:2"}).amount == 64000


def test_failed_validation_is_not_remembered(client: stripe.StripeClient, params: Params) -> None:
    key: Any = {"idempotency_key": "checkout:19:1"}
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.create(params(foo="1"), key)

    assert client.v1.checkout.sessions.create(params(), key).status == "open"


def test_a_key_in_use_is_a_409(sandbox: StripeSandbox, connect: Connect, params: Params) -> None:
    hasty = connect(sandbox, retries=0)
    sandbox.faults("/v1/checkout/sessions", "slow", seconds=1.5)
    key: Any = {"idempotency_key": "checkout:20:1"}
    slow = threading.Thread(target=lambda: hasty.v1.checkout.sessions.create(params(), key))
    slow.start()
    threading.Event().wait(0.5)

    with pytest.raises(stripe.StripeError) as refused:
        hasty.v1.checkout.sessions.create(params(), key)
    slow.join()

    assert refused.value.http_status == 409
    assert refused.value.error
    assert refused.value.error.code == "idempotency_key_in_use"


def test_the_sdk_waits_for_a_key_in_use(
    sandbox: StripeSandbox, client: stripe.StripeClient, params: Params
) -> None:
    sandbox.faults("/v1/checkout/sessions", "slow", seconds=0.5)
    found = set()

    def create() -> None:
        made = client.v1.checkout.sessions.create(params(), {"idempotency_key": "checkout:21:1"})
        found.add(made.id)

    threads = [threading.Thread(target=create) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 1
