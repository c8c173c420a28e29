"""The virtual environment in .venv, made once and renewed when the requirements change."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.local.stop import Stop

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SHOP = "requirements.txt"
EVERYTHING = "requirements-dev.txt"


def prepare(requirements: str) -> Path:
    """Make sure that .venv has these requirements; returns its Python."""
    if not _runs():
        _create()
    if not _installed(requirements):
        _install(requirements)
    return PYTHON


def _runs() -> bool:
    # False also when the Python it was made from has gone.
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 12))"
    try:
        return subprocess.run([PYTHON, "-c", probe], capture_output=True).returncode == 0
    except OSError:
        return False


def _create() -> None:
    print("Making .venv ...", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True)
    if made.returncode:
        raise Stop(
            f"{sys.executable} cannot make a virtual environment"
            f" (Debian and Ubuntu: apt-get install python3-venv).\n{made.stdout}{made.stderr}"
        )


def _installed(requirements: str) -> bool:
    """Whether .venv has them; whoever has everything has the shop's as well."""
    wanted = {requirements, EVERYTHING}
    return any(_stamp(name).exists() for name in wanted)


def _install(requirements: str) -> None:
    print(f"Installing {requirements}: a minute or two, this once ...", flush=True)
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*command, "-r", str(ROOT / requirements)]).returncode:
        raise Stop(f"Installing {requirements} failed: pip says why above.")
    for old in VENV.glob(f"{requirements}-*.installed"):
        old.unlink()
    _stamp(requirements).touch()


def _stamp(requirements: str) -> Path:
    content = b"".join((ROOT / name).read_bytes() for name in (SHOP, requirements))
    return VENV / f"{requirements}-{hashlib.sha256(content).hexdigest()[:16]}.installed"


def clean() -> dict[str, str]:
    """The environment less the variables that would change which code our Python sees."""
    unwanted = {"PYTHONPATH", "PYTHONHOME", "DJANGO_SETTINGS_MODULE", "VIRTUAL_ENV"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}
