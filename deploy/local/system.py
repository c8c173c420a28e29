"""The programs of the system that the tests start: found, installed, or asked for."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable

from deploy.local.stop import Stop
from tests.services import postgres, programs

# Debian's package, and how to see that its program is there.
PARTS: dict[str, Callable[[], object]] = {
    "chromium": lambda: programs.find(programs.CHROMIUM, package="chromium"),
    "nodejs": lambda: programs.find(programs.NODE, package="nodejs"),
    "npm": lambda: programs.find(programs.NPM, package="npm"),
    "redis-server": lambda: programs.find(programs.REDIS, package="redis-server"),
    "postgresql": lambda: (postgres.binary("initdb"), postgres.binary("postgres")),
}


def prepare() -> None:
    """Make sure of them all, installing what it may; else raises Stop: what to install."""
    absent = missing()
    if absent and _may_install():
        _install(absent)
        absent = missing()
    if absent:
        raise Stop(f"The tests need {', '.join(absent)}. On Debian: {_by_hand(absent)}")


def missing() -> list[str]:
    """The packages whose programs are not there."""
    return [package for package, find in PARTS.items() if not _found(find)]


def _found(find: Callable[[], object]) -> bool:
    try:
        find()
    except programs.Missing:
        return False
    return True


def _may_install() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install(packages: list[str]) -> None:
    print(f"Installing {', '.join(packages)} ...", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    subprocess.run([*apt, "update"], env=quiet, stdout=subprocess.DEVNULL)
    subprocess.run(
        [*apt, "install", "--yes", "--no-install-recommends", *packages],
        env=quiet,
        stdout=subprocess.DEVNULL,
    )


def _by_hand(packages: list[str]) -> str:
    return f"sudo apt-get install {' '.join(packages)}"
