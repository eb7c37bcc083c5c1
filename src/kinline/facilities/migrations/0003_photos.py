from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("facilities", "0002_money")]

    operations = [
        migrations.AddField(
            "facility",
            "photos_a_letter",
            models.PositiveSmallIntegerField(
                default=0, help_text="How many photos a family may send with one letter (MSG-9); 0: not offered."
            ),
        ),
        migrations.AddConstraint(
            "facility",
            models.CheckConstraint(condition=Q(photos_a_letter__lte=10), name="photos_a_letter_bounded"),
        ),
        migrations.AddField("messageprice", "photo_cents", models.PositiveIntegerField(blank=True, null=True)),
    ]
