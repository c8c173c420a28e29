"""``./dev demo``: the demo shop, its worker, sweep and comparison, and the stand-in for Stripe."""

import argparse
import hashlib
import json
import secrets
import subprocess
import time
from pathlib import Path

from deploy.local import banner, environment
from deploy.local.children import Children
from deploy.local.environment import ROOT
from deploy.local.stop import Stop
from tests.services import ports

VAR = ROOT / "var"
DATABASE = VAR / "demo.sqlite3"
LOADED = VAR / "demo.loaded"
STANDIN_PORT = 12111


def run(arguments: argparse.Namespace) -> int:
    """Set up, serve, and end everything on Ctrl-C."""
    port: int = arguments.port
    if ports.is_taken(port):
        raise Stop(f"Port {port} is in use; choose another: ./dev demo --port {port + 1}")
    standin_port = ports.free() if ports.is_taken(STANDIN_PORT) else STANDIN_PORT
    python = environment.prepare(environment.SHOP)
    VAR.mkdir(exist_ok=True)
    variables = environment.clean() | _variables(port, standin_port, live=arguments.no_reload)
    _set_up(python, variables, live=arguments.no_reload)
    with Children(variables) as children:
        _serve(children, python, port, standin_port, live=arguments.no_reload)
        # Only now: they go through the stand-in's pages, as makers and shoppers do.
        _manage(python, variables, "onboard_demo")
        _manage(python, variables, "trade_demo")
        print(banner.text(port, standin_port, DATABASE), flush=True)
        try:
            children.watch()
        except KeyboardInterrupt:
            print("\nClosing the shop.", flush=True)
    return 0


def _variables(port: int, standin_port: int, *, live: bool) -> dict[str, str]:
    """The demo's settings: all of its own, so that no real shop's can slip in."""
    return {
        "TOUCHMARK_DEMO": "1",
        "DEBUG": "0" if live else "1",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DATABASE_URL": f"sqlite:///{DATABASE}",
        "CACHE_URL": "",
        "TASKS_BACKEND": "database",
        "MAIL_URL": f"file://{VAR / 'demo-mail'}",
        "MEDIA_ROOT": str(VAR / "demo-media"),
        "STATIC_ROOT": str(VAR / "demo-static"),
        "AWS_STORAGE_BUCKET_NAME": "",
        "SHOP_NAME": "Marram",
        "SHOP_EMAIL": "post@marram.example",
        "STRIPE_SECRET_KEY": "sk_test_sandbox",
        "STRIPE_API_BASE": f"http://127.0.0.1:{standin_port}",
        "STRIPE_CONNECT": "1",
        "PYTHONUNBUFFERED": "1",
        "DJANGO_RUNSERVER_HIDE_WARNING": "true",
        **_secrets(),
    }


def _secrets() -> dict[str, str]:
    """Random ones, made at the first start and kept, so that nobody is logged out by the next."""
    file = VAR / "demo-secrets.json"
    if not file.exists():
        file.touch(mode=0o600)
        kept = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "STRIPE_WEBHOOK_SECRET": f"whsec_demo{secrets.token_hex(16)}",
            "STRIPE_CONNECT_WEBHOOK_SECRET": f"whsec_demo{secrets.token_hex(16)}",
        }
        file.write_text(json.dumps(kept, indent=2))
    read: dict[str, str] = json.loads(file.read_text())
    return read


def _set_up(python: Path, variables: dict[str, str], *, live: bool) -> None:
    def manage(*command: str) -> None:
        _manage(python, variables, *command)

    stories = _stories()
    is_loaded = DATABASE.exists() and LOADED.exists() and LOADED.read_text() == stories
    manage("migrate", "--verbosity", "0")
    if not is_loaded:
        print("Loading the demo shop: its photographs take minutes, this once ...", flush=True)
        manage("load_demo")
        LOADED.write_text(stories)
    if live:
        manage("collectstatic", "--noinput", "--verbosity", "0")


def _manage(python: Path, variables: dict[str, str], *command: str) -> None:
    subprocess.run([python, "manage.py", *command], cwd=ROOT, env=variables, check=True)


def _stories() -> str:
    """Changes whenever a file of the demo does, so that it is loaded again then."""
    files = sorted(path for path in (ROOT / "demo").rglob("*") if path.is_file())
    facts = "".join(f"{path.name} {path.stat().st_size} " for path in files)
    return hashlib.sha256(facts.encode()).hexdigest()


def _serve(children: Children, python: Path, port: int, standin_port: int, *, live: bool) -> None:
    address = f"127.0.0.1:{port}"
    children.start(
        "stand-in for Stripe",
        [str(python), "-m", "sandbox", "--port", str(standin_port)]
        + ["--webhook-url", f"http://{address}/stripe/webhook/"]
        + ["--webhook-secret", children.variables["STRIPE_WEBHOOK_SECRET"]]
        + ["--connect-webhook-url", f"http://{address}/stripe/connect-webhook/"]
        + ["--connect-webhook-secret", children.variables["STRIPE_CONNECT_WEBHOOK_SECRET"]]
        + ["--thin-webhook-url", f"http://{address}/stripe/connect-webhook/"]
        + ["--thin-webhook-secret", children.variables["STRIPE_CONNECT_WEBHOOK_SECRET"]]
        + ["--state", str(VAR / "demo-sandbox.sqlite3")],
    )
    children.start("shop", [python, *_web_server(address, live=live)])
    children.start("worker", [python, "manage.py", "db_worker", "--queue-name", "*"])
    children.start("sweep", [python, "manage.py", "sweep", "--loop", "30"])
    _wait(children, port, standin_port)
    children.start("comparison", [python, "manage.py", "reconcile", "--loop", "300"])


def _web_server(address: str, *, live: bool) -> list[str]:
    if live:
        return ["-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "-b", address, "shop.wsgi"]
    return ["manage.py", "runserver", "--skip-checks", address]


def _wait(children: Children, *awaited: int, seconds: int = 60) -> None:
    deadline = time.monotonic() + seconds
    while not all(ports.is_taken(port) for port in awaited):
        children.check()
        if time.monotonic() > deadline:
            raise Stop(f"The shop did not answer within {seconds} seconds.")
        time.sleep(0.1)
