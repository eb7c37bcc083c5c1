"""A row for each month of a customer's account, so that a statement costs its month and not its history (MON-5, P9).

A month's lines are those booked after the month before it ended: a range of entries. What is booked late, with an
earlier moment, belongs to the month that was open: no statement that somebody has read changes its sums, but for
entries that were under way in the very second of its end. Months follow the deployment's clock as it was when
Kinline was installed.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ZONE = settings.TIME_ZONE.replace("'", "")

FUNCTIONS = r"""
-- The first day of the month in which a moment lies, and the moment in which a month begins.
CREATE FUNCTION ledger_month_of(p_at timestamptz) RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT date_trunc('month', p_at AT TIME ZONE '{zone}')::date
$$;
CREATE FUNCTION ledger_month_start(p_month date) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT p_month::timestamp AT TIME ZONE '{zone}'
$$;

-- Called with the balance row locked, so one at a time for an account. Months never overlap in entries.
CREATE FUNCTION ledger_month_add(p_account bigint, p_entry bigint, p_cents bigint, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_month date;
    v_last bigint;
BEGIN
    SELECT month, last_entry_id INTO v_month, v_last FROM ledger_month
        WHERE account_id = p_account ORDER BY month DESC LIMIT 1;
    IF p_entry < v_last THEN
        SELECT month INTO v_month FROM ledger_month
            WHERE account_id = p_account AND last_entry_id > p_entry ORDER BY month LIMIT 1;
    ELSE
        v_month := greatest(v_month, ledger_month_of(p_at));
    END IF;
    INSERT INTO ledger_month AS m (account_id, month, in_cents, out_cents, lines, last_entry_id)
        VALUES (p_account, v_month, greatest(p_cents, 0), greatest(-p_cents, 0), 1, p_entry)
        ON CONFLICT (account_id, month) DO UPDATE SET
            in_cents = m.in_cents + excluded.in_cents, out_cents = m.out_cents + excluded.out_cents,
            lines = m.lines + 1, last_entry_id = greatest(m.last_entry_id, excluded.last_entry_id);
END $$;
""".replace("{zone}", ZONE)

ADDED = r"""
CREATE OR REPLACE FUNCTION ledger_posting_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_at timestamptz;
BEGIN
    SELECT at INTO v_at FROM ledger_entry WHERE id = NEW.entry_id AND NEW.line <= lines;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ledger: entry % has no line %', NEW.entry_id, NEW.line USING ERRCODE = 'KL008';
    END IF;
    UPDATE ledger_balance SET posted_cents = posted_cents + NEW.cents WHERE account_id = NEW.account_id;
    IF FOUND THEN
        -- Almost always: the newest month, and an entry newer than all of it. Anything else is thought over.
        UPDATE ledger_month SET lines = lines + 1, last_entry_id = NEW.entry_id,
                in_cents = in_cents + greatest(NEW.cents, 0), out_cents = out_cents + greatest(-NEW.cents, 0)
            WHERE account_id = NEW.account_id AND last_entry_id < NEW.entry_id
              AND month = (SELECT max(month) FROM ledger_month WHERE account_id = NEW.account_id)
              AND month >= ledger_month_of(v_at);
        IF NOT FOUND THEN
            PERFORM ledger_month_add(NEW.account_id, NEW.entry_id, NEW.cents, v_at);
        END IF;
    ELSIF NOT EXISTS (SELECT FROM ledger_account WHERE id = NEW.account_id AND NOT customer) THEN
        RAISE EXCEPTION 'ledger: no such account: %', NEW.account_id USING ERRCODE = 'KL009';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_month_guard BEFORE INSERT OR UPDATE OR DELETE ON ledger_month
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_balance_guard();
ALTER TABLE ledger_month SET (fillfactor = 50);
"""

# As if each posting had been added in the order of its entry.
BACKFILL = r"""
ALTER TABLE ledger_month DISABLE TRIGGER ledger_month_guard;
INSERT INTO ledger_month (account_id, month, in_cents, out_cents, lines, last_entry_id)
    SELECT account_id, month, sum(greatest(cents, 0)), sum(greatest(-cents, 0)), count(*), max(entry_id)
    FROM (SELECT p.account_id, p.entry_id, p.cents,
                 max(ledger_month_of(e.at)) OVER (PARTITION BY p.account_id ORDER BY p.entry_id) AS month
          FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
          JOIN ledger_balance b ON b.account_id = p.account_id) AS booked
    GROUP BY account_id, month;
ALTER TABLE ledger_month ENABLE TRIGGER ledger_month_guard;

DO $$
BEGIN
    IF current_database() NOT LIKE 'test\_%' THEN
        REVOKE TRUNCATE ON ledger_month FROM CURRENT_USER;
    END IF;
END $$;
"""

UNDO = r"""
CREATE OR REPLACE FUNCTION ledger_posting_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT NEW.line > lines FROM ledger_entry WHERE id = NEW.entry_id) IS NOT FALSE THEN
        RAISE EXCEPTION 'ledger: entry % has no line %', NEW.entry_id, NEW.line USING ERRCODE = 'KL008';
    END IF;
    UPDATE ledger_balance SET posted_cents = posted_cents + NEW.cents WHERE account_id = NEW.account_id;
    IF NOT FOUND AND NOT EXISTS (SELECT FROM ledger_account WHERE id = NEW.account_id AND NOT customer) THEN
        RAISE EXCEPTION 'ledger: no such account: %', NEW.account_id USING ERRCODE = 'KL009';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER ledger_month_guard ON ledger_month;
DROP FUNCTION ledger_month_add(bigint, bigint, bigint, timestamptz);
DROP FUNCTION ledger_month_start(date);
DROP FUNCTION ledger_month_of(timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_bank")]

    operations = [
        migrations.CreateModel(
            name="Month",
            fields=[
                ("pk", models.CompositePrimaryKey("account_id", "month", blank=True, editable=False, primary_key=True, serialize=False)),
                ("month", models.DateField(help_text="Its first day, by the deployment's clock.")),
                ("in_cents", models.BigIntegerField()),
                ("out_cents", models.BigIntegerField()),
                ("lines", models.BigIntegerField()),
                ("last_entry_id", models.BigIntegerField()),
                ("account", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="months", to="ledger.account")),
            ],
        ),
        migrations.RunSQL(FUNCTIONS + ADDED + BACKFILL, UNDO),
    ]
