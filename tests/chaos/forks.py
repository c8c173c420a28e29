"""Processes of the shop that die when they are told to: forked from one that is warm.

``python -m tests.chaos.forks`` is that one. It holds no connection and no socket; it reads a
line of JSON for each act, forks, and answers how the child ended.
"""

import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

SAME = ("SITE_URL", "STRIPE_API_BASE", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class End:
    """How a process ended; ``trace`` are the points that it came by."""

    was_killed: bool
    trace: list[str]

    @property
    def last(self) -> str:
        return self.trace[-1] if self.trace else "nothing"


class Forks:
    """The warm process, seen from the test."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self.process, self.folder = process, folder

    def run(self, act: str, *, kill_at: int = 0, **given: Any) -> End:
        """Do an act in a process of its own, which is killed at that point (0: at none).

        It has the test's settings for Stripe. Raises AssertionError with its traceback when
        it ended in any other way.
        """
        assert self.process.stdin
        assert self.process.stdout
        files = {name: str(self.folder / f"{name}.txt") for name in ("trace", "said")}
        same = {name: getattr(settings, name) for name in SAME}
        order = {"act": act, "kill_at": kill_at, "settings": same, "given": given} | files
        print(json.dumps(order), file=self.process.stdin, flush=True)
        code = int(self.process.stdout.readline())
        trace = Path(files["trace"]).read_text().splitlines()
        if code not in {0, -signal.SIGKILL}:
            raise AssertionError(f"{act} ended with {code}:\n{Path(files['said']).read_text()}")
        return End(code != 0, trace)


@contextmanager
def warm(folder: Path, variables: Mapping[str, str]) -> Iterator[Forks]:
    """Start the warm process with a shop's environment; it ends with the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.forks"],
        cwd=ROOT,
        env=dict(variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Forks(process, folder)
        assert process.stdin
        process.stdin.close()


def _serve() -> None:
    _warm_up()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _live(json.loads(line))
        _pid, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _warm_up() -> None:
    """Import all that a request needs, so that no child must."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
    import django

    django.setup()
    from django.template.loader import get_template
    from django.urls import get_resolver

    from tests.chaos import acts  # noqa: F401

    get_resolver().url_patterns  # noqa: B018
    for name in ("orders/cart.html", "orders/checkout.html"):
        get_template(name)


def _live(order: dict[str, Any]) -> None:
    """Never returns: a child ends where it is told to, or when its act is done."""
    said = os.open(order["said"], os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    trace = os.open(order["trace"], os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    code = 1
    try:
        _act(order, trace)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _act(order: dict[str, Any], trace: int) -> None:
    from tests.chaos.acts import ACTS
    from tests.chaos.fate import Fate

    for name, value in order["settings"].items():
        setattr(settings, name, value)
    fate = Fate(
        order["kill_at"],
        end=lambda: os.kill(os.getpid(), signal.SIGKILL),
        tell=lambda what: os.write(trace, f"{what}\n".encode()),
    )
    with fate.watching():
        ACTS[order["act"]](**order["given"])


if __name__ == "__main__":
    _serve()
