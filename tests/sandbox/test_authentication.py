import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.testing import ROOT, StripeSandbox

type Connect = Callable[..., stripe.StripeClient]


@pytest.mark.parametrize("key", ["sk_live_51abc", "rk_live_51abc", "pk_test_abc", "sk_test_", "x"])
def test_only_test_keys_are_let_in(sandbox: StripeSandbox, connect: Connect, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError) as refused:
        connect(sandbox, key=key).v1.refunds.list()

    assert refused.value.http_status == 401
    assert "51abc" not in str(refused.value)


def test_no_key_is_a_401(sandbox: StripeSandbox, browse: Any) -> None:
    answer = browse(f"{sandbox.base_url}/v1/refunds")

    assert answer.status == 401
    assert "You did not provide an API key" in answer.html
    assert answer.headers["Request-Id"].startswith("req_")


def test_another_api_version_is_refused(sandbox: StripeSandbox, connect: Connect) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Invalid Stripe API version"):
        connect(sandbox, stripe_version="2024-06-20").v1.refunds.list()


def test_an_unknown_address_is_a_404(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL") as refused:
        client.v1.customers.list()

    assert refused.value.http_status == 404


def test_other_hosts_names_are_turned_away(sandbox: StripeSandbox, browse: Any) -> None:
    import http.client

    connection = http.client.HTTPConnection(sandbox.base_url.removeprefix("http://"))
    connection.request("GET", "/panel", headers={"Host": "shop.example"})
    answer = connection.getresponse()
    answer.read()
    connection.close()

    assert answer.status == 403


def test_it_does_not_start_beside_a_live_key() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "sandbox", "--port", "0"],
        cwd=ROOT,
        env=os.environ | {"STRIPE_SECRET_KEY": "sk_live_51abc"},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert answer.returncode != 0
    assert "live key" in answer.stderr
    assert "51abc" not in answer.stderr


def test_webhooks_are_never_sent_unsigned() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "sandbox", "--port", "0", "--webhook-url", "http://127.0.0.1:1/"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert answer.returncode != 0
    assert "need a secret" in answer.stderr
