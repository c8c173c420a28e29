"""Finds the programs of the system that the tests start, and runs them.

Standard library only: ``./dev test`` uses these before anything is installed.
"""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NODE = ("node", "nodejs")
NPM = ("npm",)
REDIS = ("redis-server", "valkey-server")


class Missing(Exception):
    """A program that is not installed; the message says what to install."""


def find(names: Sequence[str], *, package: str) -> Path:
    """The first of these programs in PATH; raises Missing, naming Debian's package."""
    for name in names:
        if path := shutil.which(name):
            return Path(path)
    raise Missing(f"{names[0]} is not installed (Debian and Ubuntu: apt-get install {package}).")


@contextmanager
def running(command: Sequence[str | Path], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs as long as the block does; ended politely, then firmly."""
    process = subprocess.Popen([str(part) for part in command], **options)
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes], *, seconds: float = 10) -> None:
    """End a process: SIGTERM, and SIGKILL when it does not listen."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
