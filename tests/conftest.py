"""A small cast that everybody knows, and the real services, each started when first asked for."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, connections
from django.test import Client

from designers.models import Designer
from tests.factories import make_designer, make_member, make_user
from tests.services import chromium, redis, s3, smtp
from tests.services.programs import Missing

if TYPE_CHECKING:
    from tests.services.live_shop import LiveShop

# Playwright runs an event loop in the test's thread; the tests' own queries are not in it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="many more steps, and more odd inputs")


def pytest_configure(config: pytest.Config) -> None:
    """How many odd inputs a page is sent: enough to find what broke, or all night's worth."""
    many = 2_000 if config.getoption("--long") else 300
    hypothesis.settings.register_profile("odd", max_examples=many, deadline=None, database=None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return
    skip = pytest.mark.skip(reason="only on PostgreSQL: ./dev test runs it there")
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A SQLite file of this run's own: threads and processes share it, other runs do not."""
    database = connections["default"].settings_dict
    if connection.vendor == "sqlite":
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


# --- The cast: Alice works for Inês, Bob for Henrik, Olive owns the shop -----------------------


@pytest.fixture
def owner(db: None) -> User:
    return make_user("olive", is_superuser=True)


@pytest.fixture
def ines(db: None) -> Designer:
    return make_designer(name="Inês Carvalho", short_name="Inês", slug="ines-carvalho")


@pytest.fixture
def henrik(db: None) -> Designer:
    return make_designer(
        name="Henrik Lund", short_name="Henrik", slug="henrik-lund", pronoun=Designer.Pronoun.HE
    )


@pytest.fixture
def alice(ines: Designer) -> User:
    return make_member(ines, "alice")


@pytest.fixture
def bob(henrik: Designer) -> User:
    return make_member(henrik, "bob")


@pytest.fixture
def logged_in() -> Callable[[User], Client]:
    """``logged_in(alice)`` is a browser in which Alice has logged in."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


# --- Real services -----------------------------------------------------------------------------


@contextmanager
def started[T](service: Callable[[], AbstractContextManager[T]]) -> Iterator[T]:
    """Start a service, or say what is missing: a failure in CI, a skipped test elsewhere."""
    with ExitStack() as stack:
        try:
            value = stack.enter_context(service())
        except Missing as missing:
            give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
            give_up(str(missing))
        yield value


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with started(redis.server) as url:
        yield url


@pytest.fixture(scope="session")
def s3_bucket() -> Iterator[s3.Bucket]:
    """A bucket that behaves like Amazon's, on moto."""
    with started(s3.moto) as bucket:
        yield bucket


@pytest.fixture(scope="session")
def signed_s3_bucket() -> Iterator[s3.Bucket]:
    """A bucket that takes only rightly signed requests, on nanio."""
    with started(s3.nanio) as bucket:
        yield bucket


@pytest.fixture
def smtp_server() -> Iterator[smtp.Mailbox]:
    with started(smtp.server) as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """pytest-playwright's, with the system's Chromium."""
    return browser_type_launch_args | chromium.launch_options()


# --- The whole shop ----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.services.live_shop import collect_static

    return collect_static(tmp_path_factory.mktemp("static"))


@pytest.fixture
def live_shop(
    request: pytest.FixtureRequest, transactional_db: None, static_root: Path, tmp_path: Path
) -> "Iterator[LiveShop]":
    """The running shop; ``@pytest.mark.serve(workers=4)`` asks for more processes."""
    from tests.services.live_shop import running

    marker = request.node.get_closest_marker("serve")
    with running(tmp_path, static_root, **(marker.kwargs if marker else {})) as shop:
        yield shop
