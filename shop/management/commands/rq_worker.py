"""``manage.py rq_worker``: runs the tasks that lie in Redis (TASKS_BACKEND=rq)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.tasks import task_backends

from shop import tasks_rq


class Command(BaseCommand):
    help = "Run the tasks that are queued in Redis."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--burst", action="store_true", help="Stop when nothing is left to do.")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.TASKS_BACKEND != "rq":
            raise CommandError("TASKS_BACKEND is not rq: run manage.py db_worker instead.")
        tasks_rq.work(sorted(task_backends["default"].queues), burst=options["burst"])
