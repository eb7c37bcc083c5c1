from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0004_second_factor")]

    operations = [
        migrations.AlterField(
            "onetimecode",
            "purpose",
            models.CharField(
                choices=[
                    ("activate", "Activate"),
                    ("reset", "Reset"),
                    ("change_email", "Change Email"),
                    ("invite", "Invite"),
                ],
                max_length=20,
            ),
        ),
    ]
