"""Where a process can die: around each commit, each call to Stripe that asks for something, each
letter; and, with KILL_EVERY_STATEMENT=1, after each write within a transaction too.

The latter differ from a death before the commit only if something else was done within the
transaction, and that no call and no letter is made there is seen to here.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import stripe
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

_WRITES = ("INSERT", "UPDATE", "DELETE")
_EVERY = os.environ.get("KILL_EVERY_STATEMENT") == "1"


class Fate:
    """Counts what a process does to the world; at point ``at`` it ends it. Points start at 1."""

    def __init__(
        self, at: int, end: Callable[[], object], tell: Callable[[str], object] = str
    ) -> None:
        self.at, self.end, self.tell = at, end, tell
        self.points = 0

    @property
    def is_over(self) -> bool:
        return 0 < self.at <= self.points

    def point(self, what: str) -> None:
        self.points += 1
        self.tell(f"{self.points} {what}")
        if self.points == self.at:
            self.end()

    @contextmanager
    def watching(self) -> Iterator["Fate"]:
        """Every commit, write, call to Stripe and letter of this thread is a point meanwhile."""
        with ExitStack() as stack:
            stack.enter_context(connection.execute_wrapper(self._written))
            for owner, name, words in (
                (BaseDatabaseWrapper, "_commit", lambda *_given: "commit"),
                (stripe.RequestsClient, "request", _call),
                (EmailBackend, "send_messages", lambda *_given: "letter"),
            ):
                around = self._around(getattr(owner, name), words)
                stack.enter_context(patch.object(owner, name, around))
            yield self

    def _written(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        answer = execute(sql, params, many, context)
        is_committed = not context["connection"].in_atomic_block
        if sql.startswith(_WRITES) and (is_committed or _EVERY):
            table = sql.partition(" WHERE ")[0].split('"')[1]
            self.point(f"{sql[:6]} {table}" + (", committed" if is_committed else ""))
        return answer

    def _around(self, done: Callable[..., Any], words: Callable[..., str]) -> Callable[..., Any]:
        def watched(*given: Any, **named: Any) -> Any:
            what = words(*given, **named)
            is_commit = what == "commit"
            assert is_commit or not connection.in_atomic_block, f"{what} within a transaction"
            if not what.startswith("GET"):  # only looking: as if it had died just before
                self.point(f"before {what}")
            answer = done(*given, **named)
            self.point(f"after {what}")
            return answer

        return watched


def _call(_client: object, method: str, url: str, *_given: Any, **_named: Any) -> str:
    return f"{method.upper()} {urlsplit(url).path}"
