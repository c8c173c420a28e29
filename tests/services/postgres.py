"""A throw-away PostgreSQL cluster on a free port, quick because it may forget everything.

Standard library only: ``./dev test`` and ``bench/`` start it before Django is asked.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.services import ports, programs

# A test database outlives no power cut, so nothing waits for the disk.
QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
    "autovacuum_naptime": "20s",
}


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster; yields the DATABASE_URL of an empty database in it."""
    home = Path(tempfile.mkdtemp(prefix="touchmark-postgres-"))
    owner = _owner(home)
    port = ports.free()
    try:
        _create(home / "data", owner)
        command = [binary("postgres"), "-D", home / "data", "-p", str(port), "-k", home]
        for name, value in QUICK.items():
            command += ["-c", f"{name}={value}"]
        with (home / "log").open("wb") as log:
            options: dict[str, Any] = {"stdout": log, "stderr": log, "cwd": home} | owner
            with _running(command, options):
                ports.wait_for(port)
                yield f"postgres://touchmark@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(home, ignore_errors=True)


def binary(name: str) -> Path:
    """A server program of PostgreSQL; Debian keeps them out of PATH, one folder a version."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True):
        if (folder / name).exists():
            return folder / name
    return programs.find([name], package="postgresql")


def _version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _owner(home: Path) -> dict[str, Any]:
    """Whom the server runs as: PostgreSQL refuses root, so root lends it another's name."""
    if os.geteuid() != 0:
        return {}
    user = next((u for u in pwd.getpwall() if u.pw_name == "postgres"), pwd.getpwnam("nobody"))
    os.chown(home, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _create(data: Path, owner: dict[str, Any]) -> None:
    command = [str(binary("initdb")), "-D", str(data), "-U", "touchmark", "-A", "trust"]
    command += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    # In its own folder: the other user may not be allowed into ours.
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=data.parent, **owner)


@contextmanager
def _running(command: list[Any], options: dict[str, Any]) -> Iterator[None]:
    # Its own session: Ctrl-C ends the tests first, and then they end the server.
    server = subprocess.Popen([str(p) for p in command], start_new_session=True, **options)
    try:
        yield
    finally:
        server.send_signal(signal.SIGINT)  # "fast": rolls back whoever is still connected
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait()
