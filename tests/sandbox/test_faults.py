from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe

from sandbox.testing import StripeSandbox

PATH = "/v1/checkout/sessions"
type Params = Callable[..., Any]


@pytest.fixture(autouse=True)
def mended(sandbox: StripeSandbox) -> Iterator[None]:
    yield
    sandbox.act("clear_faults")


def sessions(client: stripe.StripeClient) -> int:
    return len(list(client.v1.checkout.sessions.list({"limit": 100}).auto_paging_iter()))


@pytest.mark.parametrize("mode", ["500", "409", "timeout_before", "timeout_after"])
def test_the_sdk_gets_over_one_fault_and_makes_one_session(
    client: stripe.StripeClient, sandbox: StripeSandbox, params: Params, mode: str
) -> None:
    before = sessions(client)
    sandbox.faults(PATH, mode, method="POST")

    assert client.v1.checkout.sessions.create(params()).status == "open"
    assert sessions(client) == before + 1


@pytest.mark.parametrize(
    ("mode", "error", "made"),
    [
        ("timeout_before", stripe.APIConnectionError, 0),
        ("timeout_after", stripe.APIConnectionError, 1),
        ("500", stripe.APIError, 0),
        ("429", stripe.RateLimitError, 0),
    ],
)
def test_a_lasting_fault_reaches_the_shop(
    client: stripe.StripeClient,
    sandbox: StripeSandbox,
    params: Params,
    mode: str,
    error: type[stripe.StripeError],
    made: int,
) -> None:
    before = sessions(client)
    key: Any = {"idempotency_key": f"fault:{mode}"}
    sandbox.faults(PATH, mode, times=1 if mode == "429" else 3, method="POST")

    with pytest.raises(error):
        client.v1.checkout.sessions.create(params(), key)

    assert sessions(client) == before + made
    client.v1.checkout.sessions.create(params(), key)
    assert sessions(client) == before + 1


def test_only_the_path_named_fails(client: stripe.StripeClient, sandbox: StripeSandbox) -> None:
    sandbox.faults("/v1/refunds*", "429")

    assert client.v1.charges.list({"limit": 1}).data is not None
    with pytest.raises(stripe.RateLimitError):
        client.v1.refunds.retrieve("re_1")


def test_an_unknown_mode_is_refused(sandbox: StripeSandbox) -> None:
    with pytest.raises(RuntimeError, match="Unknown mode"):
        sandbox.faults(PATH, "explode")
