"""A second opinion on the signatures: Stripe's own library for Node."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox import webhooks
from sandbox.testing import StripeSandbox
from tests.services import node, programs

CHECK = """
const stripe = require('stripe')('sk_test_sandbox');
const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(cases.map(({body, signature, secret}) => {
  try {
    const event = stripe.webhooks.constructEvent(body, signature, secret);
    return `${event.type} ${event.api_version}`;
  } catch (error) {
    return error.constructor.name;
  }
})));
"""
TAKEN = "checkout.session.expired 2026-10-28.endive"
REFUSED = "StripeSignatureVerificationError"
type Judge = Callable[..., str]


@pytest.fixture(scope="module")
def folder() -> Path:
    """Where Node finds npm's stripe of the same API version; without Node nothing is judged."""
    try:
        return node.library(Path(sys.prefix))
    except programs.Missing as missing:
        pytest.fail(str(missing))


@pytest.fixture
def delivered(sandbox: StripeSandbox, new_session: Any, ear: Any) -> tuple[str, str]:
    """A body and its signature as the stand-in sent them."""
    sandbox.act("expire", new_session(metadata={"word": "Śnieżka – “54”"}).id)
    body, signature = ear.wait(1)[0]
    return body.decode(), signature


@pytest.fixture
def resigned(sandbox: StripeSandbox, delivered: tuple[str, str]) -> Callable[..., str]:
    """``resigned(secret=..., ago=...)`` signs the same body anew, as the stand-in does."""
    now = int(time.time())

    def sign(*, secret: str = sandbox.webhook_secret, ago: int = 0) -> str:
        return webhooks.sign(delivered[0].encode(), secret, now - ago)

    return sign


@pytest.fixture
def judge(folder: Path, sandbox: StripeSandbox, delivered: tuple[str, str]) -> Judge:
    """``judge(body=..., signature=..., secret=...)`` is Node's word on the delivery so changed."""

    def ask(**changed: str) -> str:
        body, signature = delivered
        case = {"body": body, "signature": signature, "secret": sandbox.webhook_secret} | changed
        answer = subprocess.run(
            ["node", "-e", CHECK],
            cwd=folder,
            input=json.dumps([case]),
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return str(json.loads(answer.stdout)[0])

    return ask


def test_what_the_stand_in_sends_is_taken(judge: Judge) -> None:
    assert judge() == TAKEN


def test_a_tampered_body_is_refused(judge: Judge, delivered: tuple[str, str]) -> None:
    body, _signature = delivered
    assert judge(body=body + " ") == REFUSED
    assert judge(body=body.replace("expired", "completed")) == REFUSED


def test_another_secret_is_refused(judge: Judge) -> None:
    assert judge(secret="whsec_of_somebody_else") == REFUSED


def test_an_old_signature_is_refused(judge: Judge, resigned: Callable[..., str]) -> None:
    assert judge(signature=resigned(ago=200)) == TAKEN
    assert judge(signature=resigned(ago=400)) == REFUSED


def test_while_a_secret_is_rolled_either_signature_counts(
    judge: Judge, resigned: Callable[..., str]
) -> None:
    moment, old = resigned(secret="whsec_old").split(",")
    new = resigned().split(",")[1]
    assert judge(signature=f"{moment},{old},{new}") == TAKEN
    assert judge(signature=f"{moment},{new},{old}", secret="whsec_old") == TAKEN
    assert judge(signature=f"{moment},{old},{new}", secret="whsec_third") == REFUSED


def test_only_the_present_scheme_counts(judge: Judge, delivered: tuple[str, str]) -> None:
    _body, signature = delivered
    assert judge(signature=signature.replace("v1=", "v0=")) == REFUSED
