"""``./dev check``: format, lint, types, migrations - and the tests."""

import argparse
import subprocess

from deploy.local import environment, suite
from deploy.local.environment import ROOT

CHECKS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "settings": ["django", "check"],
    "migrations": ["django", "makemigrations", "--check", "--dry-run"],
    "deployment": ["django", "check", "--deploy", "--fail-level", "WARNING"],
}
# What a real shop sets; `check --deploy` must find nothing to say about it.
PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": "a-key-only-for-this-check-" + "abcdefghijklmnopqrstuvwxyz0123456789",
    "ALLOWED_HOSTS": "shop.example",
    "SITE_URL": "https://shop.example",
    "MAIL_URL": "smtp://127.0.0.1:25",
    "STRIPE_SECRET_KEY": "sk_test_check",
    "STRIPE_WEBHOOK_SECRET": "whsec_check",
    "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_check_connect",
}


def run(arguments: argparse.Namespace) -> int:
    """Run every check, also after one failed; returns 1 when any did."""
    python = environment.prepare(environment.EVERYTHING)
    failed = []
    for name, command in CHECKS.items():
        print(f"-- {name}", flush=True)
        variables = environment.clean() | {"DJANGO_SETTINGS_MODULE": "shop.settings"}
        variables |= PRODUCTION if name == "deployment" else {"DEBUG": "1"}
        if subprocess.run([python, "-m", *command], cwd=ROOT, env=variables).returncode:
            failed.append(name)
    if not arguments.no_tests and suite.run(argparse.Namespace(rest=[], sqlite=0, postgres=0)):
        failed.append("tests")
    print(f"Not right yet: {', '.join(failed)}." if failed else "All checks passed.", flush=True)
    return 1 if failed else 0
