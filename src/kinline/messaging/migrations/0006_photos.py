import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0002_invitations_and_watches"),
        ("messaging", "0005_review"),
    ]

    operations = [
        migrations.AddField(
            "message",
            "photo_count",
            models.PositiveSmallIntegerField(db_default=0, default=0, help_text="Photos that go with it (MSG-9)."),
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.BinaryField(max_length=32)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("price_cents", models.PositiveIntegerField(default=0)),
                ("hold_id", models.BigIntegerField(blank=True, null=True, unique=True)),
                ("added_at", models.DateTimeField()),
                (
                    "contact",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="photos",
                        to="contacts.contact",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="photos",
                        to="messaging.message",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["added_at"], condition=Q(message=None), name="photo_beside_letter"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["contact", "digest"], condition=Q(message=None), name="one_photo_beside_a_letter"
                    ),
                    models.CheckConstraint(
                        condition=Q(hold_id=None) | Q(message__isnull=False), name="paid_photo_has_letter"
                    ),
                    models.CheckConstraint(
                        condition=Q(hold_id=None) | Q(price_cents__gt=0), name="paid_photo_has_price"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pixels",
            fields=[
                (
                    "photo",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="pixels",
                        serialize=False,
                        to="messaging.photo",
                    ),
                ),
                ("full", models.BinaryField()),
                ("small", models.BinaryField()),
            ],
        ),
    ]
