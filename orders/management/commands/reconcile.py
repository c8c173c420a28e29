"""``manage.py reconcile``: holds Stripe's books beside the shop's and mends what it can."""

import logging
import time
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections
from django.utils.timezone import now

from orders import payments
from orders.comparing import agreement
from orders.comparing.difference import Difference

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Settles what Stripe knows and the shop does not; ends with 1 if a person is needed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=2, help="how far back to look (2)")
        parser.add_argument(
            "--loop", type=int, metavar="SECONDS", help="again and again, until interrupted"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        while options["loop"]:
            self._once_more(options["days"])
            close_old_connections()
            time.sleep(options["loop"])
        self._tell(self._run(options["days"]))

    def _once_more(self, days: int) -> None:
        """What goes wrong in one round is told, and tried again in the next; peace is not told."""
        try:
            if found := self._run(days):
                self._tell(found)
        except CommandError as error:
            self.stderr.write(str(error))
        except Exception:
            logger.exception("reconcile failed")

    def _run(self, days: int) -> list[Difference]:
        try:
            return agreement.run(now() - timedelta(days=days))[1]
        except agreement.UnderWay as error:
            raise CommandError("Another comparison is under way.") from error
        except (payments.Unknown, payments.Refused) as error:
            raise CommandError(f"Stripe did not answer: {error}") from error

    def _tell(self, found: list[Difference]) -> None:
        for difference in found:
            self.stdout.write(("! " if difference.needs_person else "  ") + difference.text)
        needed = sum(difference.needs_person for difference in found)
        if needed:
            raise CommandError(f"{needed} of {len(found)} differences need a person.")
        self.stdout.write("Stripe and the shop agree." if not found else f"{len(found)} mended.")
