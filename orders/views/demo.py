"""What only the demo shows: the letters it has sent, since it sends none to anybody."""

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from shop.personal import personal

_MOST = 60
# How Django's file backend ends each message of a file.
_END = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter as it lies in the demo's folder."""

    name: str
    to: str
    subject: str
    date: str
    text: str
    html: str


@personal
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """Every letter, the newest first."""
    return render(request, "orders/demo_mails.html", {"letters": _letters()})


@personal
@csp_override(
    {
        "default-src": [CSP.NONE],
        "style-src": [CSP.UNSAFE_INLINE],  # mail programs know nothing else
        "img-src": [CSP.SELF],
        "frame-ancestors": [CSP.SELF],
    }
)
@xframe_options_sameorigin
@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One letter as a mail program would show it."""
    for letter in _letters():
        if letter.name == name and letter.html:
            return HttpResponse(letter.html)
    raise Http404


def _letters() -> list[Sent]:
    folder = settings.MAILERS["default"].get("OPTIONS", {}).get("file_path")
    if not settings.DEMO or not folder:
        raise Http404
    files = sorted(Path(folder).glob("*.log"), key=lambda path: path.name, reverse=True)
    return [letter for path in files[:_MOST] for letter in _read(path)]


def _read(path: Path) -> list[Sent]:
    parts = [part for part in path.read_bytes().split(_END) if part.strip()]
    return [_parse(f"{path.stem}-{number}", part) for number, part in enumerate(parts)]


def _parse(name: str, raw: bytes) -> Sent:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the default policy makes these
    return Sent(
        name,
        str(message["To"] or ""),
        str(message["Subject"] or ""),
        str(message["Date"] or ""),
        _body(message, "plain"),
        _body(message, "html"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
