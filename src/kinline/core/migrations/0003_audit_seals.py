from django.db import migrations, models

INSERT_ONLY = """
    CREATE TRIGGER audit_seal_insert_only BEFORE UPDATE OR DELETE ON core_audit_seal
        FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
CHANGEABLE = "DROP TRIGGER audit_seal_insert_only ON core_audit_seal;"


class Migration(migrations.Migration):
    dependencies = [("core", "0002_database_rules")]

    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("event_id", models.BigIntegerField(unique=True)),
                ("digest", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={"db_table": "core_audit_seal"},
        ),
        migrations.RunSQL(INSERT_ONLY, CHANGEABLE),
        migrations.AddIndex("auditevent", models.Index(fields=["facility_id", "id"], name="audit_by_place")),
    ]
