"""``manage.py sweep [--loop SECONDS]``: mends what lost workers and answers left undone."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from orders import sweeping


class Command(BaseCommand):
    help = "Gives lapsed holds back, finishes payments, sends dropped letters, frees lost tasks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--loop", type=int, metavar="SECONDS", help="sweep again and again, until interrupted"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._sweep()
        while options["loop"]:
            close_old_connections()
            time.sleep(options["loop"])
            self._sweep()

    def _sweep(self) -> None:
        for name, count in sweeping.sweep().items():
            if count < 0:
                self.stderr.write(f"{name}: failed, see the log")
            elif count:
                self.stdout.write(f"{name}: {count}")
