"""``manage.py take_off_second_key NAME``: for an owner who has lost their own."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from designers.keys.admin import take_off


class Command(BaseCommand):
    help = "Takes all second keys off a person, who is told by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what they log in as")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["name"]).first()
        if person is None:
            raise CommandError(f"Nobody logs in as {options['name']}.")
        if not take_off(person):
            raise CommandError(f"{person} has no second key.")
        self.stdout.write(f"{person} comes in with the password alone now.")
