"""Which days were compared with the processor's list, so that none is missed, however long nobody was there (MON-7)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_checkout")]

    operations = [
        migrations.CreateModel(
            name="ComparedDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(help_text="When it was last compared.")),
            ],
        ),
    ]
