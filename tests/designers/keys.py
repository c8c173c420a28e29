"""A person's second key in tests: an authenticator app that computes its figures itself."""

import base64
import hashlib
import hmac
import re
import struct
import time

from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD


def figures(secret: str, *, later: int = 0) -> str:
    """What the app shows now, or ``later`` steps of half a minute on: RFC 6238."""
    step = struct.pack(">Q", int(time.time()) // 30 + later)
    digest = hmac.new(base64.b32decode(secret), step, hashlib.sha1).digest()
    at = digest[-1] & 15
    number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def password(client: Client, name: str, to: str = "/admin/") -> str:
    """Log in with the password; tells where that leads."""
    sent = {"username": name, "password": PASSWORD, "next": to}
    answer = client.post(reverse("admin:login"), sent)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def add_app(client: Client) -> str:
    """Add an app to whoever has logged in with the password; tells its secret."""
    page = client.get(reverse("admin:second_key_app"))
    found = re.search(r'keys__secret">([A-Z2-7 ]+)<', page.content.decode())
    assert found, page
    secret = found[1].replace(" ", "")
    answer = client.post(reverse("admin:second_key_app"), {"code": figures(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def with_app(name: str) -> tuple[str, list[str]]:
    """Give somebody an app; tells its secret and the ten paper codes."""
    client = Client()
    password(client, name)
    secret = add_app(client)
    paper = client.get(reverse("admin:second_key_paper")).content.decode()
    return secret, re.findall(r"<code>(\d{4} \d{4})</code>", paper)
