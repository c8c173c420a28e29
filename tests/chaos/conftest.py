"""A shop whose processes die: a warm process to fork from, a stand-in, a mailbox."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings as shop
from pytest_django import Settings

from sandbox import DEMO_KEY, testing
from sandbox.testing import StripeSandbox
from tests.chaos import forks
from tests.chaos.forks import Forks
from tests.chaos.world import World
from tests.orders.conftest import SECRET
from tests.services import smtp
from tests.services.live_shop import database_url
from tests.services.smtp import Mailbox


@pytest.fixture
def stripe(settings: Settings) -> Iterator[StripeSandbox]:
    """A stand-in of the test's own: healing asks for every event, also of shops long gone."""
    with testing.start() as sandbox:
        settings.STRIPE_SECRET_KEY = sandbox.secret_key
        settings.STRIPE_API_BASE = sandbox.base_url
        settings.STRIPE_WEBHOOK_SECRET = SECRET
        settings.SITE_URL = "http://shop.example"
        yield sandbox


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with smtp.server() as box:
        yield box


@pytest.fixture(scope="module")
def warm(
    django_db_setup: None,
    mailbox: Mailbox,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Forks]:
    variables = os.environ | {
        "DEBUG": "0",
        "SECRET_KEY": shop.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": database_url(),
        "MAIL_URL": mailbox.url,
        "STRIPE_SECRET_KEY": DEMO_KEY,
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "TASKS_BACKEND": "database",
    }
    with forks.warm(tmp_path_factory.mktemp("forks"), variables) as running:
        yield running


@pytest.fixture
def world(transactional_db: None, stripe: StripeSandbox, mailbox: Mailbox, warm: Forks) -> World:
    mailbox.letters.clear()
    return World(stripe, mailbox, warm)
