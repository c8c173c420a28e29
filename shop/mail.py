"""Where mail goes: the ``MAILERS`` setting out of one address."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_BACKENDS = "django.core.mail.backends"


def mailers_from_url(url: str) -> dict[str, dict[str, Any]]:
    """Django's ``MAILERS`` for an address; raises ImproperlyConfigured for an unknown kind.

    ``smtp://user:password@host:587/?tls=1`` (or ``ssl=1``), ``file:///folder``,
    ``console://``, ``memory://`` (also for an empty address), and
    ``anymail+<provider>://key@domain`` for the providers of django-anymail.
    """
    parts = urlsplit(url)
    if parts.scheme in {"", "memory"}:
        return _mailer(f"{_BACKENDS}.locmem.EmailBackend")
    if parts.scheme == "console":
        return _mailer(f"{_BACKENDS}.console.EmailBackend")
    if parts.scheme == "file":
        return _mailer(f"{_BACKENDS}.filebased.EmailBackend", file_path=unquote(parts.path))
    if parts.scheme in {"smtp", "smtps"}:
        return _smtp(url)
    if parts.scheme.startswith("anymail+"):
        return _anymail(url)
    raise ImproperlyConfigured(
        "MAIL_URL starts with one of: smtp, smtps, file, console, memory, anymail+<provider>."
    )


def _smtp(url: str) -> dict[str, dict[str, Any]]:
    parts, query = urlsplit(url), parse_qs(urlsplit(url).query)
    ssl = parts.scheme == "smtps" or query.get("ssl") == ["1"]
    options: dict[str, Any] = {
        "host": parts.hostname or "localhost",
        "port": parts.port or (465 if ssl else 25),
        "use_tls": query.get("tls") == ["1"],
        "use_ssl": ssl,
        "timeout": 15,
    }
    if parts.username:
        options |= {"username": unquote(parts.username), "password": unquote(parts.password or "")}
    return _mailer(f"{_BACKENDS}.smtp.EmailBackend", **options)


def _anymail(url: str) -> dict[str, dict[str, Any]]:
    parts = urlsplit(url)
    provider = parts.scheme.removeprefix("anymail+")
    options: dict[str, Any] = {"api_key": unquote(parts.username or "")}
    if provider == "mailgun":
        options["sender_domain"] = parts.hostname
    return _mailer(f"anymail.backends.{provider}.EmailBackend", **options)


def _mailer(backend: str, **options: Any) -> dict[str, dict[str, Any]]:
    return {"default": {"BACKEND": backend, "OPTIONS": options}}
