"""``./dev test``: every test on SQLite, then on PostgreSQL all that a database takes part in."""

import argparse
import subprocess
from pathlib import Path

from deploy.local import environment, system
from deploy.local.environment import ROOT
from tests.services import node, postgres

# Three on the two cores of a common CI machine: each waits much, for browsers and for the stand-in.
# Who is done takes of the others', so that all end
# together although a few files take minutes.
WORKERS = ["-n", "3", "--dist", "worksteal", "--durations", "12"]
# Left out the second time: browsers, the stand-in for Stripe, thousands of bad inputs, pictures
# and the project's own files, to which either is the same.
ONCE = [
    "-m",
    "not journey or race",
    "--ignore=tests/sandbox",
    "--ignore-glob=*_fuzzed.py",
    "--ignore-glob=tests/shop/test_images_*",
    "--ignore-glob=tests/test_*",
]
# Where money and stock move, nothing goes untested; asked of a whole run only.
COVERAGE = ["--cov=orders", "--cov-report=term-missing:skip-covered", "--cov-fail-under=95"]


def run(arguments: argparse.Namespace) -> int:
    """Set up what the tests need and run them; returns pytest's exit code, or 1."""
    python = environment.prepare(environment.EVERYTHING)
    system.prepare()
    node.library(environment.VENV)
    codes = {}
    if not arguments.postgres:
        coverage = [] if arguments.rest else COVERAGE
        codes["SQLite"] = _pytest(python, "SQLite", [*coverage, *arguments.rest], {})
    if not arguments.sqlite:
        chosen = arguments.rest or ([] if arguments.postgres else ONCE)
        with postgres.cluster() as url:
            codes["PostgreSQL"] = _pytest(python, "PostgreSQL", chosen, {"DATABASE_URL": url})
    failed = [engine for engine, code in codes.items() if code]
    if failed:
        print(f"Failed on {' and '.join(failed)}; see above.", flush=True)
    return 1 if failed else 0


def _pytest(python: Path, engine: str, rest: list[str], database: dict[str, str]) -> int:
    print(f"-- {engine}", flush=True)
    variables = environment.clean() | {"COVERAGE_CORE": "sysmon"} | database
    if not database:
        variables.pop("DATABASE_URL", None)
    return subprocess.run(
        [python, "-m", "pytest", *WORKERS, *rest], cwd=ROOT, env=variables
    ).returncode
