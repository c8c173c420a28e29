"""Deaths within the test's own process: a raise where a kill would be, quick enough for many."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.db import connection

from tests.chaos.acts import ACTS
from tests.chaos.fate import Fate
from tests.chaos.forks import End

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)


class Killed(BaseException):
    """The process died here."""


class Raised:
    """Runs acts as ``Forks`` does."""

    def run(self, act: str, *, kill_at: int = 0, **given: object) -> End:
        trace: list[str] = []
        fate = Fate(kill_at, end=_die, tell=trace.append)
        cache.clear()
        try:
            with _same_signals(), fate.watching():
                ACTS[act](**given)
        except Killed:
            connection.close()  # and with it whatever waited for its commit
        # Django's worker survives a raise: what it did after it is not where it died.
        return End(fate.is_over, trace[:kill_at] if kill_at else trace)


def _die() -> None:
    # First, as the database does it for a process that is gone: a commit is not left half done.
    if connection.connection:
        connection.connection.rollback()
    raise Killed


@contextmanager
def _same_signals() -> Iterator[None]:
    """A worker takes the process's signals; the test takes them back."""
    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
