"""The stand-in for tests: started in a process of its own on a free port, driven over HTTP.

sandbox = start("http://127.0.0.1:8000/stripe/webhook/", "whsec_test")
client = stripe.StripeClient(sandbox.secret_key, base_addresses=sandbox.base_addresses, …)
sandbox.pay(session.id)
sandbox.stop()
"""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sandbox import DEMO_KEY

DEMO_SECRET = "whsec_sandbox"  # noqa: S105 - guards nothing but a demo on loopback
ROOT = Path(__file__).parent.parent


def start(
    webhook_url: str | None = None, secret: str = DEMO_SECRET, **options: Any
) -> "StripeSandbox":
    """Starts a stand-in; `options` are those of `python -m sandbox`.

    Fees are known and retries come after a few hundredths of a second unless the options say
    otherwise.
    """
    options = {"port": 0, "settle_after": 0.1, "retry_first": 0.05} | options
    if webhook_url:
        options |= {"webhook_url": webhook_url, "webhook_secret": secret}
    words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("STRIPE_")
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    line = process.stdout.readline() if process.stdout else ""
    match = re.search(r"http://\S+", line)
    if not match:
        process.kill()
        process.wait()
        raise RuntimeError(f"The sandbox did not start: {line or 'no word from it'}")
    return StripeSandbox(match[0], secret, process)


@dataclass
class StripeSandbox:
    """A running stand-in."""

    base_url: str
    webhook_secret: str
    process: subprocess.Popen[str]
    secret_key: str = DEMO_KEY

    @property
    def base_addresses(self) -> dict[str, str]:
        """For `stripe.StripeClient(base_addresses=…)`."""
        return dict.fromkeys(("api", "connect", "files", "meter_events"), self.base_url)

    def stop(self) -> None:
        """Ends the process; a second call does nothing."""
        self.process.terminate()
        self.process.wait(timeout=10)
        if self.process.stdout:
            self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def pay(self, session: str, card: str = "4242 4242 4242 4242", **more: Any) -> dict[str, Any]:
        """Pays as a shopper would: `status` is paid, declined, asks, processing or closed.

        `card="delayed"` pays by a method that takes days; `bank="complete"` or `"fail"` answers the
        bank's page; `email`, `name`, `phone`, `address`, `shipping_rate` say more about the buyer.
        """
        return self._send("/_test/pay", {"session": session, "card": card} | more)

    def act(self, act: str, id: str = "", value: str | int = "") -> str:
        """Presses a button of the panel (names in `sandbox/acts.py`); says what was done."""
        return str(self._send("/_test/act", {"act": act, "id": id, "value": str(value)})["said"])

    def faults(self, path: str, mode: str, times: int = 1, **more: Any) -> None:
        """Makes the next `times` calls to `path` fail; modes are in `sandbox/faults.py`."""
        self._send("/_test/faults", {"path": path, "mode": mode, "times": times} | more)

    def events(self, *types: str) -> list[dict[str, Any]]:
        """Every event so far, oldest first, of these types if any are named."""
        found: list[dict[str, Any]] = self._send("/_test/events")["data"]
        return [event for event in found if not types or event["type"] in types]

    def deliveries(self, *types: str) -> list[dict[str, Any]]:
        """Every delivery so far: `type`, `state`, `tries`, last `status` and `answer`."""
        found: list[dict[str, Any]] = self._send("/_test/deliveries")["data"]
        return [delivery for delivery in found if not types or delivery["type"] in types]

    def _send(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            f"{self.base_url}{path}", data, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                read: dict[str, Any] = json.load(answer)
                return read
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode("utf-8", "replace")) from None
