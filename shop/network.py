"""Where a request comes from: an address to count by, never one to keep.

Behind the shop's own proxy it is the last address that the proxy wrote down. A household has
a whole /64 of IPv6 addresses, so they count as one:
https://www.rfc-editor.org/rfc/rfc6177#section-2
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

_LETTERS = 24


def address(request: HttpRequest) -> str:
    """The visitor's own address; of IPv6 its network, as in ``2001:db8:1:2::/64``."""
    typed = _typed(request)
    known = _parsed(typed)
    if isinstance(known, IPv6Address):
        return str(ip_network((known, 64), strict=False))
    return str(known) if known else typed


def key(request: HttpRequest) -> str:
    """A keyed hash of the address; empty for one from within the house, which is nobody's.

    Such a one is a proxy that did not say for whom it asks: all the world would be counted as one.
    """
    known = _parsed(_typed(request))
    if known is None or not known.is_global:
        return ""
    return salted_hmac("shop.network", address(request), algorithm="sha256").hexdigest()[:_LETTERS]


def _typed(request: HttpRequest) -> str:
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _parsed(typed: str) -> IPv4Address | IPv6Address | None:
    try:
        known = ip_address(typed)
    except ValueError:
        return None
    if isinstance(known, IPv6Address) and known.ipv4_mapped:
        return known.ipv4_mapped
    return known
