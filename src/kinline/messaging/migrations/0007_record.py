import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A letter is looked at by the purge once a copy of it has gone for good, whatever took it.
LET_GO = """
    CREATE FUNCTION messaging_let_go() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO messaging_letgo (message_id) VALUES (OLD.message_id) ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;
    CREATE TRIGGER mailbox_let_go AFTER DELETE ON messaging_mailbox
        FOR EACH ROW EXECUTE FUNCTION messaging_let_go();
    INSERT INTO messaging_letgo (message_id) SELECT m.id FROM messaging_message m
        WHERE NOT EXISTS (SELECT 1 FROM messaging_mailbox b WHERE b.message_id = m.id);
"""
LET_GO_BACK = "DROP TRIGGER mailbox_let_go ON messaging_mailbox; DROP FUNCTION messaging_let_go();"

# MSG-8: one body, three claims. Whatever the program does, the words of a letter go only when no mailbox has it, no
# hold names it, and a certificate says why.
GUARD = """
    CREATE FUNCTION messaging_body_claimed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM messaging_mailbox b WHERE b.message_id = OLD.message_id) THEN
            RAISE EXCEPTION 'a mailbox has this letter'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'body_in_mailbox';
        END IF;
        IF EXISTS (
            SELECT 1 FROM messaging_message m JOIN contacts_contact c ON c.id = m.contact_id
            JOIN messaging_legalhold h ON h.message_id = m.id OR h.resident_id = c.resident_id OR h.user_id = c.user_id
            WHERE m.id = OLD.message_id AND h.lifted_at IS NULL AND h.starts_at <= clock_timestamp()
              AND (h.ends_at IS NULL OR h.ends_at > clock_timestamp())
        ) THEN
            RAISE EXCEPTION 'a legal hold keeps this letter'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'body_on_hold';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM messaging_purged p WHERE p.message_id = OLD.message_id) THEN
            RAISE EXCEPTION 'no certificate names this letter'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'body_without_certificate';
        END IF;
        RETURN OLD;
    END $$;
    CREATE TRIGGER body_claimed BEFORE DELETE ON messaging_body
        FOR EACH ROW EXECUTE FUNCTION messaging_body_claimed();
"""
GUARD_BACK = "DROP TRIGGER body_claimed ON messaging_body; DROP FUNCTION messaging_body_claimed();"

# Certificates and rules are only added. A hold is lifted once, and nothing else of it changes.
KEPT = """
    CREATE TRIGGER purge_insert_only BEFORE UPDATE OR DELETE ON messaging_purge
        FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
    CREATE TRIGGER purged_insert_only BEFORE UPDATE OR DELETE ON messaging_purged
        FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
    CREATE TRIGGER retention_insert_only BEFORE UPDATE OR DELETE ON messaging_retention
        FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
    CREATE FUNCTION messaging_hold_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.lifted_at IS NOT NULL OR ROW(NEW.facility_id, NEW.message_id, NEW.resident_id,
               NEW.user_id, NEW.reason, NEW.starts_at, NEW.ends_at, NEW.placed_by_id, NEW.placed_at)
               IS DISTINCT FROM ROW(OLD.facility_id, OLD.message_id, OLD.resident_id, OLD.user_id, OLD.reason,
               OLD.starts_at, OLD.ends_at, OLD.placed_by_id, OLD.placed_at)
        THEN
            RAISE EXCEPTION 'a legal hold is lifted once and never rewritten'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_never_rewritten';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER hold_never_rewritten BEFORE UPDATE OR DELETE ON messaging_legalhold
        FOR EACH ROW EXECUTE FUNCTION messaging_hold_kept();
"""
KEPT_BACK = """
    DROP TRIGGER hold_never_rewritten ON messaging_legalhold; DROP FUNCTION messaging_hold_kept();
    DROP TRIGGER retention_insert_only ON messaging_retention;
    DROP TRIGGER purged_insert_only ON messaging_purged;
    DROP TRIGGER purge_insert_only ON messaging_purge;
"""

