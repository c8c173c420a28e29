"""Addresses that Stripe accepts."""

import re
from urllib.parse import urlsplit

from sandbox.errors import Invalid


def check_url(url: str, param: str) -> None:
    """A full http(s) URL of at most 5,000 characters."""
    parts = urlsplit(url.replace("{", "").replace("}", "")) if len(url) <= 5000 else None
    if parts is None:
        raise Invalid(
            "Invalid URL: URL must be 5000 characters or less.", code="url_invalid", param=param
        )
    if not parts.scheme or "://" not in url:
        raise Invalid(
            "Invalid URL: An explicit scheme (such as https) must be provided.",
            code="url_invalid",
            param=param,
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", url):
        raise Invalid("Not a valid URL", code="url_invalid", param=param)
