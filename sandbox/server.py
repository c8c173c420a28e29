"""The HTTP server: loopback only, one thread per connection, kept alive."""

import logging
import mimetypes
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from sandbox import api, onboarding, page, panel, testing_api
from sandbox.answers import Answer, as_page, redirect
from sandbox.html import render
from sandbox.standin import StandIn

log = logging.getLogger(__name__)
STATIC = Path(__file__).parent / "static"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
LARGEST_BODY = 1_000_000


class Server(ThreadingHTTPServer):
    """A server that carries its stand-in."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, stand: StandIn) -> None:
        self.stand = stand
        super().__init__(("127.0.0.1", port), Handler)


class Handler(BaseHTTPRequestHandler):
    """Reads a request, asks whoever answers for its path, writes the answer in one piece."""

    protocol_version = "HTTP/1.1"
    server: Server
    timeout = 75
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answers a GET."""
        self._answer()

    def do_POST(self) -> None:
        """Answers a POST."""
        self._answer()

    def do_DELETE(self) -> None:
        """Answers a DELETE, which no operation of the stand-in knows."""
        self._answer()

    def _answer(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if (
            not length.isdecimal()
            or int(length) > LARGEST_BODY
            or "Transfer-Encoding" in self.headers
        ):
            self.close_connection = True
            self._write(Answer(413, b"Too large, or without a length\n"))
            return
        body = self.rfile.read(int(length))
        self._write(self._ask(body))

    def _ask(self, body: bytes) -> Answer:
        target = urlsplit(self.path)
        stand, method = self.server.stand, self.command
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        if host not in LOOPBACK:
            return Answer(403, b"The sandbox answers on this machine only\n")
        if target.path.startswith(("/v1/", "/v2/")):
            return api.answer(stand, method, target.path, target.query, self.headers, body)
        try:
            return self._ask_page(target.path, target.query, body)
        except Exception:
            log.exception("%s %s", method, target.path)
            return as_page(
                render("message", title="Something went wrong", text="See the sandbox's log."), 500
            )

    def _ask_page(self, path: str, query: str, body: bytes) -> Answer:
        stand, method = self.server.stand, self.command
        if path.startswith("/_test/"):
            return testing_api.answer(stand, method, path, self.headers, body)
        if method == "POST" and not self._same_origin():
            return as_page(
                render(
                    "message", title="Not from here", text="This form was sent from another site."
                ),
                403,
            )
        if path.startswith("/c/pay/"):
            return page.answer(stand, method, path, query, body)
        if path.startswith("/connect/"):
            return onboarding.answer(stand, method, path)
        if path == "/panel" or path.startswith("/panel/"):
            return panel.answer(stand, method, path, query, body)
        if path.startswith("/static/") and method == "GET":
            return _static(path.removeprefix("/static/"))
        if path == "/":
            return redirect("/panel")
        return as_page(render("message", title="Nothing here", text="The panel is at /panel."), 404)

    def _same_origin(self) -> bool:
        """Whether a form comes from our own pages; browsers say so, other clients need not."""
        site = self.headers.get("Sec-Fetch-Site")
        if site is not None:
            return site in ("same-origin", "none")
        origin = self.headers.get("Origin")
        return origin is None or urlsplit(origin).netloc == self.headers.get("Host")

    def _write(self, answer: Answer) -> None:
        if answer.lost:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """The API logs for itself; pages are not worth a line."""


def _static(name: str) -> Answer:
    files = {path.name: path for path in STATIC.iterdir() if path.is_file()}
    if name not in files:
        return Answer(404, b"Not found\n")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Answer(
        200,
        files[name].read_bytes(),
        {"Content-Type": kind, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"},
    )
