import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What is said to everybody has a beginning and an end, and can be taken back (STF-8)."""

    dependencies = [("notices", "0003_broadcasts"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField("broadcast", "starts_at", models.DateTimeField(null=True)),
        migrations.RunSQL("UPDATE notices_broadcast SET starts_at = sent_at", migrations.RunSQL.noop),
        migrations.AlterField("broadcast", "starts_at", models.DateTimeField()),
        migrations.AddField("broadcast", "until", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("broadcast", "withdrawn_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "broadcast",
            "withdrawn_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "notice",
            "broadcast",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="notices",
                to="notices.broadcast",
            ),
        ),
        migrations.AddConstraint(
            "broadcast",
            models.CheckConstraint(
                condition=models.Q(("until", None), ("until__gt", models.F("starts_at")), _connector="OR"),
                name="broadcast_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            "broadcast",
            models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at", None) , ("withdrawn_by", None)
                ) | models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                name="broadcast_withdrawn_by_somebody",
            ),
        ),
    ]  # fmt: skip
