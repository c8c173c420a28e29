"""``./dev`` finds a Python that runs, or says in one sentence that there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TELLS_ITS_PYTHON = "import os; print(os.environ['CHOSEN'])"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder with the launcher, and a PATH with nothing but what a shell needs."""
    for name in ("dev", ".python-version"):
        shutil.copy(ROOT / name, tmp_path)
    package = tmp_path / "deploy" / "local"
    package.mkdir(parents=True)
    (package / "__main__.py").write_text(TELLS_ITS_PYTHON)
    (tmp_path / "bin").mkdir()
    for tool in ("dirname", "cat", "sh"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or tool)
    return tmp_path


def python(path: Path, *, runs: bool = True) -> None:
    """A Python that tells its path - or one like pyenv's shims that lead nowhere."""
    path.parent.mkdir(parents=True, exist_ok=True)
    does = f'CHOSEN="$0" exec "{sys.executable}" "$@"' if runs else "exit 127"
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)


def dev(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [house / "dev", "help"],
        env={"PATH": str(house / "bin"), "HOME": str(house)},
        capture_output=True,
        text=True,
    )


def test_says_in_one_sentence_that_there_is_none(house: Path) -> None:
    python(house / "bin" / "python3.13", runs=False)
    answer = dev(house)
    assert answer.returncode == 1
    assert answer.stderr == "./dev needs Python 3.12 or newer (best 3.13), and found none.\n"


def test_passes_over_a_python_that_does_not_run(house: Path) -> None:
    python(house / "bin" / "python3.13", runs=False)
    python(house / "bin" / "python3.12")
    assert Path(dev(house).stdout.strip()).name == "python3.12"


def test_looks_into_pyenv_for_the_version_named(house: Path) -> None:
    versions = house / ".pyenv" / "versions"
    python(versions / "3.12.9" / "bin" / "python")
    python(versions / "3.13.2" / "bin" / "python")
    assert "3.13.2" in dev(house).stdout


def test_prefers_the_environment_it_made(house: Path) -> None:
    python(house / "bin" / "python3.13")
    python(house / ".venv" / "bin" / "python")
    assert ".venv" in dev(house).stdout


def test_works_from_any_folder(house: Path) -> None:
    python(house / "bin" / "python3")
    answer = subprocess.run(
        ["../dev"],
        cwd=house / "bin",
        env={"PATH": str(house / "bin"), "HOME": os.devnull},
        capture_output=True,
        text=True,
    )
    assert answer.stdout.strip().endswith("bin/python3")