# Staff search all letters of a place; owners search their own words only.
WORDS = "CREATE INDEX search_of_words ON messaging_searchentry USING gin (words) WITH (fastupdate = off);"
WORDS_BACK = "DROP INDEX search_of_words;"


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_audit_seals"),
        ("facilities", "0003_photos"),
        ("messaging", "0006_photos"),
        ("residents", "0002_search_by_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LetGo",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="messaging.message",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Purge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("letter", "Letter"), ("refused", "Refused"), ("privileged", "Privileged")],
                        max_length=12,
                    ),
                ),
                ("days", models.PositiveIntegerField()),
                ("ended_before", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
                ("first_sent_at", models.DateTimeField()),
                ("last_sent_at", models.DateTimeField()),
                ("digest", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="facilities.facility"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Purged",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="purged",
                        serialize=False,
                        to="messaging.message",
                    ),
                ),
                (
                    "purge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="messaging.purge"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Retention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("letter", "Letter"), ("refused", "Refused"), ("privileged", "Privileged")],
                        max_length=12,
                    ),
                ),
                ("days", models.PositiveIntegerField()),
                ("effective_from", models.DateTimeField()),
                ("reason", models.CharField(max_length=300)),
                ("set_at", models.DateTimeField()),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="facilities.facility"
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="purge",
            name="retention",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="messaging.retention",
            ),
        ),
        migrations.CreateModel(
            name="Search",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[("messages", "messages"), ("people", "people"), ("money", "money")], max_length=10
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=200)),
                ("since", models.DateField(blank=True, null=True)),
                ("until", models.DateField(blank=True, null=True)),
                ("purpose", models.CharField(max_length=200)),
                ("asked_at", models.DateTimeField()),
                ("name", models.CharField(blank=True, max_length=80)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="facilities.facility"
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("placed_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lifted_why", models.CharField(blank=True, max_length=500)),
                (
                    "facility",
                    models.ForeignKey(
                        help_text="Whose staff placed it.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="facilities.facility",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_holds",
                        to="messaging.message",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="residents.resident",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("message__isnull", False), ("resident", None), ("user", None)),
                            models.Q(("message", None), ("resident__isnull", False), ("user", None)),
                            models.Q(("message", None), ("resident", None), ("user__isnull", False)),
                            _connector="OR",
                        ),
                        name="hold_names_one",
                    ),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="hold_has_reason"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at", None), ("ends_at__gt", models.F("starts_at")), _connector="OR"),
                        name="hold_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at", None), ("lifted_by", None), ("lifted_why", "")),
                            models.Q(
                                ("lifted_at__isnull", False),
                                ("lifted_by__isnull", False),
                                models.Q(("lifted_why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="hold_lift_whole",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="retention",
            constraint=models.UniqueConstraint(
                fields=("facility", "kind", "effective_from"), name="one_retention_a_moment"
            ),
        ),
        migrations.AddConstraint(
            model_name="retention",
            constraint=models.CheckConstraint(
                condition=models.Q(("days__lte", 36500)), name="retention_at_most_a_century"
            ),
        ),
        migrations.AddConstraint(
            model_name="retention",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="retention_has_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="purge",
            index=models.Index(
                models.F("facility"), models.OrderBy(models.F("id"), descending=True), name="purge_of_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="purge",
            constraint=models.CheckConstraint(condition=models.Q(("count__gt", 0)), name="purge_of_something"),
        ),
        migrations.AddIndex(
            model_name="search",
            index=models.Index(
                models.F("staff"), models.OrderBy(models.F("id"), descending=True), name="search_of_staff"
            ),
        ),
        migrations.AddConstraint(
            model_name="search",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose", ""), _negated=True), name="search_has_purpose"
            ),
        ),
        migrations.AddConstraint(
            model_name="search",
            constraint=models.UniqueConstraint(
                condition=models.Q(("name", ""), _negated=True),
                fields=("staff", "facility", "name"),
                name="one_saved_search_of_a_name",
            ),
        ),
        migrations.RunSQL(LET_GO, LET_GO_BACK),
        migrations.RunSQL(GUARD, GUARD_BACK),
        migrations.RunSQL(KEPT, KEPT_BACK),
        migrations.RunSQL(WORDS, WORDS_BACK),
    ]
