"""What happens by itself after a while: sessions run out, fees become known, refunds fail."""

import logging
import time
from collections.abc import Callable

from sandbox import charges, disputes, refunds, sessions
from sandbox.errors import Refused
from sandbox.standin import StandIn

log = logging.getLogger(__name__)
TICK = 0.1
JOBS: dict[str, Callable[[StandIn, str], object]] = {
    "expire": sessions.load,
    "settle": charges.settle,
    "dispute": disputes.open_dispute,
    "finish_refund": refunds.finish,
    "fail_refund": refunds.fail,
}


def run(stand: StandIn) -> None:
    """Does what is due, until the stand-in stops."""
    while not stand.stopping.wait(TICK):
        run_due(stand)


def run_due(stand: StandIn) -> None:
    """Does everything that is due now, each in a transaction of its own."""
    for job in stand.store.rows("SELECT * FROM jobs WHERE due <= ? ORDER BY due, seq", time.time()):
        try:
            with stand.store.transaction():
                _drop(stand, job["seq"])
                JOBS[job["what"]](stand, job["id"])
        except Refused as refusal:
            log.info("%s of %s was refused: %s", job["what"], job["id"], refusal)
            _drop(stand, job["seq"])
        except Exception:
            log.exception("%s of %s went wrong", job["what"], job["id"])
            _drop(stand, job["seq"])


def _drop(stand: StandIn, seq: int) -> None:
    stand.store.run("DELETE FROM jobs WHERE seq = ?", seq)
