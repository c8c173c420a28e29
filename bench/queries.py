"""Prints each public page's name, path and number of queries; run by pages.py."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from catalog.models import Collection, Piece  # noqa: E402


def main() -> None:
    """Ask for each page twice, so that what is read once a process is not counted."""
    client = Client(SERVER_NAME="127.0.0.1")
    for name, path in _pages().items():
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answers {answer.status_code}.")
        print(name, path, len(queries), sep="\t")


def _pages() -> dict[str, str]:
    collection = Collection.objects.published().earliest("pk")
    piece = Piece.objects.published().earliest("pk")
    return {
        "home": "/",
        "collection": collection.get_absolute_url(),
        "piece": piece.get_absolute_url(),
        "browse": "/pieces/",
        "search": "/pieces/?q=silver",
    }


if __name__ == "__main__":
    main()
