"""The processes of the demo: started together, ended together."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from deploy.local.environment import ROOT
from deploy.local.stop import Stop

PATIENCE = 10  # seconds between asking a process to end and making it
# A closed terminal and `kill` end the demo as Ctrl-C does.
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Children:
    """A context manager: whatever was started in the block is ended with it, newest first."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = dict(variables)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        self.handlers = {number: signal.signal(number, _interrupt) for number in ENDING}
        return self

    def start(self, name: str, command: Sequence[str | Path]) -> None:
        """Start one; in a group of its own, so that what it starts itself ends with it."""
        self.running[name] = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env=self.variables,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
        )

    def check(self) -> None:
        """Raise Stop when one of them has ended."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise Stop(
                    f"The {name} ended by itself (code {process.returncode}); so does all else."
                )

    def watch(self) -> None:
        """Wait until one of them ends; raises Stop then."""
        while True:
            self.check()
            time.sleep(0.5)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not orphan the rest
        for process in reversed(self.running.values()):
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        for process in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            _signal(process, signal.SIGKILL)
            process.wait()
        for number, handler in self.handlers.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it and all it started may be gone
        os.killpg(process.pid, number)
