import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_USER = settings.AUTH_USER_MODEL


def _id() -> tuple[str, models.Field]:
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_staff_invitations")]

    operations = [
        migrations.AlterField("secondfactor", "confirmed_at", models.DateTimeField(null=True)),
        migrations.AddField("user", "last_in_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("user", "idle_told_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("user", "stopped_at", models.DateTimeField(blank=True, null=True)),
        # The 90 days of who worked here before somebody counted them begin now (rules C6).
        migrations.RunSQL(
            "UPDATE identity_user SET last_in_at = now() WHERE kind = 'staff' AND activated_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            "Passkey",
            [
                _id(),
                ("name", models.CharField(max_length=60)),
                ("credential_id", models.BinaryField(max_length=1023, unique=True)),
                ("public_key", models.BinaryField(max_length=2048)),
                ("sign_count", models.BigIntegerField()),
                ("created_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                (
                    "factor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="passkeys", to="identity.secondfactor"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            "Challenge",
            [
                _id(),
                ("purpose", models.CharField(max_length=10)),
                ("value", models.BinaryField(max_length=64)),
                ("expires_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="challenges", to=_USER
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            "SignInLock",
            [
                _id(),
                ("key", models.BinaryField(max_length=32, unique=True)),
                ("at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_in_locks",
                        to=_USER,
                    ),
                ),
            ],
        ),
    ]
