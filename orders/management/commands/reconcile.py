"""``manage.py reconcile``: holds Stripe's books beside the shop's and mends what it can."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orders import payments
from orders.reconciliation import reconcile


class Command(BaseCommand):
    help = "Settles what Stripe knows and the shop does not; ends with 1 if a person is needed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = list(reconcile())
        except (payments.Unknown, payments.Refused) as error:
            raise CommandError(f"Stripe did not answer: {error}") from error
        for difference in found:
            self.stdout.write(("! " if difference.needs_person else "  ") + difference.text)
        needed = sum(difference.needs_person for difference in found)
        if needed:
            raise CommandError(f"{needed} of {len(found)} differences need a person.")
        self.stdout.write("Stripe and the shop agree." if not found else f"{len(found)} mended.")
