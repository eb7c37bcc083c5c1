from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("facilities", "0003_photos")]

    operations = [
        migrations.AddField(
            "kiosk",
            "link_digest",
            models.BinaryField(
                help_text="Of the address that enrols a browser, once, until `link_until`.",
                max_length=32,
                null=True,
                unique=True,
            ),
        ),
        migrations.AddField("kiosk", "link_until", models.DateTimeField(blank=True, null=True)),
    ]
