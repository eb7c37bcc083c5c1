"""Pay-outs that a dispute won by the bank takes the ground from, and when states take unclaimed money (E3)."""

from datetime import date

from django.db import migrations, models

# RUUPA 201 as enacted in Vermont: customer credit and stored value, three years after the owner's last sign of interest;
# a letter 60 to 180 days before, from $50. The model of other states: an operator adds the rows of theirs.
ANY_STATE = {
    "region": "*", "months": 36, "notice_cents": 5000, "notice_days": 120,
    "source": "RUUPA section 201 (Vermont): 3 years; section 502: letter 60 to 180 days before, from $50",
    "effective_from": date(2000, 1, 1),
}  # fmt: skip

STATES = ["waiting", "sent", "paid", "failed", "returned", "unclaimed", "remitted", "recalled"]


def seed(apps, _schema):
    apps.get_model("payments", "DormancyRule").objects.get_or_create(
        region="*", effective_from=ANY_STATE["effective_from"], defaults=ANY_STATE
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_money")]

    operations = [
        migrations.AddField("payout", "notice_at", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField(
            "payout",
            "state",
            models.CharField(
                choices=[(state, state.capitalize()) for state in STATES], default="waiting", max_length=10
            ),
        ),
        migrations.AddIndex(
            "payout",
            models.Index(
                condition=models.Q(("processor_ref", ""), _negated=True), fields=["processor_ref"], name="pay_out_by_ref"
            ),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
