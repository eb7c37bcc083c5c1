import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("address", models.CharField(db_collation="C", max_length=80)),
                ("customer", models.BooleanField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("address",), name="ledger_account_address")],
            },
        ),
        migrations.CreateModel(
            name="Balance",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="balance",
                        serialize=False,
                        to="ledger.account",
                    ),
                ),
                ("posted_cents", models.BigIntegerField(default=0)),
                ("held_cents", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("posted_cents__gte", 0)), name="ledger_balance_floor"),
                    models.CheckConstraint(condition=models.Q(("held_cents__gte", 0)), name="ledger_held_floor"),
                    models.CheckConstraint(
                        condition=models.Q(("held_cents__lte", models.F("posted_cents"))), name="ledger_held_covered"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(db_collation="C", max_length=120)),
                ("input_hash", models.BinaryField(max_length=32)),
                ("kind", models.CharField(max_length=40)),
                ("reference", models.CharField(blank=True, max_length=80)),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="ledger.entry",
                    ),
                ),
                ("lines", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("key",), name="ledger_entry_once"),
                    models.CheckConstraint(condition=models.Q(("lines__gte", 2)), name="ledger_entry_has_two_sides"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("corrects__isnull", False)),
                        fields=["corrects"],
                        name="ledger_entry_corrects",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "entry_id", "line", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="ledger.entry",
                    ),
                ),
                ("line", models.PositiveSmallIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="ledger.account",
                    ),
                ),
                ("cents", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "entry"), name="ledger_posting_of_account"),
                    models.CheckConstraint(
                        condition=models.Q(("cents", 0), _negated=True), name="ledger_posting_moves"
                    ),
                    models.CheckConstraint(condition=models.Q(("line__gte", 1)), name="ledger_posting_line"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(db_collation="C", max_length=120)),
                ("input_hash", models.BinaryField(max_length=32)),
                ("purpose", models.CharField(max_length=40)),
                ("cents", models.BigIntegerField()),
                ("lines", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("key",), name="ledger_hold_once"),
                    models.CheckConstraint(
                        condition=models.Q(("cents__gt", 0), ("lines__gte", 1)), name="ledger_hold_reserves"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HoldLine",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "hold_id", "line", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "hold",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.hold",
                    ),
                ),
                ("line", models.PositiveSmallIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
                ("cents", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("cents__gt", 0)), name="ledger_hold_line_reserves"),
                    models.CheckConstraint(condition=models.Q(("line__gte", 1)), name="ledger_hold_line_line"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Resolution",
            fields=[
                (
                    "hold",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="resolution",
                        serialize=False,
                        to="ledger.hold",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("capture", "Capture"), ("void", "Void"), ("expire", "Expire")], max_length=10
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resolution",
                        to="ledger.entry",
                    ),
                ),
                ("cents", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cents__gt", 0), ("entry__isnull", False), ("kind", "capture")),
                            models.Q(("cents", 0), ("entry", None), ("kind__in", ["void", "expire"])),
                            _connector="OR",
                        ),
                        name="ledger_resolution_whole",
                    )
                ],
            },
        ),
    ]
