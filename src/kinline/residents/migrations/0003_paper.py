from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("residents", "0002_search_by_name")]

    operations = [
        migrations.AddField(
            "resident",
            "paper_since",
            models.DateTimeField(
                blank=True, help_text="Cannot use a kiosk since then: letters come on paper (MSG-10).", null=True
            ),
        ),
    ]
