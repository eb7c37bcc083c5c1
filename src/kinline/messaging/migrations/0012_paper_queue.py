from django.db import migrations, models


class Migration(migrations.Migration):
    """What waits for paper is found without a look at all letters (MSG-10, P9)."""

    dependencies = [("messaging", "0011_appeal_rulings")]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(condition=models.Q(("state", "paper")), fields=["contact"], name="message_paper"),
        ),
    ]
