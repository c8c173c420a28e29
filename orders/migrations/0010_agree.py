from django.db import migrations
from django.db.models import Q

# Kind, model, name of the old columns, and of which rows the letter was due.
OLD = [
    ("confirmation", "Order", "confirmation", ~Q(state="review") & Q(paid_at__isnull=False)),
    ("waiting", "Order", "waiting", Q(state="processing")),
    ("refund", "Refund", "mail", Q(state__in=["pending", "succeeded"])),
    ("shipped", "Parcel", "shipped_mail", Q(shipped_at__isnull=False)),
]


def take_over(apps, schema_editor):
    """What was sent is a sent letter, what was due is a letter to be sent: none goes twice."""
    letters = apps.get_model("orders", "OutboxLetter")
    for kind, model, name, due in OLD:
        claimed, sent = f"{name}_claimed_at", f"{name}_sent_at"
        rows = apps.get_model("orders", model).objects.filter(due | Q(**{f"{sent}__isnull": False}))
        found = rows.order_by("pk").values_list("pk", claimed, sent).iterator()
        letters.objects.bulk_create(
            (_letter(letters, kind, *row) for row in found), batch_size=500, ignore_conflicts=True
        )


def _letter(letters, kind, pk, claimed_at, sent_at):
    letter = letters(kind=kind, subject=pk, key=f"{kind}:{pk}", claimed_at=claimed_at)
    if sent_at:
        letter.state, letter.tries, letter.sent_at, letter.created_at = "sent", 1, sent_at, sent_at
    elif claimed_at:
        letter.state, letter.tries = "sending", 1
    return letter


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0004_designer_accounts"),
    ]

    operations = [
        migrations.RunPython(take_over, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name="order", name="confirmation_claimed_at"),
        migrations.RemoveField(model_name="order", name="confirmation_sent_at"),
        migrations.RemoveField(model_name="order", name="waiting_claimed_at"),
        migrations.RemoveField(model_name="order", name="waiting_sent_at"),
        migrations.RemoveField(model_name="parcel", name="shipped_mail_claimed_at"),
        migrations.RemoveField(model_name="parcel", name="shipped_mail_sent_at"),
        migrations.RemoveField(model_name="refund", name="mail_claimed_at"),
        migrations.RemoveField(model_name="refund", name="mail_sent_at"),
    ]
