"""The indexes that words are looked up in: see catalog/search.py."""

from django.db import migrations

POSTGRES = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX catalog_piece_words ON catalog_piece"
    " USING gin (to_tsvector('simple'::regconfig, COALESCE(search_text, '')))",
    "CREATE INDEX catalog_piece_trigrams ON catalog_piece USING gin (search_text gin_trgm_ops)",
]
POSTGRES_BACK = ["DROP INDEX catalog_piece_trigrams", "DROP INDEX catalog_piece_words"]

SQLITE = [
    "CREATE VIRTUAL TABLE catalog_piece_search USING fts5("
    "search_text, tokenize='unicode61', prefix='2 3')",
]
SQLITE_BACK = ["DROP TABLE catalog_piece_search"]


def forwards(apps, schema_editor):
    _run(schema_editor, POSTGRES if _is_postgres(schema_editor) else SQLITE)


def backwards(apps, schema_editor):
    _run(schema_editor, POSTGRES_BACK if _is_postgres(schema_editor) else SQLITE_BACK)


def _is_postgres(schema_editor):
    return schema_editor.connection.vendor == "postgresql"


def _run(schema_editor, statements):
    for statement in statements:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
