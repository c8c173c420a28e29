"""``./dev``: the shop on one's own machine.

It lives in deploy/ because it is one way of running the shop, beside the servers' ways, and in a
folder of small files rather than in ``dev`` itself, so that ruff and mypy read it like all else.
Standard library only: it runs before anything is installed.
"""

import argparse
import subprocess
import sys

from deploy.local import checks, demo, suite
from deploy.local.stop import Stop
from tests.services.programs import Missing


def main() -> int:
    """Do what the command line says; returns the exit code."""
    arguments, rest = parser().parse_known_args()
    if rest and arguments.run is not suite.run:
        parser().error(f"unrecognized arguments: {' '.join(rest)}")
    arguments.rest = rest
    try:
        return int(arguments.run(arguments))
    except (Stop, Missing) as sentence:
        print(sentence, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failure:
        return failure.returncode or 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="./dev", description="The shop on your own machine.")
    top.set_defaults(run=usage)
    commands = top.add_subparsers(metavar="command")

    serve = commands.add_parser("demo", help="set up and serve the demo shop")
    serve.add_argument("--port", type=int, default=8000, help="the shop's port (8000)")
    serve.add_argument(
        "--no-reload", action="store_true", help="as in production: gunicorn, DEBUG off"
    )
    serve.set_defaults(run=demo.run)

    test = commands.add_parser(
        "test",
        help="run every test, on SQLite and on PostgreSQL",
        allow_abbrev=False,
        description="What follows goes to pytest, as in: ./dev test tests/orders -k hold",
    )
    only = test.add_mutually_exclusive_group()
    only.add_argument("--sqlite", action="store_true", help="only on SQLite")
    only.add_argument("--postgres", action="store_true", help="only on PostgreSQL")
    test.set_defaults(run=suite.run)

    check = commands.add_parser("check", help="format, lint, types, migrations, tests")
    check.add_argument("--no-tests", action="store_true", help="all but the tests")
    check.set_defaults(run=checks.run)

    commands.add_parser("help", help="this").set_defaults(run=usage)
    return top


def usage(_: argparse.Namespace) -> int:
    parser().print_help()
    return 0


if __name__ == "__main__":
    sys.exit(main())
