"""An archive page for what was retired before there were any."""

from django.db import migrations
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import F
from django.utils.timezone import now


def give_archive_pages(apps, schema_editor):
    """To retired pieces that the shop has shown.

    They were last changed between their collection's opening and the day from which on retiring
    writes it down itself. What was retired later and has none was never shown, and gets none.
    """
    using = schema_editor.connection.alias
    since = (
        MigrationRecorder.Migration.objects.using(using)
        .filter(app="catalog", name="0005_review")
        .values_list("applied", flat=True)
        .first()
    )
    pieces = apps.get_model("catalog", "Piece").objects.using(using)
    shown = pieces.filter(
        status="retired",
        archived_at=None,
        collection__published_at__lte=now(),
        updated_at__gte=F("collection__published_at"),
        updated_at__lt=since or now(),
        photos__state="ready",
    )
    keys = list(shown.values_list("pk", flat=True).distinct())
    pieces.filter(pk__in=keys).update(archived_at=F("updated_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0009_front"),
    ]

    operations = [
        migrations.RunPython(give_archive_pages, migrations.RunPython.noop),
    ]
