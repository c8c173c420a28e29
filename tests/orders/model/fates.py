"""What can happen to a process in the middle of its work: it dies, or is not answered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from orders import payments

# Every call to Stripe that the shop makes.
CALLS = [
    name
    for name, member in vars(payments).items()
    if callable(member)
    and getattr(member, "__module__", "") == payments.__name__
    and name.startswith(
        (
            "create_",
            "get_",
            "expire_",
            "line_",
            "list_",
            "refund",
            "payment_",
            "transfer",
            "reverse",
        )
    )
]


class Killed(BaseException):
    """The process died here."""


@dataclass(frozen=True, slots=True)
class Fate:
    """At the ``nth`` call to Stripe or commit of an act, counted from one, it happens."""

    at: str  # "call": before it reaches Stripe; "answer": after; "silence": no answer; "commit"
    nth: int


class Process:
    """The shop's process, as mortal as it is told to be for each of its acts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._fate: Fate | None = None
        self._calls = self._commits = 0
        for name in CALLS:
            monkeypatch.setattr(payments, name, self._mortal(getattr(payments, name)))
        monkeypatch.setattr(
            transaction.Atomic, "__exit__", self._committing(transaction.Atomic.__exit__)
        )

    @contextmanager
    def with_fate(self, fate: Fate | None) -> Iterator[None]:
        """Whoever dies within it is gone; the next act is another process's."""
        self._fate, self._calls, self._commits = fate, 0, 0
        try:
            yield
        except Killed:
            pass
        finally:
            self._fate = None

    def _meets(self, at: str, nth: int) -> bool:
        return self._fate is not None and self._fate.at == at and self._fate.nth == nth

    def _mortal(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def made(*given: Any, **named: Any) -> Any:
            self._calls += 1
            if self._meets("call", self._calls):
                raise Killed
            answer = call(*given, **named)
            if self._meets("answer", self._calls):
                raise Killed
            if self._meets("silence", self._calls):
                raise payments.Unknown("no answer")
            return answer

        return made

    def _committing(self, leave: Callable[..., Any]) -> Callable[..., Any]:
        def left(atomic: Any, kind: Any, *error: Any) -> Any:
            answer = leave(atomic, kind, *error)
            if kind is None and self._fate is not None:
                self._commits += 1
                if self._meets("commit", self._commits):
                    raise Killed
            return answer

        return left
