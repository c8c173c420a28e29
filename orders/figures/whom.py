"""Whose visits count: people's, not those of machines nor of the workshop's own people."""

import re

from django.http import HttpRequest

# What machines call themselves. Most do not run the script that counts; these do.
_MACHINES = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|headless|lighthouse|preview|monitor|uptime|pingdom|phantom"
    r"|puppeteer|playwright|selenium|scrapy|curl|wget|python|httpx|aiohttp|go-http|java/|okhttp"
    r"|axios|node-fetch|undici|facebookexternalhit|embedly|archiver|validator",
    re.IGNORECASE,
)


def counts(request: HttpRequest) -> bool:
    """Whether what this request says is counted."""
    return not (is_machine(request) or _is_ahead(request) or _is_ours(request))


def is_machine(request: HttpRequest) -> bool:
    """Whether it says itself that nobody looks; a browser always names itself."""
    agent = request.headers.get("User-Agent", "")
    return not agent or bool(_MACHINES.search(agent))


def _is_ahead(request: HttpRequest) -> bool:
    """Asked by a browser before anybody pressed: https://wicg.github.io/nav-speculation/"""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return "prefetch" in purpose or "prerender" in purpose


def _is_ours(request: HttpRequest) -> bool:
    """Somebody who works here looks at their own shop. No query without a session's cookie."""
    return bool(request.user.is_authenticated and request.user.is_staff)
