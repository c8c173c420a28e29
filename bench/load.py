"""A small load generator: a few connections that ask for one page as fast as it comes."""

import socket
import threading
import time
from dataclasses import dataclass, field
from typing import BinaryIO, cast


@dataclass
class Result:
    """What a round measured: ``answers`` in ``seconds``, and the bytes of one as sent."""

    seconds: float
    answers: int = 0
    size: int = 0
    wrong: list[bytes] = field(default_factory=list)


def ask(port: int, path: str, *, seconds: float, connections: int = 8) -> Result:
    """Ask for ``path`` on this machine for so long; raises RuntimeError unless all is 200."""
    result = Result(seconds)
    arguments = (port, path, time.monotonic() + seconds, result)
    threads = [threading.Thread(target=_keep_asking, args=arguments) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if result.wrong or not result.answers:
        raise RuntimeError(f"{path}: {result.wrong[:1] or 'no answer'}")
    return result


def _keep_asking(port: int, path: str, deadline: float, result: Result) -> None:
    host = f"127.0.0.1:{port}"
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        answers = cast(BinaryIO, connection.makefile("rb"))
        while time.monotonic() < deadline and not result.wrong:
            connection.sendall(request)
            _read(answers, result)


def _read(answers: BinaryIO, result: Result) -> None:
    status = answers.readline()
    length = -1
    while (header := answers.readline()) not in (b"\r\n", b""):
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    body = answers.read(max(length, 0))
    if b" 200 " not in status or length < 0:
        result.wrong.append(status + body[:200])
        return
    result.answers += 1
    result.size = length
