"""A task goes through a real Redis and is run by a real worker process."""

import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.tasks import TaskResultStatus, task_backends
from pytest_django.fixtures import Settings
from redis import Redis

from catalog.photos import render_photo
from shop import tasks_rq
from tests.services.live_shop import database_url


@pytest.fixture
def on_redis(settings: Settings, redis_url: str) -> Redis:
    settings.CACHE_URL = redis_url
    settings.TASKS_BACKEND = "rq"
    settings.TASKS = {"default": {"BACKEND": "shop.tasks_rq.RQBackend"}}
    connection = Redis.from_url(redis_url)
    connection.flushall()
    return connection


@pytest.mark.django_db(transaction=True)  # the worker has a connection of its own
def test_a_task_waits_in_redis_until_a_worker_runs_it(on_redis: Redis, redis_url: str) -> None:
    result = render_photo.enqueue(987_654, 1)
    assert result.status == TaskResultStatus.READY
    assert on_redis.llen("rq:queue:default") == 1
    # A photograph that is not there is nothing to do: the worker must only find its way.
    environment = os.environ | {
        "CACHE_URL": redis_url,
        "TASKS_BACKEND": "rq",
        "DEBUG": "1",
        "DATABASE_URL": database_url(),
    }
    worker = subprocess.run(
        [sys.executable, "-c", _START + _BURST],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert worker.returncode == 0, worker.stderr
    assert on_redis.llen("rq:queue:default") == 0
    assert on_redis.zcard("rq:failed:default") == 0
    assert on_redis.zcard("rq:finished:default") == 1


_START = (
    "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'shop.settings'; django.setup();"
)
_BURST = "from shop import tasks_rq; tasks_rq.work(['default'], burst=True)"


def test_what_is_no_task_is_not_run() -> None:
    with pytest.raises(TypeError, match="is not a task"):
        tasks_rq.run("os.getcwd", [], {})


def test_the_worker_says_when_tasks_lie_elsewhere(settings: Settings) -> None:
    settings.TASKS_BACKEND = "database"
    with pytest.raises(CommandError, match="db_worker"):
        call_command("rq_worker")


def test_only_known_queues_are_taken(on_redis: Redis) -> None:
    assert task_backends["default"].queues == {"default"}
