"""A real Redis on a free port that keeps nothing."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.services import ports, programs


@contextmanager
def server() -> Iterator[str]:
    """Start Redis; yields its address for CACHE_URL."""
    port = ports.free()
    program = str(programs.find(programs.REDIS, package="redis-server"))
    command = [
        program,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    with programs.running(command, stdout=subprocess.DEVNULL):
        ports.wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
