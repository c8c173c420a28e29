"""``manage.py onboard_demo``: some makers of the demo have an account at the stand-in."""

import urllib.request
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from designers.models import Designer
from orders.makers import accounts
from orders.post import regions

# The others have yet to begin.
MAKERS = 2


class Command(BaseCommand):
    help = "Take makers of the demo through the stand-in's onboarding; those who began are left."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO and settings.STRIPE_API_BASE and settings.STRIPE_CONNECT):
            raise CommandError("Only the demo's makers are onboarded, at the stand-in for Stripe.")
        known = Designer.objects.filter(account__isnull=False).count()
        fresh = Designer.objects.filter(account=None, country__in=regions.TOGETHER)
        for designer in fresh.order_by("pk")[: max(MAKERS - known, 0)]:
            self._onboard(designer)

    def _onboard(self, designer: Designer) -> None:
        account = accounts.begin(designer)
        page = accounts.page_at_stripe(account)
        press = urllib.request.Request(page, data=b"", method="POST")  # noqa: S310 - the stand-in's
        with urllib.request.build_opener(_Stay).open(press, timeout=15):
            accounts.refresh(account)


class _Stay(urllib.request.HTTPRedirectHandler):
    """The page leads back to the shop, where nobody is logged in here."""

    def http_error_303(self, request: Any, answer: Any, *_: Any) -> Any:
        return answer
