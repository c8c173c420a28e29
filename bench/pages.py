"""``.venv/bin/python -m bench.pages``: what the public pages cost, see README.md beside this.

Starts a PostgreSQL of its own, makes a large catalogue in it, and serves it with gunicorn.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import load
from tests.services import ports, postgres, programs

ROOT = Path(__file__).resolve().parents[1]
CONSTANT = "/healthz"
ROUNDS = 3
QUERIES = Path(__file__).with_name("queries.py")
HERTZ = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """A page's: answers a second, CPU milliseconds of the server and bytes, each for one answer."""

    per_second: float
    cpu: float
    size: int


def main() -> None:
    """Measure each page uncached and cached whole, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages")
    parser.add_argument("--pieces", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=5, help="of each of three rounds")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, postgres.cluster() as database:
        variables = _variables(Path(folder), database)
        pages = _prepare(variables, arguments.pieces)
        print(
            f"{'page':<12}{'':<10}{'req/s':>8}{'CPU ms':>8}{'queries':>8}{'bytes':>8}{'ratio':>8}"
        )
        for kept, label in ((0, "uncached"), (300, "cached")):
            with _server(variables | {"PUBLIC_PAGE_SECONDS": str(kept)}) as (port, pid):
                _measure_all(port, pid, pages, label, arguments.seconds)


def _variables(folder: Path, database: str) -> dict[str, str]:
    return os.environ | {
        "DEBUG": "0",
        "SECRET_KEY": "only-for-this-measurement-" + "x" * 40,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": "http://127.0.0.1:8000",
        "DATABASE_URL": database,
        "MAIL_URL": "memory://",
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
        "STRIPE_SECRET_KEY": "sk_test_bench",
        "STRIPE_WEBHOOK_SECRET": "whsec_bench",
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(ROOT),
    }


def _prepare(variables: dict[str, str], pieces: int) -> dict[str, tuple[str, int]]:
    """Make the shop; returns each page's path and number of queries by its name."""
    for command in (
        ["migrate", "--verbosity", "0"],
        ["collectstatic", "--noinput", "--verbosity", "0"],
        ["make_catalogue", "--pieces", str(pieces), "--seed", "1"],
    ):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=variables, check=True)
    counted = subprocess.run(
        [sys.executable, QUERIES],
        cwd=ROOT,
        env=variables | {"PUBLIC_PAGE_SECONDS": "0"},
        check=True,
        stdout=subprocess.PIPE,
    )
    rows = [line.split("\t") for line in counted.stdout.decode().splitlines()]
    return {name: (path, int(queries)) for name, path, queries in rows}


@contextmanager
def _server(variables: dict[str, str]) -> Iterator[tuple[int, int]]:
    """The port and process id of gunicorn with two workers."""
    port = ports.free()
    command = ["-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "-b", f"127.0.0.1:{port}"]
    options = ["--workers", "2", "--max-requests", "0", "shop.wsgi"]
    with programs.running([sys.executable, *command, *options], cwd=ROOT, env=variables) as process:
        ports.wait_for(port)
        yield port, process.pid


def _measure_all(
    port: int, pid: int, pages: dict[str, tuple[str, int]], label: str, seconds: float
) -> None:
    for path, _ in [(CONSTANT, 0), *pages.values()]:
        load.ask(port, path, seconds=1)  # imports, connections, compiled templates
    for name, (path, queries) in {"constant": (CONSTANT, 0), **pages}.items():
        # By turns, so that a neighbour's noise falls on both alike.
        rounds = [
            (_measure(port, pid, CONSTANT, seconds), _measure(port, pid, path, seconds))
            for _ in range(ROUNDS)
        ]
        ratio = statistics.median(
            page.per_second / constant.per_second for constant, page in rounds
        )
        cost = sorted((page for _, page in rounds), key=lambda page: page.per_second)[ROUNDS // 2]
        asked = 0 if label == "cached" else queries
        print(
            f"{name:<12}{label:<10}{cost.per_second:>8.0f}{cost.cpu:>8.2f}{asked:>8}"
            f"{cost.size:>8}{ratio:>8.1%}",
            flush=True,
        )


def _measure(port: int, pid: int, path: str, seconds: float) -> Cost:
    before = _cpu(pid)
    result = load.ask(port, path, seconds=seconds)
    spent = _cpu(pid) - before
    return Cost(result.answers / seconds, 1000 * spent / result.answers, result.size)


def _cpu(pid: int) -> float:
    """CPU seconds that gunicorn's workers have used so far (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    used = 0
    for child in children:
        # Fields 14 and 15 of proc(5), counted after the name, which may hold spaces.
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        used += int(fields[11]) + int(fields[12])
    return used / HERTZ


if __name__ == "__main__":
    main()
