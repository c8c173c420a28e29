"""A stand-in of this folder's own, an ear for its webhooks, and the official SDK."""

import http.client
import re
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe

from sandbox import testing
from sandbox.testing import StripeSandbox

SECRET = "whsec_of_these_tests"
SHOP = "http://127.0.0.1:8000"

type Params = dict[str, Any]
type Sessions = Callable[..., stripe.checkout.Session]


@dataclass
class Ear:
    """What a shop would have heard: bodies and signatures, and what it answers."""

    url: str = ""
    heard: list[tuple[bytes, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def wait(self, count: int, *, seconds: float = 20) -> list[tuple[bytes, str]]:
        """The first `count` deliveries; fails when they do not come in time."""
        wait_until(lambda: len(self.heard) >= count, seconds=seconds)
        return self.heard[:count]


def wait_until(true: Callable[[], object], *, seconds: float = 20) -> None:
    """Waits until something holds, and fails when it does not in time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "It did not happen in time"
        time.sleep(0.02)


@pytest.fixture(name="wait_until")
def wait_until_fixture() -> Callable[..., None]:
    return wait_until


@pytest.fixture(scope="module")
def ear() -> Iterator[Ear]:
    """A webhook endpoint that answers 200 unless a test queues other answers."""
    heard = Ear()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.heard.append((body, self.headers["Stripe-Signature"]))
            self.send_response(heard.answers.pop(0) if heard.answers else 200)
            self.send_header("Location", "/elsewhere/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard.url = f"http://127.0.0.1:{server.server_port}/stripe/webhook/"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield heard
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def sandbox(ear: Ear) -> Iterator[StripeSandbox]:
    with testing.start(ear.url, SECRET) as running:
        yield running


@pytest.fixture(autouse=True)
def silence(request: pytest.FixtureRequest) -> None:
    """Each test listens from silence."""
    if "ear" in request.fixturenames:
        ear: Ear = request.getfixturevalue("ear")
        ear.answers.clear()
        ear.heard.clear()


def connect(running: StripeSandbox, **options: Any) -> stripe.StripeClient:
    """The official SDK as the shop uses it."""
    return stripe.StripeClient(
        options.pop("key", running.secret_key),
        base_addresses=running.base_addresses,  # type: ignore[arg-type]
        max_network_retries=options.pop("retries", 2),
        http_client=stripe.RequestsClient(timeout=(3.05, 15)),
        **options,
    )


@pytest.fixture(name="connect")
def connect_fixture() -> Callable[..., stripe.StripeClient]:
    return connect


@pytest.fixture(scope="module")
def client(sandbox: StripeSandbox) -> stripe.StripeClient:
    return connect(sandbox)


def ring(amount: int = 64000, currency: str = "eur", **line: Any) -> Params:
    """One line: a ring."""
    data = {
        "currency": currency,
        "unit_amount": amount,
        "product_data": {"name": "Tidestone ring, 54"},
    }
    return {"quantity": 1, "price_data": data} | line


@pytest.fixture(name="ring")
def ring_fixture() -> Callable[..., Params]:
    return ring


@pytest.fixture
def params() -> Callable[..., Params]:
    """A shop's usual parameters of a session, varied."""

    def build(**changes: Any) -> Params:
        usual = {
            "mode": "payment",
            "client_reference_id": "order_17",
            "success_url": f"{SHOP}/orders/x/?session_id={{CHECKOUT_SESSION_ID}}",
            "cancel_url": f"{SHOP}/cart/",
            "line_items": [ring()],
        }
        return usual | changes

    return build


@pytest.fixture
def new_session(client: stripe.StripeClient, params: Callable[..., Params]) -> Sessions:
    """Creates a session with the usual parameters, varied."""

    def create(**changes: Any) -> stripe.checkout.Session:
        given: Any = params(**changes)
        return client.v1.checkout.sessions.create(given)

    return create


@dataclass
class Page:
    """An answer of the hosted page, read as a browser without scripts would."""

    status: int
    location: str
    html: str
    headers: dict[str, str]

    def value(self, name: str) -> str:
        """The value of a form field."""
        match = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', self.html)
        assert match, f"No field {name}"
        return match[1]


@pytest.fixture
def browse() -> Callable[..., Page]:
    """`browse(url)` is a GET, `browse(url, field=…)` a form's POST; redirects are not followed."""

    def ask(url: str, *, headers: dict[str, str] | None = None, **form: str) -> Page:
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=10)
        given = {"Content-Type": "application/x-www-form-urlencoded"} | (headers or {})
        body = urllib.parse.urlencode(form) if form else None
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        try:
            connection.request("POST" if form else "GET", target, body, given if form else {})
            answer = connection.getresponse()
            html = answer.read().decode()
            found = dict(answer.getheaders())
            return Page(answer.status, found.get("Location", ""), html, found)
        finally:
            connection.close()

    return ask


CARD = {"number": "4242 4242 4242 4242", "expiry": "12 / 34", "cvc": "123"}


@pytest.fixture
def typed() -> Callable[..., dict[str, str]]:
    """A filled-in form, varied."""

    def fill(session: stripe.checkout.Session, **changes: str) -> dict[str, str]:
        usual = {"act": "pay", "total": str(session.amount_total), "email": "jonas@example.eu"}
        return usual | CARD | changes

    return fill
