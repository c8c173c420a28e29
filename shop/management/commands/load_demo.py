"""``manage.py load_demo``: the demo house, its photographs and its logins."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from orders.models import Order
from shop.management.demo import figures, people, photographs, trading, writing
from shop.management.demo.reading import House
from shop.public_pages import forget

DEMO_FOLDER = settings.BASE_DIR / "demo"


class Command(BaseCommand):
    help = "Load the demo house; running it again changes nothing that was bought."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=DEMO_FOLDER)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO and Order.objects.exists():
            raise CommandError(
                "This shop has orders of real people: the demo house is not loaded over them."
            )
        house = House(options["folder"])
        writing.write(house)
        made = photographs.render_all(house)
        names = people.write()
        figures.Visits(1, days=180, busy=12).write()
        trading.write_code()
        forget()
        self.stdout.write(f"The demo house is there ({made} photographs made ready).")
        self.stdout.write(f"Log in at /admin/ as {', '.join(names)}, password {people.PASSWORD}.")
