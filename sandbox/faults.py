"""Faults on order: the next API calls fail as real networks and real Stripe do.

Modes: `500`, `409`, `429` answer so before anything happens; `timeout_before` loses the request;
`timeout_after` does the work and loses the answer; `slow` does the work and answers late. The SDK
tries again by itself with the same idempotency key, so a caller sees a lost connection only when
`times` exceeds its retries.
"""

import time
from dataclasses import dataclass

from sandbox.errors import Refused
from sandbox.standin import StandIn

MODES = ("500", "409", "429", "timeout_before", "timeout_after", "slow")


@dataclass
class Fault:
    """A fault for calls to `path`, or below it when it ends in `*`; `seconds` is waited first."""

    path: str
    mode: str
    times: int = 1
    method: str = ""
    seconds: float = 0.0

    def fits(self, method: str, path: str) -> bool:
        """Whether the call is one of those that should fail."""
        same = path.startswith(self.path[:-1]) if self.path.endswith("*") else path == self.path
        return same and self.method in ("", method)


def order(stand: StandIn, fault: Fault) -> None:
    """Adds a fault; raises Refused for an unknown mode, ValueError for no number."""
    fault.times, fault.seconds = int(fault.times), float(fault.seconds)
    if fault.mode not in MODES:
        raise Refused(f"Unknown mode {fault.mode}: one of {', '.join(MODES)}", param="mode")
    with stand.running_lock:
        stand.faults.append(fault)


def clear(stand: StandIn) -> None:
    """Takes all faults back."""
    with stand.running_lock:
        stand.faults.clear()


def take(stand: StandIn, method: str, path: str) -> Fault | None:
    """The fault for this call, used up by one."""
    with stand.running_lock:
        for fault in stand.faults:
            if fault.fits(method, path):
                fault.times -= 1
                if fault.times <= 0:
                    stand.faults.remove(fault)
                return Fault(**vars(fault))
    return None


def strike(fault: Fault) -> bool:
    """Acts before the work: raises the error, or waits. True when the request is lost."""
    if fault.mode == "slow":
        return False
    time.sleep(fault.seconds)
    if fault.mode == "500":
        raise Refused("An unknown error occurred", status=500, type="api_error")
    if fault.mode == "409":
        raise Refused(
            "This object cannot be accessed right now because another API request or Stripe "
            "process is currently "
            "accessing it. If you see this error intermittently, retry the request.",
            status=409,
            code="lock_timeout",
        )
    if fault.mode == "429":
        raise Refused(
            "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
            status=429,
            code="rate_limit",
        )
    return fault.mode == "timeout_before"


def linger(fault: Fault | None) -> None:
    """Makes the work of a slow call last, so that its idempotency key stays in use."""
    if fault and fault.mode == "slow":
        time.sleep(fault.seconds)
