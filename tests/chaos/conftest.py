"""A shop whose processes die: a warm process to fork from, a stand-in, a mailbox."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings

from sandbox.testing import StripeSandbox
from tests.chaos import forks
from tests.chaos.forks import Forks
from tests.chaos.world import World
from tests.orders.conftest import SECRET, _stand_in_process, stripe
from tests.services import smtp
from tests.services.live_shop import database_url
from tests.services.smtp import Mailbox

__all__ = ["_stand_in_process", "stripe"]


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with smtp.server() as box:
        yield box


@pytest.fixture(scope="module")
def warm(
    django_db_setup: None,
    _stand_in_process: StripeSandbox,
    mailbox: Mailbox,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Forks]:
    variables = os.environ | {
        "DEBUG": "0",
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": "http://127.0.0.1",
        "DATABASE_URL": database_url(),
        "MAIL_URL": mailbox.url,
        "STRIPE_SECRET_KEY": _stand_in_process.secret_key,
        "STRIPE_API_BASE": _stand_in_process.base_url,
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "TASKS_BACKEND": "database",
    }
    with forks.warm(tmp_path_factory.mktemp("forks"), variables) as running:
        yield running


@pytest.fixture
def world(transactional_db: None, stripe: StripeSandbox, mailbox: Mailbox, warm: Forks) -> World:
    mailbox.letters.clear()
    return World(stripe, mailbox, warm)
