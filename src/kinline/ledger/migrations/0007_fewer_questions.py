"""An entry asks for each account once: what it is, then its balance under a lock (P4, benchmarks/ledger.py).

Nothing else changes: the same refusals in the same order, the same order of locks.
"""

from importlib import import_module

from django.db import migrations

functions = import_module("kinline.ledger.migrations.0003_functions")
months = import_module("kinline.ledger.migrations.0005_months")

LOCK = r"""
-- The accounts' ids in this order, and the customers' among them in the order of their addresses. NULL: not open yet.
CREATE FUNCTION ledger_accounts(p_addresses text[], OUT ids bigint[], OUT customers bigint[]) STABLE
LANGUAGE sql AS $$
    SELECT array_agg(a.id ORDER BY n), array_agg(a.id ORDER BY a.address) FILTER (WHERE a.customer)
    FROM unnest(p_addresses) WITH ORDINALITY AS l(address, n)
    LEFT JOIN ledger_account a ON a.address = l.address COLLATE "C"
$$;

-- Locks the customers' balance rows in address order. True if each has at least what it needs, in cents.
CREATE OR REPLACE FUNCTION ledger_lock(p_addresses text[], p_needs bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_accounts bigint[];
    v_customers bigint[];
    v_customer bigint;
    v_free bigint;
    v_enough boolean := true;
BEGIN
    SELECT ids, customers INTO v_accounts, v_customers FROM ledger_accounts(p_addresses);
    FOREACH v_customer IN ARRAY coalesce(v_customers, '{}') LOOP
        SELECT posted_cents - held_cents INTO v_free FROM ledger_balance WHERE account_id = v_customer FOR UPDATE;
        v_enough := v_enough AND v_free >= p_needs[array_position(v_accounts, v_customer)];
    END LOOP;
    IF array_position(v_accounts, NULL) IS NULL THEN
        RETURN v_enough;
    END IF;
    FOR n IN 1 .. cardinality(v_accounts) LOOP
        IF v_accounts[n] IS NOT NULL THEN
            CONTINUE;
        ELSIF ledger_is_customer(p_addresses[n]) IS NULL THEN
            RAISE EXCEPTION 'ledger: no such account in the chart: %', p_addresses[n] USING ERRCODE = 'KL009';
        END IF;
        v_enough := v_enough AND (p_needs[n] <= 0 OR NOT ledger_is_customer(p_addresses[n]));
    END LOOP;
    RETURN v_enough;
END $$;
"""

