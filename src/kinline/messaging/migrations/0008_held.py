from django.db import migrations, models


class Migration(migrations.Migration):
    """STF-8: a letter that an emergency holds is scheduled without a time."""

    dependencies = [("messaging", "0007_record")]

    operations = [
        migrations.RemoveConstraint(model_name="message", name="scheduled_has_time"),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("deliver_at", None), ("state", "scheduled")), fields=["id"], name="message_held"
            ),
        ),
    ]
