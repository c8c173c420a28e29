"""What was retired before there were archive pages gets one, if shoppers have seen it."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils.timezone import now

from catalog.models import Collection, Piece
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = now()
BEFORE, SINCE = NOW - timedelta(days=9), NOW - timedelta(days=5)
OPENED = NOW - timedelta(days=20)


@pytest.fixture
def collection() -> Collection:
    recorded = MigrationRecorder.Migration.objects.filter(app="catalog", name="0005_review")
    recorded.update(applied=SINCE)
    collection = make.make_collection()
    Collection.objects.update(published_at=OPENED)
    return collection


def give_archive_pages() -> None:
    step = import_module("catalog.migrations.0010_archived")
    step.give_archive_pages(apps, SimpleNamespace(connection=connection))


@pytest.mark.parametrize(
    ("changed", "status", "photographed", "has_page"),
    [
        (BEFORE, "retired", True, True),
        (OPENED - timedelta(days=1), "retired", True, False),  # retired before it opened
        (SINCE + timedelta(days=1), "retired", True, False),  # a draft that was retired
        (BEFORE, "retired", False, False),  # nobody has seen it
        (BEFORE, "draft", True, False),
    ],
)
def test_who_gets_an_archive_page(
    changed: object, status: str, photographed: bool, has_page: bool, collection: Collection
) -> None:
    piece = make.make_piece(collection=collection, status=status)
    if photographed:
        make.make_photo(piece.designer, piece=piece)
    Piece.objects.update(updated_at=changed)
    give_archive_pages()
    page = Client().get(piece.get_absolute_url())
    assert page.status_code == (200 if has_page else 404)
    piece.refresh_from_db()
    assert piece.archived_at == (changed if has_page else None)