POST = r"""
-- Two lines or more, none of nothing, each account once, in all nothing.
CREATE FUNCTION ledger_balances(p_addresses text[], p_cents bigint[]) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_sum numeric := 0;
    v_lines integer := cardinality(p_cents);
BEGIN
    IF cardinality(p_addresses) IS DISTINCT FROM v_lines OR (v_lines >= 2) IS NOT TRUE THEN
        RETURN false;
    END IF;
    FOR n IN 1 .. v_lines LOOP
        IF (p_cents[n] <> 0) IS NOT TRUE OR p_addresses[n] IS NULL
            OR p_addresses[n] = ANY (p_addresses[n + 1 :]) THEN
            RETURN false;
        END IF;
        v_sum := v_sum + p_cents[n];
    END LOOP;
    RETURN v_sum = 0;
END $$;

-- One entry. The same key with the same input gives the same entry again; with another input KL002.
CREATE OR REPLACE FUNCTION ledger_post(p_key text, p_kind text, p_addresses text[], p_cents bigint[],
                                       p_at timestamptz, p_reference text DEFAULT '', p_corrects bigint DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_hash bytea := sha256(convert_to(ROW(p_kind, p_addresses, p_cents, p_reference, p_corrects)::text, 'UTF8'));
    v_entry bigint;
    v_known bytea;
    v_accounts bigint[];
    v_customers bigint[];
    v_customer bigint;
    v_free bigint;
    v_enough boolean := true;
BEGIN
    IF NOT ledger_balances(p_addresses, p_cents) THEN
        RAISE EXCEPTION 'ledger: these lines do not balance: % %', p_addresses, p_cents USING ERRCODE = 'KL008';
    END IF;
    IF p_corrects IS NOT NULL THEN
        IF NOT EXISTS (SELECT FROM ledger_entry WHERE id = p_corrects) THEN
            RAISE EXCEPTION 'ledger: no entry % to correct', p_corrects USING ERRCODE = 'KL013';
        END IF;
    END IF;
    INSERT INTO ledger_entry (key, input_hash, kind, reference, corrects_id, lines, at)
        VALUES (p_key, v_hash, p_kind, p_reference, p_corrects, cardinality(p_cents), p_at)
        ON CONFLICT (key) DO NOTHING RETURNING id INTO v_entry;
    IF v_entry IS NULL THEN
        SELECT id, input_hash INTO v_entry, v_known FROM ledger_entry WHERE key = p_key COLLATE "C";
        IF v_known IS DISTINCT FROM v_hash THEN
            RAISE EXCEPTION 'ledger: key used with another input: %', p_key USING ERRCODE = 'KL002';
        END IF;
        RETURN v_entry;
    END IF;
    -- All are known before the first balance is locked, or opened then, in the order of their addresses.
    SELECT ids, customers INTO v_accounts, v_customers FROM ledger_accounts(p_addresses);
    IF array_position(v_accounts, NULL) IS NOT NULL THEN
        PERFORM ledger_open(a, p_at) FROM (SELECT a FROM unnest(p_addresses) a ORDER BY a COLLATE "C") AS sorted;
        SELECT ids, customers INTO v_accounts, v_customers FROM ledger_accounts(p_addresses);
    END IF;
    FOREACH v_customer IN ARRAY coalesce(v_customers, '{}') LOOP
        SELECT posted_cents - held_cents INTO v_free FROM ledger_balance WHERE account_id = v_customer FOR UPDATE;
        v_enough := v_enough AND v_free + p_cents[array_position(v_accounts, v_customer)] >= 0;
    END LOOP;
    IF NOT v_enough THEN
        RAISE EXCEPTION 'ledger: not enough money' USING ERRCODE = 'KL001';
    END IF;
    INSERT INTO ledger_posting (entry_id, line, account_id, cents)
        SELECT v_entry, n, account_id, cents
        FROM unnest(v_accounts, p_cents) WITH ORDINALITY AS l(account_id, cents, n);
    RETURN v_entry;
END $$;
"""

# A line of the house's has no balance: nothing more is asked for it.
ADDED = r"""
CREATE OR REPLACE FUNCTION ledger_posting_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_at timestamptz;
    v_customer boolean;
BEGIN
    SELECT e.at, a.customer INTO v_at, v_customer FROM ledger_entry e
        LEFT JOIN ledger_account a ON a.id = NEW.account_id WHERE e.id = NEW.entry_id AND NEW.line <= e.lines;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ledger: entry % has no line %', NEW.entry_id, NEW.line USING ERRCODE = 'KL008';
    ELSIF v_customer IS NULL THEN
        RAISE EXCEPTION 'ledger: no such account: %', NEW.account_id USING ERRCODE = 'KL009';
    ELSIF v_customer THEN
        UPDATE ledger_balance SET posted_cents = posted_cents + NEW.cents WHERE account_id = NEW.account_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'ledger: account % has no balance', NEW.account_id USING ERRCODE = 'KL009';
        END IF;
        -- Almost always: the newest month, and an entry newer than all of it. Anything else is thought over.
        UPDATE ledger_month SET lines = lines + 1, last_entry_id = NEW.entry_id,
                in_cents = in_cents + greatest(NEW.cents, 0), out_cents = out_cents + greatest(-NEW.cents, 0)
            WHERE account_id = NEW.account_id AND last_entry_id < NEW.entry_id
              AND month = (SELECT max(month) FROM ledger_month WHERE account_id = NEW.account_id)
              AND month >= ledger_month_of(v_at);
        IF NOT FOUND THEN
            PERFORM ledger_month_add(NEW.account_id, NEW.entry_id, NEW.cents, v_at);
        END IF;
    END IF;
    RETURN NULL;
END $$;
"""

UNDO = (
    (functions.OPEN + functions.POST + months.ADDED.partition("CREATE TRIGGER")[0])
    .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    + "DROP FUNCTION ledger_accounts(text[]);\nDROP FUNCTION ledger_balances(text[], bigint[]);\n"
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_processor_fees")]
    operations = [migrations.RunSQL(LOCK + POST + ADDED, UNDO)]
