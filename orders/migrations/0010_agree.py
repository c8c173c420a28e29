import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
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
        ("orders", "0009_aftersale"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
        migrations.CreateModel(
            name="ReconcileRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "started_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="started"
                    ),
                ),
                (
                    "finished_at",
                    models.DateTimeField(
                        blank=True, db_index=True, null=True, verbose_name="finished"
                    ),
                ),
                ("is_running", models.BooleanField(default=True)),
                ("figures", models.JSONField(default=list)),
                ("mended", models.PositiveIntegerField(default=0, verbose_name="mended by itself")),
                (
                    "needs_person",
                    models.PositiveIntegerField(default=0, verbose_name="need a person"),
                ),
                ("error", models.CharField(blank=True, max_length=400)),
            ],
            options={
                "verbose_name": "comparison",
                "verbose_name_plural": "money and stock",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_running", True)),
                        fields=("is_running",),
                        name="reconcile_one_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Disagreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=160, unique=True)),
                ("kind", models.CharField(max_length=20)),
                ("text", models.CharField(max_length=400)),
                ("subject", models.PositiveBigIntegerField(blank=True, null=True)),
                ("needs_person", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("mended", "mended"),
                            ("gone", "gone by itself"),
                        ],
                        default="open",
                        max_length=6,
                    ),
                ),
                (
                    "found_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("mended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "mended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="disagreements",
                        to="orders.order",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="disagreements",
                        to="orders.reconcilerun",
                    ),
                ),
            ],
            options={
                "verbose_name": "disagreement",
                "verbose_name_plural": "disagreements",
                "ordering": ["found_at", "pk"],
                "indexes": [
                    models.Index(fields=["state", "found_at"], name="orders_disa_state_a5493c_idx")
                ],
            },
        ),
    ]
