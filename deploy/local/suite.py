"""``./dev test``: every test, first on SQLite, then on PostgreSQL."""

import argparse
import subprocess
from pathlib import Path

from deploy.local import environment, system
from deploy.local.environment import ROOT
from tests.services import postgres

# Two at once: what a common CI machine has. A file's tests stay together, as its fixtures do.
WORKERS = ["-n", "2", "--dist", "loadfile"]


def run(arguments: argparse.Namespace) -> int:
    """Set up what the tests need and run them; returns pytest's exit code, or 1."""
    python = environment.prepare(environment.EVERYTHING)
    system.prepare()
    codes = {}
    if not arguments.postgres:
        codes["SQLite"] = _pytest(python, "SQLite", arguments.rest, {})
    if not arguments.sqlite:
        with postgres.cluster() as url:
            codes["PostgreSQL"] = _pytest(
                python, "PostgreSQL", arguments.rest, {"DATABASE_URL": url}
            )
    failed = [engine for engine, code in codes.items() if code]
    if failed:
        print(f"Failed on {' and '.join(failed)}; see above.", flush=True)
    return 1 if failed else 0


def _pytest(python: Path, engine: str, rest: list[str], database: dict[str, str]) -> int:
    print(f"-- {engine}", flush=True)
    variables = environment.clean() | database
    if not database:
        variables.pop("DATABASE_URL", None)
    return subprocess.run(
        [python, "-m", "pytest", *WORKERS, *rest], cwd=ROOT, env=variables
    ).returncode
