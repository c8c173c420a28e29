"""What ``manage.py check`` says of the shop's way to pay its makers."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def connect_secret(**_: Any) -> list[CheckMessage]:
    """With Connect, what Stripe says of makers' accounts must be told from forgeries."""
    blank = not settings.STRIPE_CONNECT_WEBHOOK_SECRET.strip(" ,")
    if not settings.STRIPE_CONNECT or settings.DEBUG or not blank:
        return []
    return [
        Error(
            "STRIPE_CONNECT is on and STRIPE_CONNECT_WEBHOOK_SECRET is blank: what Stripe says of "
            "makers' accounts could not be told from forgeries.",
            id="orders.E001",
        )
    ]
