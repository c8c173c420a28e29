"""``.venv/bin/python -m bench.photographs``: how long a shoot takes, see README.md beside this.

Serves a shop of its own with gunicorn and one worker, drops photographs of 12 megapixels on a
collection as the page's script does, three at a time, and waits until every file is made.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from bench import shoot
from tests.services import ports, postgres, programs

ROOT = Path(__file__).resolve().parents[1]
HERTZ = os.sysconf("SC_CLK_TCK")
AT_ONCE = 3
WORKER = ["manage.py", "db_worker", "--queue-name", "*", "--verbosity", "0"]
PASSWORD = "only-for-this-measurement"  # noqa: S105
MAKER = f"""
from django.contrib.auth.models import User
from catalog.models import Collection
from designers.models import Designer, Member
ines = Designer.objects.create(name="Inês Carvalho", short_name="Inês", slug="ines")
alice = User.objects.create_user("alice", password="{PASSWORD}", is_staff=True)
Member.objects.create(designer=ines, user=alice)
print(Collection.objects.create(designer=ines, title="Low Water", slug="low-water").pk)
"""


def main() -> None:
    """Drop the shoot and print what it took."""
    parser = argparse.ArgumentParser(prog="python -m bench.photographs")
    parser.add_argument("--photographs", type=int, default=60)
    parser.add_argument("--sqlite", action="store_true", help="instead of PostgreSQL")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        sqlite = f"sqlite:///{folder / 'shop.sqlite3'}"
        database = sqlite if arguments.sqlite else stack.enter_context(postgres.cluster())
        variables = _variables(folder, database)
        collection = _prepare(variables)
        (folder / "shoot").mkdir()
        files = shoot.make(folder / "shoot", arguments.photographs)
        megabytes = sum(file.stat().st_size for file in files) / 1_000_000
        print(f"{len(files)} photographs of 12 MP, {megabytes:.0f} MB, {os.cpu_count()} cores")
        with _shop(variables) as (url, pids):
            _drop_and_wait(url, f"/admin/catalog/collection/{collection}/photographs/", files)
            for what, pid in pids.items():
                print(f"CPU of the {what:<11}{_cpu(pid):>8.1f} s")
        made = [path for path in (folder / "media/public").rglob("*.*") if path.is_file()]
        print(f"{len(made)} public files, {sum(p.stat().st_size for p in made) / 1e6:.0f} MB")


def _variables(folder: Path, database: str) -> dict[str, str]:
    return os.environ | {
        "DEBUG": "0",
        "TOUCHMARK_DEMO": "1",  # plain HTTP on this machine
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
    }


def _prepare(variables: dict[str, str]) -> int:
    """Make the shop; returns the number of its collection."""
    for command in (["migrate"], ["collectstatic", "--noinput"]):
        line = [sys.executable, "manage.py", *command, "--verbosity", "0"]
        subprocess.run(line, cwd=ROOT, env=variables, check=True)
    line = [sys.executable, "manage.py", "shell", "--no-imports", "-c", MAKER]
    made = subprocess.run(line, cwd=ROOT, env=variables, check=True, stdout=subprocess.PIPE)
    return int(made.stdout.split()[-1])


@contextmanager
def _shop(variables: dict[str, str]) -> Iterator[tuple[str, dict[str, int]]]:
    """The address of gunicorn, and the process ids of it and of the one worker."""
    port = ports.free()
    web = ["-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "-b", f"127.0.0.1:{port}"]
    with ExitStack() as stack:
        pids = {}
        for what, command in (
            ("web server", [*web, "--max-requests", "0", "shop.wsgi"]),
            ("worker", [*WORKER, "--interval", "0.2"]),
        ):
            line = [sys.executable, *command]
            process = stack.enter_context(programs.running(line, cwd=ROOT, env=variables))
            pids[what] = process.pid
        ports.wait_for(port)
        yield f"http://127.0.0.1:{port}", pids


def _drop_and_wait(url: str, page: str, files: list[Path]) -> None:
    maker = _log_in(url, page)
    begun, done = time.monotonic(), threading.Event()
    with ThreadPoolExecutor(AT_ONCE + 1) as threads:
        watcher = threads.submit(_look_meanwhile, url, page, maker.cookies, done)
        jobs = [
            threads.submit(_send, url + page, maker.cookies, file, place)
            for place, file in enumerate(files, start=1)
        ]
        for job in jobs:
            job.result()
        print(f"all stored after   {time.monotonic() - begun:>8.1f} s")
        while "waiting" in maker.get(f"{url}{page}state/", timeout=60).text:
            time.sleep(0.5)
        print(f"all ready after    {time.monotonic() - begun:>8.1f} s")
        done.set()
        _print_answers(watcher.result())
    states = maker.get(f"{url}{page}state/", timeout=60).json().values()
    assert [state for state, *_ in states] == ["ready"] * len(files), states


def _log_in(url: str, page: str) -> requests.Session:
    session = requests.Session()
    session.get(f"{url}/admin/login/", timeout=60)
    data = {"username": "alice", "password": PASSWORD, "next": page}
    data["csrfmiddlewaretoken"] = session.cookies["csrftoken"]
    answer = session.post(f"{url}/admin/login/", data=data, timeout=60)
    assert answer.url == url + page, answer.url
    return session


def _send(url: str, cookies: requests.cookies.RequestsCookieJar, file: Path, place: int) -> None:
    data = {"place": str(place), "csrfmiddlewaretoken": cookies["csrftoken"]}
    with file.open("rb") as content:
        answer = requests.post(
            url,
            data=data,
            files={"files": (file.name, content)},
            headers={"Accept": "application/json"},
            cookies=cookies,
            timeout=120,
        )
    assert answer.json()["state"] == "done", answer.text


def _look_meanwhile(
    url: str, page: str, cookies: requests.cookies.RequestsCookieJar, done: threading.Event
) -> dict[str, list[float]]:
    """Seconds that answers took while photographs came in and were made."""
    seconds: dict[str, list[float]] = {"tray": [], "bench": [], "home page": []}
    paths = {"tray": page, "bench": "/admin/", "home page": "/"}
    while not done.wait(1):
        for name, path in paths.items():
            begun = time.monotonic()
            assert requests.get(url + path, cookies=cookies, timeout=60).ok
            seconds[name].append(time.monotonic() - begun)
    return seconds


def _print_answers(seconds: dict[str, list[float]]) -> None:
    for name, each in seconds.items():
        middle, worst = 1000 * statistics.median(each), 1000 * max(each)
        print(f"{name:<10} meanwhile: median {middle:.0f} ms, slowest {worst:.0f} ms")


def _cpu(pid: int) -> float:
    """CPU seconds that a process and its children have used so far (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    used = 0
    for each in [str(pid), *children]:
        # Fields 14 and 15 of proc(5), counted after the name, which may hold spaces.
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        used += int(fields[11]) + int(fields[12])
    return used / HERTZ


if __name__ == "__main__":
    main()
