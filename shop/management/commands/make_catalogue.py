"""``manage.py make_catalogue``: a large believable catalogue, sharing a few photographs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from catalog.models import Photo, Piece
from shop.management.commands.load_demo import DEMO_FOLDER
from shop.management.demo import figures, photographs, writing
from shop.management.demo.catalogue import COLLECTIONS, DESIGNERS, Catalogue
from shop.management.demo.reading import House


class Command(BaseCommand):
    help = f"Add {DESIGNERS} makers, {COLLECTIONS} collections and many pieces, for benchmarks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pieces", type=int, default=2000)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if not Photo.objects.ready().exists():
            self._lend_photographs()
        Catalogue(options["pieces"], options["seed"]).write()
        figures.Visits(options["seed"], days=28, busy=2).write()
        with connection.cursor() as cursor:
            # Without it PostgreSQL plans for the empty tables of a moment ago.
            cursor.execute("ANALYZE")
        self.stdout.write(f"{Piece.objects.count()} pieces are in the shop now.")

    def _lend_photographs(self) -> None:
        """The demo's lists and a dozen of its pictures, enough to look like a shop."""
        house = House(DEMO_FOLDER)
        writing.write_shared_lists(house)
        photographs.lend(house, 12)
