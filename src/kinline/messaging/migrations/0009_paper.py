import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

STATES = [
    ("review", "Review"),
    ("scheduled", "Scheduled"),
    ("collect", "Collect"),
    ("delivered", "Delivered"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
    ("declined", "Declined"),
    ("withheld", "Withheld"),
    ("paper", "Paper"),
    ("returned", "Returned"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0003_photos"),
        ("messaging", "0008_held"),
        ("residents", "0003_paper"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField("message", "state", models.CharField(choices=STATES, max_length=10)),
        migrations.CreateModel(
            name="PrintBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
                ("pages", models.PositiveIntegerField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "facility",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="facilities.facility",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="facilities.housingunit",
                    ),
                ),
            ],
            options={"indexes": [models.Index("facility", F("id").desc(), name="batch_of_place")]},
        ),
        migrations.CreateModel(
            name="PrintedLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("handed", "Handed"), ("back", "Back"), ("ended", "Ended")],
                        max_length=10,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="messaging.printbatch",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="printed", to="messaging.message"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["message"], condition=Q(outcome=""), name="letter_in_one_open_batch"
                    ),
                    models.UniqueConstraint(fields=["batch", "message"], name="letter_once_in_batch"),
                    models.CheckConstraint(
                        condition=Q(outcome="", ended_at=None) | (~Q(outcome="") & Q(ended_at__isnull=False)),
                        name="printed_end_whole",
                    ),
                ],
            },
        ),
    ]
