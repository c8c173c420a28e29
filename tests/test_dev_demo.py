"""``./dev demo`` says what is wrong in a sentence, and ends all that it started."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local import environment
from deploy.local.children import Children
from deploy.local.stop import Stop

ROOT = Path(__file__).resolve().parents[1]
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
# A program that starts another and tells its number, as a reloading server does.
PARENT = [
    sys.executable,
    "-c",
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "open(sys.argv[1], 'w').write(f'{child.pid}\\n')\n"
    "time.sleep(60)",
]


def eventually(is_true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.05)
    return False


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie that init has not fetched yet has ended, too.
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_port_in_use_is_said_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = subprocess.run(
            [sys.executable, "-m", "deploy.local", "demo", "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
    assert answer.returncode == 1
    assert answer.stderr == f"Port {port} is in use; choose another: ./dev demo --port {port + 1}\n"


def test_when_one_ends_it_is_said_and_all_end() -> None:
    with Children(os.environ) as children:
        children.start("shop", SLEEP)
        children.start("worker", [sys.executable, "-c", "raise SystemExit(3)"])
        with pytest.raises(Stop, match="worker ended by itself"):
            children.watch()
    assert all(process.poll() is not None for process in children.running.values())


def test_what_a_child_started_ends_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with Children(os.environ) as children:
        children.start("reloader", [*PARENT, note])
        assert eventually(lambda: note.exists() and note.read_text().endswith("\n"))
    grandchild = int(note.read_text())
    assert eventually(lambda: not is_alive(grandchild))


def test_requirements_are_installed_again_only_when_they_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path)
    for name in (environment.SHOP, environment.EVERYTHING):
        (tmp_path / name).write_text("one==1\n")
    runs = []

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        runs.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(environment, "_runs", lambda: True)
    monkeypatch.setattr(subprocess, "run", run)

    environment.prepare(environment.SHOP)
    environment.prepare(environment.SHOP)
    assert len(runs) == 1

    (tmp_path / environment.SHOP).write_text("one==2\n")
    environment.prepare(environment.SHOP)
    assert len(runs) == 2

    environment.prepare(environment.EVERYTHING)
    environment.prepare(environment.SHOP)  # whoever has everything has the shop's as well
    assert len(runs) == 3
