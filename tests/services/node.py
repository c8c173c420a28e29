"""Stripe's library for Node, a second opinion: exactly the one of tests/sandbox/node, kept.

Standard library only: ``./dev test`` calls it before anything is tested.
"""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

from tests.services import programs

WANTED = Path(__file__).resolve().parents[1] / "sandbox" / "node"
FILES = ("package.json", "package-lock.json")


def library(environment: Path) -> Path:
    """The folder from which Node finds it, within a virtual environment; made when need be.

    Raises programs.Missing without Node or npm.
    """
    programs.find(programs.NODE, package="nodejs")
    npm = programs.find(programs.NPM, package="npm")
    folder = environment / "node"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:  # two workers may come at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _stamp(folder).exists():
            _install(npm, folder)
    return folder


def _install(npm: Path, folder: Path) -> None:
    for name in FILES:
        shutil.copy(WANTED / name, folder)
    command = [str(npm), "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run(command, cwd=folder, check=True, timeout=300)
    _stamp(folder).touch()


def _stamp(folder: Path) -> Path:
    content = b"".join((WANTED / name).read_bytes() for name in FILES)
    return folder / f"{hashlib.sha256(content).hexdigest()[:16]}.installed"
