"""What keeps a shop from paying its makers on the word of forgers."""

import pytest
from django.core import checks
from pytest_django import Settings

pytestmark = pytest.mark.django_db


def said() -> list[str]:
    return [message.msg for message in checks.run_checks() if message.id == "orders.E001"]


@pytest.mark.parametrize("blank", ["", " ", " , "])
def test_connect_without_a_secret_is_said_in_a_sentence(settings: Settings, blank: str) -> None:
    settings.STRIPE_CONNECT = True
    settings.STRIPE_CONNECT_WEBHOOK_SECRET = blank
    (sentence,) = said()
    assert "STRIPE_CONNECT_WEBHOOK_SECRET is blank" in sentence


@pytest.mark.parametrize(
    ("connect", "debug", "secret"), [(True, False, "whsec_x"), (True, True, ""), (False, False, "")]
)
def test_else_there_is_nothing_to_say(
    settings: Settings, *, connect: bool, debug: bool, secret: str
) -> None:
    settings.STRIPE_CONNECT = connect
    settings.DEBUG = debug
    settings.STRIPE_CONNECT_WEBHOOK_SECRET = secret
    assert said() == []
