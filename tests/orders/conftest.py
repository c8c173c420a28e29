"""The stand-in for Stripe, one process for all tests; each test is a shop of its own to it."""

from collections.abc import Iterator
from itertools import count

import pytest
from pytest_django import Settings

from sandbox import testing
from sandbox.testing import StripeSandbox

SECRET = "whsec_of_the_tests"
_shops = count(1)


@pytest.fixture(scope="session")
def _stand_in_process() -> Iterator[StripeSandbox]:
    with testing.start() as sandbox:
        yield sandbox


@pytest.fixture
def stripe(_stand_in_process: StripeSandbox, settings: Settings) -> Iterator[StripeSandbox]:
    """The running stand-in, with the shop's settings pointed at it; it sends no webhooks itself."""
    settings.STRIPE_SECRET_KEY = _stand_in_process.secret_key
    settings.STRIPE_API_BASE = _stand_in_process.base_url
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    # What other tests did would be compared and heard of by this one.
    _stand_in_process.act("forget")
    # Its own name among the shops that share the account.
    settings.SITE_URL = f"http://shop-{next(_shops)}.example"
    yield _stand_in_process
    _stand_in_process.act("clear_faults")
