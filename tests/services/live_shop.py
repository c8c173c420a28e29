"""The shop as it runs for real: gunicorn, a worker, the stand-in for Stripe and an SMTP server.

All are processes of their own on free ports and share the test's database and files.
"""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from sandbox import testing as standin
from tests.services import ports, programs, smtp

ROOT = Path(__file__).resolve().parents[2]
WEBHOOK_SECRET = "whsec_journey"


@dataclass(frozen=True)
class LiveShop:
    """A running shop. ``log`` is what its processes said."""

    url: str
    log: Path
    mailbox: smtp.Mailbox
    stripe: standin.StripeSandbox

    def wait_for_letter(self, to: str, *, seconds: float = 20) -> EmailMessage:
        """The newest letter to this address; raises TimeoutError when none comes."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for letter in self.mailbox.letters[::-1]:
                if to in str(letter["To"]):
                    return letter
            time.sleep(0.1)
        raise TimeoutError(f"No letter to {to} within {seconds:.0f} s.")


@contextmanager
def running(
    folder: Path, static: Path, *, workers: int = 2, extra: Mapping[str, str] | None = None
) -> Iterator[LiveShop]:
    """Start all of it over the test's database; ends all of it with the block.

    ``folder`` takes the log; ``static`` holds the collected static files; ``extra`` are
    variables that replace the usual ones.
    """
    port = ports.free()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        mailbox = stack.enter_context(smtp.server())
        stripe = standin.start(f"{url}/stripe/webhook/", WEBHOOK_SECRET, **_of_accounts(url))
        stack.callback(stripe.stop)
        variables = _clean() | _variables(url, static, mailbox.url, stripe) | dict(extra or {})
        log = stack.enter_context((folder / "shop.log").open("wb"))
        options: dict[str, Any] = {"cwd": ROOT, "env": variables, "stdout": log, "stderr": log}
        web = ["-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "-b", f"127.0.0.1:{port}"]
        for command in (
            [*web, "--workers", str(workers), "shop.wsgi"],
            ["manage.py", "db_worker", "--queue-name", "*", "--interval", "0.2"],
        ):
            stack.enter_context(programs.running([sys.executable, *command], **options))
        _wait_until_alive(url, folder / "shop.log")
        yield LiveShop(url, folder / "shop.log", mailbox, stripe)


def _of_accounts(url: str) -> dict[str, str]:
    """Where the stand-in tells of connected accounts: by snapshots and by thin events."""
    where = {"url": f"{url}/stripe/connect-webhook/", "secret": WEBHOOK_SECRET}
    kinds = ("connect", "thin")
    return {f"{kind}_webhook_{name}": where[name] for kind in kinds for name in where}


def collect_static(folder: Path) -> Path:
    """Collect the static files once for every shop of this run."""
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        cwd=ROOT,
        env=_clean() | {"STATIC_ROOT": str(folder), "MAIL_URL": "console://"},
        check=True,
    )
    return folder


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def _variables(url: str, static: Path, mail: str, stripe: standin.StripeSandbox) -> dict[str, str]:
    return {
        "DEBUG": "0",
        "TOUCHMARK_DEMO": "1",  # serves the photographs too, as a proxy would
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": url,
        "DATABASE_URL": database_url(),
        "MAIL_URL": mail,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "STATIC_ROOT": str(static),
        "PUBLIC_PAGE_SECONDS": "0",
        "STRIPE_SECRET_KEY": stripe.secret_key,
        "STRIPE_API_BASE": stripe.base_url,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "STRIPE_CONNECT_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }


def database_url() -> str:
    """The address of the test's database, for other processes."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    where = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
    password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
    return f"postgres://{database['USER']}{password}@{where}"


def _wait_until_alive(url: str, log: Path, *, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise TimeoutError(f"The shop did not start:\n{log.read_text()}")
