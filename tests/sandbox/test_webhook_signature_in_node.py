"""A second opinion on the signatures: Stripe's own library for Node."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sandbox.testing import StripeSandbox

CHECK = """
const stripe = require('stripe')('sk_test_sandbox');
const {body, signature, secret} = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const event = stripe.webhooks.constructEvent(body, signature, secret);
let tampered = 'refused';
try {
  stripe.webhooks.constructEvent(body + ' ', signature, secret);
  tampered = 'accepted';
} catch {}
console.log(JSON.stringify({type: event.type, api: event.api_version, tampered}));
"""


@pytest.fixture(scope="module")
def node_stripe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with npm's stripe of the same API version."""
    if not (shutil.which("node") and shutil.which("npm")):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("node and npm are not installed")
    folder = tmp_path_factory.mktemp("node")
    command = ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "stripe@23.1.0"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return folder


def test_node_accepts_the_signature(
    node_stripe: Path, sandbox: StripeSandbox, new_session: Any, ear: Any
) -> None:
    sandbox.act("expire", new_session(metadata={"word": "Śnieżka – “54”"}).id)
    body, signature = ear.wait(1)[0]
    given = {
        "body": body.decode(),
        "signature": signature,
        "secret": sandbox.webhook_secret,
    }

    answer = subprocess.run(
        ["node", "-e", CHECK],
        cwd=node_stripe,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert json.loads(answer.stdout) == {
        "type": "checkout.session.expired",
        "api": "2026-10-28.endive",
        "tampered": "refused",
    }
