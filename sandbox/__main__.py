"""`python -m sandbox`: serve the stand-in until Ctrl-C."""

import argparse
import logging
import os
import signal
import threading

from sandbox import DEMO_KEY, clock, webhooks
from sandbox.server import Server
from sandbox.standin import Endpoint, Options, StandIn


def main() -> None:
    """Reads the options, starts clock and webhook workers, serves."""
    options = _options()
    logging.basicConfig(level=logging.INFO, format="sandbox %(levelname)s %(message)s")
    stand = StandIn(
        Options(
            state=options.state,
            endpoints=_endpoints(options),
            settle_after=options.settle_after,
            retry_first=options.retry_first,
            retry_limit=options.retry_limit,
        )
    )
    server = Server(options.port, stand)
    webhooks.recover(stand)
    for work in [clock.run, *[webhooks.run] * webhooks.WORKERS]:
        threading.Thread(target=work, args=(stand,), daemon=True).start()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: threading.Thread(target=server.shutdown).start())
    print(
        f"Stripe sandbox on http://127.0.0.1:{server.server_port} (key {DEMO_KEY}, panel at "
        "/panel)",
        flush=True,
    )
    server.serve_forever(poll_interval=0.1)
    stand.stopping.set()
    server.server_close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="A local stand-in for Stripe."
    )
    parser.add_argument("--port", type=int, default=12111, help="0 takes a free one")
    parser.add_argument(
        "--webhook-url", help="where events go, e.g. http://127.0.0.1:8000/stripe/webhook/"
    )
    parser.add_argument("--webhook-secret", default="", help="whsec_…, signs them")
    parser.add_argument(
        "--connect-webhook-url", help="where account.updated of connected accounts goes"
    )
    parser.add_argument("--connect-webhook-secret", default="")
    parser.add_argument("--thin-webhook-url", help="where thin events of API v2 go")
    parser.add_argument("--thin-webhook-secret", default="")
    parser.add_argument("--state", default=":memory:", help="SQLite file that outlives a restart")
    parser.add_argument(
        "--settle-after", type=float, default=1.0, help="seconds until fees are known"
    )
    parser.add_argument(
        "--retry-first", type=float, default=1.0, help="seconds before a webhook is tried again"
    )
    parser.add_argument("--retry-limit", type=int, default=10, help="tries per webhook")
    options = parser.parse_args()
    _refuse_live_keys(parser)
    return options


def _refuse_live_keys(parser: argparse.ArgumentParser) -> None:
    if "_live_" in os.environ.get("STRIPE_SECRET_KEY", ""):
        parser.error("STRIPE_SECRET_KEY is a live key: the sandbox runs with test keys only.")


def _endpoints(options: argparse.Namespace) -> dict[str, Endpoint]:
    given = {
        "platform": (options.webhook_url, options.webhook_secret),
        "connect": (options.connect_webhook_url, options.connect_webhook_secret),
        "thin": (options.thin_webhook_url, options.thin_webhook_secret),
    }
    for url, secret in given.values():
        if url and not secret:
            raise SystemExit(
                f"python -m sandbox: events for {url} need a secret to sign them with."
            )
    return {name: Endpoint(url, secret) for name, (url, secret) in given.items() if url}


if __name__ == "__main__":
    main()
