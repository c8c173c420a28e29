"""``manage.py trade_demo``: some people have bought in the demo, and some have a question."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from shop.management.demo import trading


class Command(BaseCommand):
    help = "Buy a few pieces of the demo at the stand-in; where anything was bought, nothing is."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO and settings.STRIPE_API_BASE):
            raise CommandError("Only in the demo, at the stand-in for Stripe.")
        trading.trade()
