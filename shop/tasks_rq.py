"""Django's tasks on RQ and Redis, for a shop on several machines.

``django-tasks-rq`` builds on the ``django-tasks`` package that Django has taken in since and
brings two more packages with it; what the shop needs of it is below. Every task of the shop
can be run twice and is found again by a sweep, so nothing but enqueueing is offered.
"""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from django.tasks.backends.base import BaseTaskBackend
from django.tasks.base import Task, TaskResult, TaskResultStatus
from django.utils.json import normalize_json
from django.utils.timezone import now
from redis import Redis
from rq import Queue, Worker

_KEPT_SECONDS = 3_600


def redis() -> Redis:
    """The server that ``CACHE_URL`` names."""
    return Redis.from_url(settings.CACHE_URL)


class RQBackend(BaseTaskBackend):
    """Puts tasks into RQ's queues; ``manage.py rq_worker`` runs them."""

    def enqueue(
        self, task: "Task[Any, Any]", args: list[Any], kwargs: dict[str, Any]
    ) -> "TaskResult[Any, Any]":
        """Queue the task; its arguments must be what JSON can say."""
        self.validate_task(task)
        queue = Queue(task.queue_name, connection=redis())
        job = queue.enqueue(
            run,
            task.module_path,
            normalize_json(args),
            normalize_json(kwargs),
            result_ttl=_KEPT_SECONDS,
        )
        return TaskResult(
            task=task,
            id=job.id,
            status=TaskResultStatus.READY,
            enqueued_at=now(),
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=args,
            kwargs=kwargs,
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )


def run(path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """What the worker calls: the task named by its dotted path."""
    module, _, name = path.rpartition(".")
    task = getattr(import_module(module), name)
    if not isinstance(task, Task):
        raise TypeError(f"{path} is not a task.")
    close_old_connections()
    task.call(*args, **kwargs)


def work(queues: list[str], *, burst: bool) -> None:
    """Run what is queued; with ``burst`` only until the queues are empty."""
    connection = redis()
    Worker([Queue(name, connection=connection) for name in queues], connection=connection).work(
        burst=burst
    )
