"""The stand-in itself: what all its parts share."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from sandbox.errors import missing
from sandbox.store import Json, Store


@dataclass(frozen=True)
class Endpoint:
    """Where events are sent, and the secret that signs them."""

    url: str
    secret: str


@dataclass(frozen=True)
class Options:
    """How a stand-in is started. Times are seconds."""

    state: str = ":memory:"
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    settle_after: float = 1.0
    retry_first: float = 1.0
    retry_limit: int = 10


@dataclass
class Call:
    """One API request, decoded: parameters as given, and as checked."""

    method: str
    path: str
    host: str
    given: Json
    params: Json = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    request_id: str = ""
    idempotency_key: str | None = None
    account: str = ""


class StandIn:
    """Store, options, faults and the call being answered."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.store = Store(options.state)
        self.faults: list[Any] = []
        self.running: set[str] = set()
        self.running_lock = threading.Lock()
        self.wake = threading.Condition()
        self.stopping = threading.Event()
        self._local = threading.local()

    @property
    def call(self) -> Call | None:
        """The API request this thread answers; None for a page, the panel or the clock."""
        call: Call | None = getattr(self._local, "call", None)
        return call

    @call.setter
    def call(self, call: Call | None) -> None:
        self._local.call = call

    def now(self) -> int:
        """Seconds since 1970, as Stripe writes times."""
        return int(time.time())

    def need(self, kind: str, id: str, *, param: str = "id", status: int = 404) -> Json:
        """The object, or Stripe's "No such …"."""
        found = self.store.get(id, kind)
        if found is None:
            raise missing(kind, id, param=param, status=status)
        return found

    def tell_workers(self) -> None:
        """Wakes whoever sends webhooks: there is something new to send."""
        with self.wake:
            self.wake.notify_all()

    def later(self, what: str, id: str, seconds: float) -> None:
        """Has the clock do something in a while."""
        self.store.run(
            "INSERT INTO jobs (due, what, id) VALUES (?, ?, ?)", time.time() + seconds, what, id
        )
