import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("facilities", "0005_privileged"), ("requests", "0002_answers_stay")]

    operations = [
        migrations.CreateModel(
            name="Reporting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outside", models.CharField(blank=True, max_length=800)),
                ("outside_es", models.CharField(blank=True, max_length=800)),
                ("others", models.CharField(blank=True, max_length=800)),
                ("others_es", models.CharField(blank=True, max_length=800)),
                (
                    "facility",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reporting", to="facilities.facility"
                    ),
                ),
            ],
        ),
    ]
