"""Free ports on loopback, and waiting until something listens there."""

import socket
import time
from contextlib import closing


def free() -> int:
    """A port nobody listens on right now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_taken(port: int) -> bool:
    """Whether somebody listens on this port of 127.0.0.1."""
    with closing(socket.socket()) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(port: int, *, seconds: float = 20) -> None:
    """Return once somebody listens on the port; raise TimeoutError after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not is_taken(port):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Nothing listens on port {port} after {seconds:.0f} s.")
        time.sleep(0.05)
