-- All migrations, for PostgreSQL 18. Made by tests/setup/test_structure.py: do not edit.

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE EXTENSION IF NOT EXISTS btree_gin WITH SCHEMA public;

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

CREATE TYPE public.procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);

CREATE TYPE public.procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);

CREATE TYPE public.procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);

CREATE FUNCTION public.core_refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'KL100';
END;
$$;

CREATE FUNCTION public.ledger_account_opened() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.customer THEN
        INSERT INTO ledger_balance (account_id, posted_cents, held_cents) VALUES (NEW.id, 0, 0);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_account_opening() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.customer := ledger_is_customer(NEW.address);
    IF NEW.customer IS NULL THEN
        RAISE EXCEPTION 'ledger: no such account in the chart: %', NEW.address USING ERRCODE = 'KL009';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.ledger_accounts(p_addresses text[], OUT ids bigint[], OUT customers bigint[]) RETURNS record
    LANGUAGE sql STABLE
    AS $$
    SELECT array_agg(a.id ORDER BY n), array_agg(a.id ORDER BY a.address) FILTER (WHERE a.customer)
    FROM unnest(p_addresses) WITH ORDINALITY AS l(address, n)
    LEFT JOIN ledger_account a ON a.address = l.address COLLATE "C"
$$;

CREATE FUNCTION public.ledger_balance_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'ledger: a balance changes only through postings and holds' USING ERRCODE = 'KL011';
END $$;

CREATE FUNCTION public.ledger_balances(p_addresses text[], p_cents bigint[]) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    AS $$
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

CREATE FUNCTION public.ledger_book(p_entry bigint, p_hold bigint, p_purpose text, p_to bigint, p_cents bigint, p_at timestamp with time zone, p_reference text, p_hash bytea) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_accounts bigint[];
    v_taken bigint[];
BEGIN
    SELECT array_agg(account_id ORDER BY line), array_agg(least(cents, p_cents - before) ORDER BY line)
        INTO v_accounts, v_taken
        FROM (SELECT line, account_id, cents, sum(cents) OVER (ORDER BY line)::bigint - cents AS before
              FROM ledger_holdline WHERE hold_id = p_hold) AS lines
        WHERE before < p_cents;
    INSERT INTO ledger_entry (id, key, input_hash, kind, reference, lines, at)
        VALUES (p_entry, 'capture:' || p_hold, p_hash, p_purpose, p_reference, cardinality(v_accounts) + 1, p_at);
    INSERT INTO ledger_posting (entry_id, line, account_id, cents)
        SELECT p_entry, n, account, -taken
        FROM unnest(v_accounts || p_to, v_taken || -p_cents) WITH ORDINALITY AS l(account, taken, n);
END $$;

CREATE FUNCTION public.ledger_capture(p_hold bigint, p_to text, p_cents bigint, p_at timestamp with time zone, p_reference text DEFAULT ''::text) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_purpose text;
    v_held bigint;
    v_cents bigint;
    v_to bigint;
    v_hash bytea;
    v_entry bigint;
BEGIN
    SELECT purpose, cents INTO v_purpose, v_held FROM ledger_hold WHERE id = p_hold;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ledger: no hold %', p_hold USING ERRCODE = 'KL006';
    END IF;
    v_cents := coalesce(p_cents, v_held);
    IF v_cents NOT BETWEEN 1 AND v_held THEN
        RAISE EXCEPTION 'ledger: hold % has % cents, not %', p_hold, v_held, v_cents USING ERRCODE = 'KL007';
    END IF;
    IF ledger_is_customer(p_to) IS NOT FALSE THEN
        RAISE EXCEPTION 'ledger: nothing is captured into %', p_to USING ERRCODE = 'KL009';
    END IF;
    v_to := ledger_open(p_to, p_at);
    v_hash := ledger_capture_hash(p_to, v_cents, p_reference);
    v_entry := nextval('ledger_entry_id_seq');
    INSERT INTO ledger_resolution (hold_id, kind, entry_id, cents, at)
        VALUES (p_hold, 'capture', v_entry, v_cents, p_at) ON CONFLICT (hold_id) DO NOTHING;
    IF NOT FOUND THEN
        RETURN ledger_ended(p_hold, 'capture', v_hash);
    END IF;
    PERFORM ledger_book(v_entry, p_hold, v_purpose, v_to, v_cents, p_at, p_reference, v_hash);
    RETURN v_entry;
END $$;

CREATE FUNCTION public.ledger_capture_hash(p_to text, p_cents bigint, p_reference text) RETURNS bytea
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT sha256(convert_to(ROW(p_to, p_cents, p_reference)::text, 'UTF8')) $$;

CREATE FUNCTION public.ledger_ended(p_hold bigint, p_kind text, p_hash bytea) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_kind text;
    v_entry bigint;
    v_known bytea;
BEGIN
    SELECT r.kind, r.entry_id, e.input_hash INTO v_kind, v_entry, v_known
        FROM ledger_resolution r LEFT JOIN ledger_entry e ON e.id = r.entry_id WHERE r.hold_id = p_hold;
    IF v_kind = p_kind AND v_known IS NOT DISTINCT FROM p_hash THEN
        RETURN v_entry;
    END IF;
    RAISE EXCEPTION 'ledger: hold % ended before: %', p_hold, v_kind
        USING ERRCODE = CASE v_kind WHEN 'capture' THEN 'KL003' WHEN 'void' THEN 'KL004' ELSE 'KL005' END;
END $$;

CREATE FUNCTION public.ledger_entry_balances() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF (SELECT count(*) = NEW.lines AND sum(cents) = 0 FROM ledger_posting WHERE entry_id = NEW.id) IS NOT TRUE THEN
        RAISE EXCEPTION 'ledger: entry % does not balance', NEW.id USING ERRCODE = 'KL008';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_expire(p_hold bigint, p_at timestamp with time zone) RETURNS bigint
    LANGUAGE sql
    AS $$ SELECT ledger_give_back(p_hold, 'expire', p_at) $$;

CREATE FUNCTION public.ledger_give_back(p_hold bigint, p_kind text, p_at timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_held bigint;
BEGIN
    SELECT cents INTO v_held FROM ledger_hold WHERE id = p_hold;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ledger: no hold %', p_hold USING ERRCODE = 'KL006';
    END IF;
    INSERT INTO ledger_resolution (hold_id, kind, cents, at) VALUES (p_hold, p_kind, 0, p_at)
        ON CONFLICT (hold_id) DO NOTHING;
    IF NOT FOUND THEN
        PERFORM ledger_ended(p_hold, p_kind, NULL);
    END IF;
    RETURN v_held;
END $$;

CREATE FUNCTION public.ledger_hold(p_key text, p_purpose text, p_addresses text[], p_cents bigint[], p_at timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_hold bigint := ledger_try_hold(p_key, p_purpose, p_addresses, p_cents, p_at);
BEGIN
    IF v_hold IS NULL THEN
        RAISE EXCEPTION 'ledger: not enough money' USING ERRCODE = 'KL001';
    END IF;
    RETURN v_hold;
END $$;

CREATE FUNCTION public.ledger_hold_and_capture(p_key text, p_purpose text, p_addresses text[], p_cents bigint[], p_to text, p_at timestamp with time zone, p_reference text DEFAULT ''::text) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_hold bigint := ledger_try_hold_and_capture(p_key, p_purpose, p_addresses, p_cents, p_to, p_at, p_reference);
BEGIN
    IF v_hold IS NULL THEN
        RAISE EXCEPTION 'ledger: not enough money' USING ERRCODE = 'KL001';
    END IF;
    RETURN v_hold;
END $$;

CREATE FUNCTION public.ledger_hold_ended() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_line record;
BEGIN
    FOR v_line IN
        SELECT l.account_id, l.cents FROM ledger_holdline l JOIN ledger_account a ON a.id = l.account_id
        WHERE l.hold_id = NEW.hold_id ORDER BY a.address
    LOOP
        UPDATE ledger_balance SET held_cents = held_cents - v_line.cents WHERE account_id = v_line.account_id;
    END LOOP;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_hold_line_added() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF (SELECT NEW.line > lines FROM ledger_hold WHERE id = NEW.hold_id) IS NOT FALSE THEN
        RAISE EXCEPTION 'ledger: hold % has no line %', NEW.hold_id, NEW.line USING ERRCODE = 'KL012';
    END IF;
    IF EXISTS (SELECT FROM ledger_resolution WHERE hold_id = NEW.hold_id) THEN
        RETURN NULL;
    END IF;
    UPDATE ledger_balance SET held_cents = held_cents + NEW.cents WHERE account_id = NEW.account_id;
    IF NOT FOUND AND NOT EXISTS (SELECT FROM ledger_account WHERE id = NEW.account_id AND NOT customer) THEN
        RAISE EXCEPTION 'ledger: no such account: %', NEW.account_id USING ERRCODE = 'KL009';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_hold_lines(p_hold bigint, p_addresses text[], p_cents bigint[], p_at timestamp with time zone) RETURNS void
    LANGUAGE sql
    AS $$
    INSERT INTO ledger_holdline (hold_id, line, account_id, cents)
        SELECT p_hold, n, ledger_open(address, p_at), cents
        FROM unnest(p_addresses, p_cents) WITH ORDINALITY AS l(address, cents, n);
$$;

CREATE FUNCTION public.ledger_insert_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'ledger: % is insert-only', TG_TABLE_NAME USING ERRCODE = 'KL010';
END $$;

CREATE FUNCTION public.ledger_is_customer(p_address text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    SELECT CASE
        WHEN p_address ~ ('^((family|resident):[1-9][0-9]{0,17}:messages|resident:[1-9][0-9]{0,17}:calls'
                          '|number:\+[1-9][0-9]{6,14}:prepaid)$') THEN true
        WHEN p_address ~ ('^(agency:[1-9][0-9]{0,17}:funding|facility:[1-9][0-9]{0,17}:(revenue|cash)'
                          '|processor:[a-z][a-z0-9_-]{0,30}:(clearing|fees)|unclaimed:[A-Z]{2,3}'
                          '|additive:[1-9][0-9]{0,17}|refunds:payable|tax:payable|loss:disputes|goodwill|bank)$')
            THEN false
    END
$_$;

CREATE FUNCTION public.ledger_lock(p_addresses text[], p_needs bigint[]) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.ledger_month_add(p_account bigint, p_entry bigint, p_cents bigint, p_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.ledger_month_of(p_at timestamp with time zone) RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT date_trunc('month', p_at AT TIME ZONE 'America/New_York')::date
$$;

CREATE FUNCTION public.ledger_month_start(p_month date) RETURNS timestamp with time zone
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT p_month::timestamp AT TIME ZONE 'America/New_York'
$$;

CREATE FUNCTION public.ledger_new_hold(p_key text, p_purpose text, p_addresses text[], p_cents bigint[], p_at timestamp with time zone, OUT hold bigint, OUT fresh boolean) RETURNS record
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_hash bytea := sha256(convert_to(ROW(p_purpose, p_addresses, p_cents)::text, 'UTF8'));
    v_enough boolean;
    v_known bytea;
BEGIN
    fresh := false;
    IF cardinality(p_addresses) IS DISTINCT FROM cardinality(p_cents) OR (0 < ALL (p_cents)) IS NOT TRUE
        OR cardinality(p_cents) < 1 THEN
        RAISE EXCEPTION 'ledger: these lines cannot be held: % %', p_addresses, p_cents USING ERRCODE = 'KL012';
    END IF;
    IF cardinality(p_cents) > 1
        AND (SELECT count(DISTINCT a) FROM unnest(p_addresses) a) <> cardinality(p_addresses) THEN
        RAISE EXCEPTION 'ledger: a hold names each account once: %', p_addresses USING ERRCODE = 'KL012';
    END IF;
    v_enough := ledger_lock(p_addresses, p_cents);
    IF v_enough THEN
        INSERT INTO ledger_hold (key, input_hash, purpose, cents, lines, at)
            VALUES (p_key, v_hash, p_purpose,
                    CASE cardinality(p_cents) WHEN 1 THEN p_cents[1] ELSE (SELECT sum(c) FROM unnest(p_cents) c) END,
                    cardinality(p_cents), p_at)
            ON CONFLICT (key) DO NOTHING RETURNING id INTO hold;
        fresh := hold IS NOT NULL;
    END IF;
    IF NOT fresh THEN
        SELECT id, input_hash INTO hold, v_known FROM ledger_hold WHERE key = p_key COLLATE "C";
        IF hold IS NOT NULL AND v_known IS DISTINCT FROM v_hash THEN
            RAISE EXCEPTION 'ledger: key used with another input: %', p_key USING ERRCODE = 'KL002';
        END IF;
    END IF;
END $$;

CREATE FUNCTION public.ledger_open(p_address text, p_at timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_id bigint;
BEGIN
    SELECT id INTO v_id FROM ledger_account WHERE address = p_address COLLATE "C";
    IF v_id IS NULL THEN
        INSERT INTO ledger_account (address, customer, created_at) VALUES (p_address, false, p_at)
            ON CONFLICT (address) DO NOTHING RETURNING id INTO v_id;
    END IF;
    IF v_id IS NULL THEN
        SELECT id INTO v_id FROM ledger_account WHERE address = p_address COLLATE "C";
    END IF;
    RETURN v_id;
END $$;

CREATE FUNCTION public.ledger_post(p_key text, p_kind text, p_addresses text[], p_cents bigint[], p_at timestamp with time zone, p_reference text DEFAULT ''::text, p_corrects bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.ledger_posting_added() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.ledger_try_hold(p_key text, p_purpose text, p_addresses text[], p_cents bigint[], p_at timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_hold bigint;
    v_fresh boolean;
BEGIN
    SELECT hold, fresh INTO v_hold, v_fresh FROM ledger_new_hold(p_key, p_purpose, p_addresses, p_cents, p_at);
    IF v_fresh THEN
        PERFORM ledger_hold_lines(v_hold, p_addresses, p_cents, p_at);
    END IF;
    RETURN v_hold;
END $$;

CREATE FUNCTION public.ledger_try_hold_and_capture(p_key text, p_purpose text, p_addresses text[], p_cents bigint[], p_to text, p_at timestamp with time zone, p_reference text DEFAULT ''::text) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_hold bigint;
    v_fresh boolean;
    v_cents bigint;
    v_to bigint;
    v_entry bigint;
BEGIN
    IF ledger_is_customer(p_to) IS NOT FALSE THEN
        RAISE EXCEPTION 'ledger: nothing is captured into %', p_to USING ERRCODE = 'KL009';
    END IF;
    v_to := ledger_open(p_to, p_at);
    SELECT hold, fresh INTO v_hold, v_fresh FROM ledger_new_hold(p_key, p_purpose, p_addresses, p_cents, p_at);
    IF v_hold IS NULL THEN
        RETURN NULL;
    END IF;
    IF NOT v_fresh THEN
        PERFORM ledger_capture(v_hold, p_to, NULL, p_at, p_reference);
        RETURN v_hold;
    END IF;
    v_cents := CASE cardinality(p_cents) WHEN 1 THEN p_cents[1] ELSE (SELECT sum(c) FROM unnest(p_cents) c) END;
    v_entry := nextval('ledger_entry_id_seq');
    INSERT INTO ledger_resolution (hold_id, kind, entry_id, cents, at)
        VALUES (v_hold, 'capture', v_entry, v_cents, p_at);
    PERFORM ledger_hold_lines(v_hold, p_addresses, p_cents, p_at);
    PERFORM ledger_book(v_entry, v_hold, p_purpose, v_to, v_cents, p_at, p_reference,
                        ledger_capture_hash(p_to, v_cents, p_reference));
    RETURN v_hold;
END $$;

CREATE FUNCTION public.ledger_void(p_hold bigint, p_at timestamp with time zone) RETURNS bigint
    LANGUAGE sql
    AS $$ SELECT ledger_give_back(p_hold, 'void', p_at) $$;

CREATE FUNCTION public.messaging_appeal_decider() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        IF NEW.decided_by_id IS NOT NULL AND (
            EXISTS (
                SELECT 1 FROM messaging_review r WHERE r.id = NEW.review_id
                AND NEW.decided_by_id IN (r.decided_by_id, r.withheld_by_id, r.passed_by_id)
            ) OR EXISTS (
                SELECT 1 FROM messaging_ruling x WHERE x.review_id = NEW.review_id AND x.staff_id = NEW.decided_by_id
            )
        ) THEN
            RAISE EXCEPTION 'the person who refused cannot decide the appeal'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_decided_by_another';
        END IF;
        RETURN NEW;
    END $$;

CREATE FUNCTION public.messaging_appealruling_decider() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM messaging_appeal a JOIN messaging_review r ON r.id = a.review_id
            WHERE a.id = NEW.appeal_id AND (
                NEW.staff_id IN (r.decided_by_id, r.withheld_by_id, r.passed_by_id)
                OR EXISTS (SELECT 1 FROM messaging_ruling x WHERE x.review_id = r.id AND x.staff_id = NEW.staff_id)
            )
        ) THEN
            RAISE EXCEPTION 'the person who refused cannot decide the appeal'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_ruled_by_another';
        END IF;
        RETURN NEW;
    END $$;

CREATE FUNCTION public.messaging_appealruling_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        IF OLD."end" <> '' OR ROW(NEW.appeal_id, NEW.staff_id, NEW.won, NEW.made_at, NEW.answer)
            IS DISTINCT FROM ROW(OLD.appeal_id, OLD.staff_id, OLD.won, OLD.made_at, OLD.answer)
        THEN
            RAISE EXCEPTION 'a ruling is never rewritten'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_ruling_never_rewritten';
        END IF;
        RETURN NEW;
    END $$;

CREATE FUNCTION public.messaging_body_claimed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.messaging_hold_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.messaging_let_go() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        INSERT INTO messaging_letgo (message_id) VALUES (OLD.message_id) ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;

CREATE FUNCTION public.messaging_refusal_parts() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        IF OLD.decision = 'refuse' AND ROW(NEW.passed_by_id, NEW.sender_until, NEW.recipient_until)
            IS DISTINCT FROM ROW(OLD.passed_by_id, OLD.sender_until, OLD.recipient_until)
        THEN
            RAISE EXCEPTION 'a refusal is never rewritten'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'refusal_never_rewritten';
        END IF;
        RETURN NEW;
    END $$;

CREATE FUNCTION public.messaging_review_fixed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        IF OLD.decision = 'refuse' AND ROW(NEW.decision, NEW.decided_by_id, NEW.decided_at, NEW.reason_id,
               NEW.explanation, NEW.by_rule, NEW.withheld_by_id) IS DISTINCT FROM ROW(OLD.decision,
               OLD.decided_by_id, OLD.decided_at, OLD.reason_id, OLD.explanation, OLD.by_rule, OLD.withheld_by_id)
        THEN
            RAISE EXCEPTION 'a refusal is never rewritten'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'refusal_never_rewritten';
        END IF;
        RETURN NEW;
    END $$;

CREATE FUNCTION public.messaging_ruling_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        IF OLD."end" <> '' OR ROW(NEW.review_id, NEW.staff_id, NEW.decision, NEW.made_at,
               NEW.reason_id, NEW.explanation, NEW.withheld) IS DISTINCT FROM ROW(OLD.review_id, OLD.staff_id,
               OLD.decision, OLD.made_at, OLD.reason_id, OLD.explanation, OLD.withheld)
        THEN
            RAISE EXCEPTION 'a ruling is never rewritten'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ruling_never_rewritten';
        END IF;
        RETURN NEW;
    END $$;

CREATE FUNCTION public.messaging_ruling_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        RAISE EXCEPTION 'a ruling is never deleted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ruling_never_deleted';
    END $$;

CREATE FUNCTION public.money_follows_record() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_right boolean;
BEGIN
    IF EXISTS (SELECT FROM telephony_cdr WHERE corrects_id = NEW.id) THEN
        RETURN NULL;  -- corrected again by now: the last one says what is booked
    END IF;
    SELECT coalesce(sum(p.cents) FILTER (WHERE a.address = 'facility:' || NEW.facility_id || ':revenue'), 0)
                = NEW.base_cents
            AND coalesce(sum(p.cents) FILTER (WHERE a.address = 'additive:' || NEW.facility_id), 0)
                = NEW.additive_cents
            AND coalesce(sum(p.cents) FILTER (WHERE a.address = 'tax:payable'), 0) = NEW.tax_cents
            AND coalesce(sum(p.cents) FILTER (WHERE a.address LIKE 'agency:%:funding'), 0) = -NEW.agency_cents
            AND coalesce(sum(p.cents) FILTER (WHERE a.address = NEW.payer), 0) = NEW.agency_cents - NEW.cents
            AND coalesce(sum(p.cents) FILTER (WHERE a.customer AND a.address <> NEW.payer), 0) = 0
        INTO v_right
        FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id JOIN ledger_account a ON a.id = p.account_id
        WHERE e.id IN (SELECT entry::bigint FROM jsonb_array_elements_text(NEW.entries) AS entry)
            AND e.reference = 'call:' || NEW.call_id;
    v_right := v_right AND EXISTS (
        SELECT FROM telephony_cdr b JOIN telephony_callcorrection c ON c.record_id = NEW.id
        WHERE b.id = NEW.corrects_id AND (b.call_id, b.facility_id, b.seconds, b.payer, b.accepted_at)
                IS NOT DISTINCT FROM (NEW.call_id, NEW.facility_id, NEW.seconds, NEW.payer, NEW.accepted_at)
            AND b.cents - NEW.cents = c.back_cents AND b.agency_cents >= NEW.agency_cents);
    IF v_right IS NOT TRUE THEN
        RAISE EXCEPTION 'ledger: the books of call % are not as its correction says', NEW.call_id
            USING ERRCODE = 'KL014';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.money_is_earned() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
DECLARE
    v record;
    v_owner text;
    v_earned boolean := true;
BEGIN
    SELECT a.customer, a.address, e.key, e.reference, e.corrects_id, NOT a.customer AND EXISTS (
            SELECT FROM messaging_message m
            WHERE m.id = CASE WHEN e.reference ~ '^message:[1-9][0-9]{0,17}$' THEN substr(e.reference, 9)::bigint END
                AND m.state = 'delivered' AND m.delivered_at IS NOT NULL AND m.price_cents = NEW.cents
                AND a.address = 'facility:' || m.facility_id || ':revenue'
                AND CASE m.payer
                    WHEN 'agency' THEN e.key = 'allowance:' || e.reference
                    WHEN 'nobody' THEN false
                    ELSE EXISTS (SELECT FROM ledger_resolution r
                                 WHERE r.hold_id = m.hold_id AND r.entry_id = NEW.entry_id)
                END) AS delivered
        INTO v FROM ledger_account a CROSS JOIN ledger_entry e WHERE a.id = NEW.account_id AND e.id = NEW.entry_id;
    IF v.customer OR v.delivered THEN
        RETURN NULL;
    END IF;
    v_owner := split_part(v.address, ':', 1);
    IF v_owner = 'facility' AND v.address LIKE '%:revenue' THEN
        v_earned := money_pays_call(NEW.entry_id, v.key, v.reference, v.address, NEW.cents)
            OR money_pays_photo(NEW.entry_id, v.reference, v.address, NEW.cents);
    ELSIF v_owner IN ('goodwill', 'loss', 'agency', 'additive', 'tax') OR v.address LIKE 'processor:%:fees' THEN
        v_earned := v_owner NOT IN ('additive', 'tax') AND NOT money_is_owed_less(NEW.entry_id)
            OR v_owner IN ('additive', 'tax')
                AND money_pays_call(NEW.entry_id, v.key, v.reference, v.address, NEW.cents)
            OR EXISTS (SELECT FROM ledger_posting WHERE entry_id = v.corrects_id
                       AND account_id = NEW.account_id AND cents = -NEW.cents);
    END IF;
    IF v_earned IS NOT TRUE THEN
        RAISE EXCEPTION 'ledger: entry % takes % cents into % for no service', NEW.entry_id, NEW.cents, v.address
            USING ERRCODE = 'KL014';
    END IF;
    RETURN NULL;
END $_$;

CREATE FUNCTION public.money_is_owed_less(p_entry bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT EXISTS (
        SELECT FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
        WHERE p.entry_id = p_entry AND p.cents < 0
            AND (a.customer OR a.address = 'refunds:payable' OR a.address LIKE 'unclaimed:%'))
$$;

CREATE FUNCTION public.money_keeps_call() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'ledger: call % is over and stays as it was', OLD.id USING ERRCODE = 'KL014';
END $$;

CREATE FUNCTION public.money_keeps_photo() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM messaging_message WHERE id = OLD.message_id AND state = 'delivered') THEN
        RAISE EXCEPTION 'ledger: photo % was paid for and stays with its letter', OLD.id USING ERRCODE = 'KL014';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION public.money_pays_call(p_entry bigint, p_key text, p_reference text, p_address text, p_cents bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS $_$
    SELECT EXISTS (
        SELECT FROM telephony_call c JOIN telephony_cdr d ON d.call_id = c.id AND d.corrects_id IS NULL
        WHERE c.id = CASE WHEN p_reference ~ '^call:[1-9][0-9]{0,17}$' THEN substr(p_reference, 6)::bigint END
            AND c.accepted_at IS NOT NULL AND c.ended_at IS NOT NULL
            AND CASE p_key
                WHEN 'allowance:' || p_reference THEN p_cents = d.agency_cents
                    AND p_address = 'facility:' || c.facility_id || ':revenue' AND NOT money_is_owed_less(p_entry)
                WHEN 'additive:' || p_reference THEN p_cents = d.additive_cents
                    AND p_address = 'additive:' || c.facility_id AND NOT money_is_owed_less(p_entry)
                WHEN 'tax:' || p_reference THEN p_cents = d.tax_cents
                    AND p_address = 'tax:payable' AND NOT money_is_owed_less(p_entry)
                ELSE p_cents = d.cents - d.agency_cents AND p_address = 'facility:' || c.facility_id || ':revenue'
                    AND EXISTS (SELECT FROM ledger_resolution r WHERE r.hold_id = c.hold_id AND r.entry_id = p_entry)
            END)
$_$;

CREATE FUNCTION public.money_pays_photo(p_entry bigint, p_reference text, p_address text, p_cents bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS $_$
    SELECT EXISTS (
        SELECT FROM messaging_photo p JOIN messaging_message m ON m.id = p.message_id
        JOIN ledger_resolution r ON r.hold_id = p.hold_id AND r.entry_id = p_entry
        WHERE p.id = CASE WHEN p_reference ~ '^photo:[1-9][0-9]{0,17}$' THEN substr(p_reference, 7)::bigint END
            AND p.price_cents = p_cents AND m.state = 'delivered' AND m.delivered_at IS NOT NULL
            AND p_address = 'facility:' || m.facility_id || ':revenue')
$_$;

CREATE FUNCTION public.money_stays_earned() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'ledger: letter % was paid for and stays delivered', OLD.id USING ERRCODE = 'KL014';
END $$;

CREATE FUNCTION public.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;

CREATE FUNCTION public.procrastinate_defer_jobs_v1(jobs public.procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;

    RETURN job_ids;
END;
$$;

CREATE FUNCTION public.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;

    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;

    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;

    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;

    RETURN _job_id;
END;
$$;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status public.procrastinate_job_status DEFAULT 'todo'::public.procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    queueing_lock text,
    priority integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::public.procrastinate_job_status) AND (abort_requested = true))))
);

CREATE FUNCTION public.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS public.procrastinate_jobs
    LANGUAGE plpgsql
    AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;

 RETURN found_jobs;
END;
$$;

CREATE FUNCTION public.procrastinate_finish_job_v1(job_id bigint, end_status public.procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION public.procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION public.procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION public.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION public.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;

END;
$$;

CREATE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);

	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;

CREATE FUNCTION public.procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION public.procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION public.requests_answer_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.answered_at IS NOT NULL
        OR OLD.first_at IS NOT NULL AND (NEW.first_at, NEW.first_by_id, NEW.first_answer)
            IS DISTINCT FROM (OLD.first_at, OLD.first_by_id, OLD.first_answer)
    THEN
        RAISE EXCEPTION 'an answer to a request is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.send_letter(p_contact bigint, p_side text, p_user bigint, p_resident bigint, p_facility bigint, p_subject text, p_body text, p_length integer, p_price bigint, p_payer text, p_revenue text, p_state text, p_deliver_at timestamp with time zone, p_decision jsonb, p_key uuid, p_hash bytea, p_reply_to bigint, p_queue text, p_now timestamp with time zone) RETURNS TABLE(message_id bigint, state text, payer text)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
DECLARE
    v_id bigint := nextval(pg_get_serial_sequence('messaging_message', 'id'));
    v_hold bigint;
    v_family bigint := CASE WHEN p_side = 'family' THEN p_user END;
    v_inside bigint := CASE WHEN p_side = 'resident' THEN p_resident END;
    v_delivered timestamptz := CASE WHEN p_state = 'delivered' THEN p_now END;
    v_payer text := CASE WHEN p_price > 0 THEN 'sender' ELSE 'nobody' END;
BEGIN
    -- Until the commit, the family member's account cannot be closed: what it then owes would be wrong.
    PERFORM FROM identity_user WHERE id = p_user AND closed_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT NULL::bigint, 'closed', NULL;
        RETURN;
    END IF;
    IF p_price > 0 THEN
        IF p_state = 'delivered' THEN
            v_hold := ledger_try_hold_and_capture('message:' || v_id, 'message', ARRAY[p_payer], ARRAY[p_price],
                                                  p_revenue, p_now, 'message:' || v_id);
        ELSE
            v_hold := ledger_try_hold('message:' || v_id, 'message', ARRAY[p_payer], ARRAY[p_price], p_now);
        END IF;
        IF v_hold IS NULL THEN
            RETURN;
        END IF;
    END IF;
    INSERT INTO messaging_message (id, contact_id, sender, facility_id, subject, length, state, price_cents, payer,
            hold_id, decision, client_key, input_hash, reply_to_id, sent_at, deliver_at, delivered_at)
        VALUES (v_id, p_contact, p_side, p_facility, p_subject, p_length, p_state, p_price, v_payer,
            v_hold, p_decision, p_key, p_hash, p_reply_to, p_now, p_deliver_at, v_delivered);
    INSERT INTO messaging_body (message_id, text) VALUES (v_id, p_body);
    INSERT INTO messaging_mailbox (message_id, contact_id, user_id, resident_id, folder, at, read_at)
        VALUES (v_id, p_contact, v_family, v_inside, 'sent', p_now, p_now);
    IF p_state = 'delivered' THEN
        INSERT INTO messaging_mailbox (message_id, contact_id, user_id, resident_id, folder, at)
            VALUES (v_id, p_contact, CASE WHEN v_family IS NULL THEN p_user END,
                    CASE WHEN v_inside IS NULL THEN p_resident END, 'inbox', p_now);
    ELSIF p_state = 'review' THEN
        INSERT INTO messaging_review (message_id, facility_id, since, decision, explanation, by_rule)
            VALUES (v_id, p_facility, p_now, '', '', '');
    END IF;
    INSERT INTO core_audit_event (at, actor, act, object, facility_id, detail)
        VALUES (p_now, p_side || ':' || coalesce(v_family, v_inside), 'message.send', 'message:' || v_id, p_facility,
                '{}');
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, scheduled_at)
        SELECT p_queue, task, 0, jsonb_build_object('message_id', v_id), at
        FROM (VALUES ('after_delivery', NULL::timestamptz), ('deliver_due', p_deliver_at)) AS job (task, at)
        WHERE task = 'after_delivery' OR p_state = 'scheduled';
    DELETE FROM messaging_draft d
        WHERE d.contact_id = p_contact AND d.client_key = p_key
          AND d.user_id IS NOT DISTINCT FROM v_family AND d.resident_id IS NOT DISTINCT FROM v_inside;
    RETURN QUERY SELECT v_id, p_state, v_payer;
END $$;

CREATE FUNCTION public.telephony_may_be_recorded() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM 1 FROM telephony_call c WHERE c.id = NEW.call_id AND c.record AND c.accepted_at <= NEW.begun_at
        AND c.call_type <> 'hotline' AND coalesce(c.facts ->> 'privileged', 'false') <> 'true';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'call % is not recorded', NEW.call_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.telephony_number_appeal() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        IF TG_OP = 'INSERT' AND NOT EXISTS (
            SELECT 1 FROM telephony_allowednumber n WHERE n.id = NEW.listed_id AND n.approved = false
            AND n.decided_by_id = NEW.denied_by_id AND n.decided_at = NEW.denied_at
        ) THEN
            RAISE EXCEPTION 'number % was not denied so', NEW.listed_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'number_appeal_of_a_denial';
        END IF;
        IF TG_OP = 'UPDATE' AND (OLD.decided_at IS NOT NULL OR ROW(NEW.listed_id, NEW.user_id, NEW.text,
            NEW.denied_at, NEW.denied_by_id, NEW.denied_reason, NEW.made_at) IS DISTINCT FROM ROW(OLD.listed_id,
            OLD.user_id, OLD.text, OLD.denied_at, OLD.denied_by_id, OLD.denied_reason, OLD.made_at))
        THEN
            RAISE EXCEPTION 'an appeal is never rewritten'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'number_appeal_never_rewritten';
        END IF;
        RETURN NEW;
    END $$;

CREATE FUNCTION public.telephony_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% is written once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);

ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);

ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);

ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.contacts_arrivalwatch (
    id bigint NOT NULL,
    number character varying(30) NOT NULL,
    first_name character varying(80) NOT NULL,
    last_name character varying(80) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    told_at timestamp with time zone,
    ended_at timestamp with time zone,
    agency_id bigint,
    user_id bigint NOT NULL,
    CONSTRAINT watch_names_somebody CHECK (((NOT ((number)::text = ''::text)) OR (NOT ((last_name)::text = ''::text))))
);

ALTER TABLE public.contacts_arrivalwatch ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_arrivalwatch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.contacts_contact (
    id bigint NOT NULL,
    kind character varying(12) NOT NULL,
    relation character varying(40) NOT NULL,
    asked_by character varying(10) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    consent_needed boolean NOT NULL,
    consented_at timestamp with time zone,
    declined_at timestamp with time zone,
    approval_needed boolean NOT NULL,
    approved_at timestamp with time zone,
    denied_at timestamp with time zone,
    denied_reason character varying(300) NOT NULL,
    family_blocked_at timestamp with time zone,
    resident_blocked_at timestamp with time zone,
    family_always_accepts boolean NOT NULL,
    resident_always_accepts boolean NOT NULL,
    approved_by_id bigint,
    resident_id bigint NOT NULL,
    user_id bigint NOT NULL,
    privilege_asked_at timestamp with time zone,
    privilege_ended_at timestamp with time zone
);

ALTER TABLE public.contacts_contact ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_contact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.contacts_invitation (
    id bigint NOT NULL,
    email character varying(254) NOT NULL,
    token_digest bytea,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    accepted_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    accepted_by_id bigint,
    resident_id bigint NOT NULL
);

ALTER TABLE public.contacts_invitation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_invitation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.contacts_privilegeclaim (
    id bigint NOT NULL,
    profession character varying(12) NOT NULL,
    organisation character varying(120) NOT NULL,
    bar_number character varying(60) NOT NULL,
    document character varying(200) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    verified_at timestamp with time zone,
    ended_at timestamp with time zone,
    ended_reason character varying(300) NOT NULL,
    contact_id bigint NOT NULL,
    ended_by_id bigint,
    verified_by_id bigint,
    CONSTRAINT attorney_has_number CHECK (((NOT ((profession)::text = 'attorney'::text)) OR (NOT ((bar_number)::text = ''::text)))),
    CONSTRAINT claim_end_has_reason CHECK (((ended_by_id IS NULL) OR ((ended_at IS NOT NULL) AND (NOT ((ended_reason)::text = ''::text))))),
    CONSTRAINT claim_verified_by_somebody CHECK ((((verified_at IS NULL) AND (verified_by_id IS NULL)) OR ((verified_at IS NOT NULL) AND (verified_by_id IS NOT NULL))))
);

ALTER TABLE public.contacts_privilegeclaim ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_privilegeclaim_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.contacts_restriction (
    id bigint NOT NULL,
    reason character varying(300) NOT NULL,
    told character varying(300) NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint NOT NULL,
    facility_id bigint NOT NULL,
    resident_id bigint,
    user_id bigint,
    CONSTRAINT restriction_has_reason CHECK ((NOT ((reason)::text = ''::text))),
    CONSTRAINT restriction_names_somebody CHECK (((user_id IS NOT NULL) OR (resident_id IS NOT NULL)))
);

ALTER TABLE public.contacts_restriction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_restriction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.core_audit_event (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor character varying(60) NOT NULL,
    act character varying(60) NOT NULL,
    object character varying(80) NOT NULL,
    facility_id bigint,
    detail jsonb NOT NULL
);

ALTER TABLE public.core_audit_event ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.core_audit_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.core_audit_seal (
    "position" bigint NOT NULL,
    event_id bigint NOT NULL,
    digest bytea NOT NULL,
    sealed_at timestamp with time zone NOT NULL
);

CREATE TABLE public.delivery_hit (
    id bigint NOT NULL,
    message_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    phrase_id bigint,
    person_id bigint,
    list_id bigint NOT NULL,
    judged character varying(5) DEFAULT ''::character varying NOT NULL,
    judged_at timestamp with time zone,
    judged_by_id bigint,
    CONSTRAINT hit_has_one_entry CHECK ((((person_id IS NULL) AND (phrase_id IS NOT NULL)) OR ((person_id IS NOT NULL) AND (phrase_id IS NULL)))),
    CONSTRAINT hit_judged_has_time CHECK (((((judged)::text = ''::text) AND (judged_at IS NULL)) OR ((NOT ((judged)::text = ''::text)) AND (judged_at IS NOT NULL))))
);

ALTER TABLE public.delivery_hit ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_hit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.delivery_listfollower (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    list_id bigint NOT NULL
);

ALTER TABLE public.delivery_listfollower ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_listfollower_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.delivery_phrase (
    id bigint NOT NULL,
    text character varying(200) NOT NULL,
    folded character varying(800) NOT NULL,
    tier character varying(10) NOT NULL,
    added_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    added_by_id bigint,
    list_id bigint NOT NULL,
    CONSTRAINT phrase_not_empty CHECK ((NOT ((folded)::text = ''::text)))
);

ALTER TABLE public.delivery_phrase ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_phrase_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.delivery_policy (
    id bigint NOT NULL,
    version integer NOT NULL,
    rules jsonb NOT NULL,
    effective_from timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    facility_id bigint NOT NULL,
    note character varying(300) NOT NULL,
    withdrawn_at timestamp with time zone,
    withdrawn_by_id bigint,
    CONSTRAINT delivery_policy_version_check CHECK ((version >= 0)),
    CONSTRAINT policy_withdrawn_before_it_began CHECK (((withdrawn_at IS NULL) OR (withdrawn_at < effective_from)))
);

ALTER TABLE public.delivery_policy ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_policy_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.delivery_policydraft (
    facility_id bigint NOT NULL,
    rules jsonb NOT NULL,
    revision integer NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    changed_by_id bigint,
    CONSTRAINT delivery_policydraft_revision_check CHECK ((revision >= 0))
);

CREATE TABLE public.delivery_screening (
    facility_id bigint NOT NULL,
    version integer NOT NULL,
    may_refuse boolean NOT NULL,
    CONSTRAINT delivery_screening_version_check CHECK ((version >= 0))
);

CREATE TABLE public.delivery_stop (
    id bigint NOT NULL,
    told jsonb NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ended_by_id bigint,
    facility_id bigint NOT NULL,
    started_by_id bigint NOT NULL,
    CONSTRAINT stop_ended_after_start CHECK (((ended_at IS NULL) OR (ended_at >= starts_at))),
    CONSTRAINT stop_ends_after_start CHECK ((until > starts_at))
);

ALTER TABLE public.delivery_stop ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_stop_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.delivery_watchedperson (
    id bigint NOT NULL,
    tier character varying(10) NOT NULL,
    added_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    added_by_id bigint,
    resident_id bigint,
    user_id bigint,
    list_id bigint NOT NULL,
    CONSTRAINT watched_is_not_refused CHECK ((NOT ((tier)::text = 'refuse'::text))),
    CONSTRAINT watched_is_one_person CHECK ((((resident_id IS NOT NULL) AND (user_id IS NULL)) OR ((resident_id IS NULL) AND (user_id IS NOT NULL))))
);

ALTER TABLE public.delivery_watchedperson ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_watchedperson_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.delivery_watchlist (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    name character varying(80) NOT NULL,
    purpose character varying(300) NOT NULL,
    until date NOT NULL,
    why jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    alerted_at timestamp with time zone,
    told_until date,
    created_by_id bigint,
    facility_id bigint NOT NULL,
    owner_id bigint NOT NULL,
    reason_id bigint,
    warned_until date
);

ALTER TABLE public.delivery_watchlist ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_watchlist_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);

ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);

ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.facilities_agency (
    id bigint NOT NULL,
    name character varying(120) NOT NULL,
    slug character varying(50) NOT NULL,
    resident_word character varying(40) NOT NULL,
    resident_word_es character varying(40) NOT NULL,
    accent character varying(7) NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE public.facilities_agency ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.facilities_agency_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.facilities_facility (
    id bigint NOT NULL,
    name character varying(120) NOT NULL,
    slug character varying(50) NOT NULL,
    city character varying(80) NOT NULL,
    region character varying(40) NOT NULL,
    time_zone character varying(60) NOT NULL,
    messages_offered boolean NOT NULL,
    calls_offered boolean NOT NULL,
    contact_rule character varying(10) NOT NULL,
    collect_limit smallint NOT NULL,
    sender_appeal_days smallint NOT NULL,
    resident_appeal_days smallint NOT NULL,
    appeal_decision_days smallint NOT NULL,
    kiosk_idle_seconds smallint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    agency_id bigint NOT NULL,
    pin_debit boolean NOT NULL,
    prepaid_numbers boolean NOT NULL,
    reply_days smallint NOT NULL,
    resident_deposits boolean NOT NULL,
    week_starts smallint NOT NULL,
    photos_a_letter smallint NOT NULL,
    privileged_offered boolean DEFAULT false NOT NULL,
    CONSTRAINT appeal_window_not_zero CHECK (((sender_appeal_days > 0) AND (resident_appeal_days > 0))),
    CONSTRAINT facilities_facility_appeal_decision_days_check CHECK ((appeal_decision_days >= 0)),
    CONSTRAINT facilities_facility_collect_limit_check CHECK ((collect_limit >= 0)),
    CONSTRAINT facilities_facility_kiosk_idle_seconds_check CHECK ((kiosk_idle_seconds >= 0)),
    CONSTRAINT facilities_facility_photos_a_letter_check CHECK ((photos_a_letter >= 0)),
    CONSTRAINT facilities_facility_reply_days_check CHECK ((reply_days >= 0)),
    CONSTRAINT facilities_facility_resident_appeal_days_check CHECK ((resident_appeal_days >= 0)),
    CONSTRAINT facilities_facility_sender_appeal_days_check CHECK ((sender_appeal_days >= 0)),
    CONSTRAINT facilities_facility_week_starts_check CHECK ((week_starts >= 0)),
    CONSTRAINT kiosk_idle_humane CHECK ((kiosk_idle_seconds >= 20)),
    CONSTRAINT photos_a_letter_bounded CHECK ((photos_a_letter <= 10)),
    CONSTRAINT week_starts_on_a_day CHECK ((week_starts <= 6))
);

ALTER TABLE public.facilities_facility ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.facilities_facility_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.facilities_holiday (
    id bigint NOT NULL,
    day date NOT NULL,
    name character varying(80) NOT NULL,
    agency_id bigint NOT NULL
);

ALTER TABLE public.facilities_holiday ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.facilities_holiday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.facilities_housingunit (
    id bigint NOT NULL,
    name character varying(40) NOT NULL,
    facility_id bigint NOT NULL
);

ALTER TABLE public.facilities_housingunit ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.facilities_housingunit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.facilities_kiosk (
    id bigint NOT NULL,
    label character varying(60) NOT NULL,
    token_digest bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone,
    disabled_at timestamp with time zone,
    facility_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    link_digest bytea,
    link_until timestamp with time zone
);

ALTER TABLE public.facilities_kiosk ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.facilities_kiosk_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.facilities_messageprice (
    id bigint NOT NULL,
    cents integer NOT NULL,
    effective_from timestamp with time zone NOT NULL,
    agency_id bigint NOT NULL,
    photo_cents integer,
    CONSTRAINT facilities_messageprice_cents_check CHECK ((cents >= 0)),
    CONSTRAINT facilities_messageprice_photo_cents_check CHECK ((photo_cents >= 0))
);

ALTER TABLE public.facilities_messageprice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.facilities_messageprice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.facilities_refusalreason (
    id bigint NOT NULL,
    code character varying(40) NOT NULL,
    text character varying(200) NOT NULL,
    text_es character varying(200) NOT NULL,
    retired_at timestamp with time zone,
    facility_id bigint NOT NULL
);

ALTER TABLE public.facilities_refusalreason ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.facilities_refusalreason_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.identity_attempt (
    id bigint NOT NULL,
    key bytea NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE public.identity_attempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.identity_attempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.identity_challenge (
    id bigint NOT NULL,
    purpose character varying(10) NOT NULL,
    value bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE public.identity_challenge ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.identity_challenge_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.identity_closure (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    owed_cents integer NOT NULL,
    payee_name character varying(161) NOT NULL,
    payee_email character varying(254) NOT NULL,
    payee_address text NOT NULL,
    paid_at timestamp with time zone,
    user_id bigint NOT NULL,
    CONSTRAINT identity_closure_owed_cents_check CHECK ((owed_cents >= 0))
);

ALTER TABLE public.identity_closure ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.identity_closure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.identity_onetimecode (
    id bigint NOT NULL,
    purpose character varying(20) NOT NULL,
    token_digest bytea NOT NULL,
    code_digest bytea NOT NULL,
    new_email character varying(254) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    wrong_tries smallint NOT NULL,
    used_at timestamp with time zone,
    voided_at timestamp with time zone,
    user_id bigint NOT NULL,
    CONSTRAINT identity_onetimecode_wrong_tries_check CHECK ((wrong_tries >= 0))
);

ALTER TABLE public.identity_onetimecode ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.identity_onetimecode_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.identity_passkey (
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    stopped_at timestamp with time zone,
    factor_id bigint NOT NULL
);

ALTER TABLE public.identity_passkey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.identity_passkey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.identity_recoverycode (
    id bigint NOT NULL,
    digest bytea NOT NULL,
    used_at timestamp with time zone,
    factor_id bigint NOT NULL
);

ALTER TABLE public.identity_recoverycode ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.identity_recoverycode_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.identity_reportkey (
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    digest bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    last_used_at timestamp with time zone,
    facility_id bigint NOT NULL,
    holder_id bigint NOT NULL
);

ALTER TABLE public.identity_reportkey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.identity_reportkey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.identity_secondfactor (
    id bigint NOT NULL,
    salt bytea NOT NULL,
    confirmed_at timestamp with time zone,
    last_step bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE public.identity_secondfactor ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.identity_secondfactor_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.identity_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    agent character varying(200) NOT NULL,
    address inet,
    user_id bigint
);

CREATE TABLE public.identity_signinlock (
    id bigint NOT NULL,
    key bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    user_id bigint
);

ALTER TABLE public.identity_signinlock ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.identity_signinlock_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.identity_staffrole (
    id bigint NOT NULL,
    role character varying(20) NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    facility_id bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE public.identity_staffrole ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.identity_staffrole_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.identity_terms (
    id bigint NOT NULL,
    version character varying(20) NOT NULL,
    text text NOT NULL,
    text_es text NOT NULL,
    effective_from timestamp with time zone NOT NULL
);

ALTER TABLE public.identity_terms ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.identity_terms_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.identity_termsacceptance (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    address inet,
    terms_id bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE public.identity_termsacceptance ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.identity_termsacceptance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.identity_user (
    id bigint NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    kind character varying(10) NOT NULL,
    username character varying(30) NOT NULL,
    email character varying(254) NOT NULL,
    first_name character varying(80) NOT NULL,
    last_name character varying(80) NOT NULL,
    address_line1 character varying(120) NOT NULL,
    address_line2 character varying(120) NOT NULL,
    city character varying(80) NOT NULL,
    region character varying(80) NOT NULL,
    postal_code character varying(20) NOT NULL,
    date_of_birth date,
    gender character varying(20) NOT NULL,
    gender_self character varying(60) NOT NULL,
    language character varying(5) NOT NULL,
    notify_by_email boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    activated_at timestamp with time zone,
    closed_at timestamp with time zone,
    last_in_at timestamp with time zone,
    idle_told_at timestamp with time zone,
    stopped_at timestamp with time zone
);

ALTER TABLE public.identity_user ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.identity_user_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.ledger_account (
    id bigint NOT NULL,
    address character varying(80) NOT NULL COLLATE pg_catalog."C",
    customer boolean NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE public.ledger_account ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.ledger_account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.ledger_balance (
    account_id bigint NOT NULL,
    posted_cents bigint NOT NULL,
    held_cents bigint NOT NULL,
    CONSTRAINT ledger_balance_floor CHECK ((posted_cents >= 0)),
    CONSTRAINT ledger_held_covered CHECK ((held_cents <= posted_cents)),
    CONSTRAINT ledger_held_floor CHECK ((held_cents >= 0))
)
WITH (fillfactor='50');

CREATE TABLE public.ledger_entry (
    id bigint NOT NULL,
    key character varying(120) NOT NULL COLLATE pg_catalog."C",
    input_hash bytea NOT NULL,
    kind character varying(40) NOT NULL,
    reference character varying(80) NOT NULL,
    corrects_id bigint,
    lines smallint NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT ledger_entry_has_two_sides CHECK ((lines >= 2)),
    CONSTRAINT ledger_entry_lines_check CHECK ((lines >= 0))
);

ALTER TABLE public.ledger_entry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.ledger_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.ledger_hold (
    id bigint NOT NULL,
    key character varying(120) NOT NULL COLLATE pg_catalog."C",
    input_hash bytea NOT NULL,
    purpose character varying(40) NOT NULL,
    cents bigint NOT NULL,
    lines smallint NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT ledger_hold_lines_check CHECK ((lines >= 0)),
    CONSTRAINT ledger_hold_reserves CHECK (((cents > 0) AND (lines >= 1)))
);

ALTER TABLE public.ledger_hold ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.ledger_hold_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.ledger_holdline (
    hold_id bigint NOT NULL,
    line smallint NOT NULL,
    account_id bigint NOT NULL,
    cents bigint NOT NULL,
    CONSTRAINT ledger_hold_line_line CHECK ((line >= 1)),
    CONSTRAINT ledger_hold_line_reserves CHECK ((cents > 0)),
    CONSTRAINT ledger_holdline_line_check CHECK ((line >= 0))
);

CREATE TABLE public.ledger_month (
    month date NOT NULL,
    in_cents bigint NOT NULL,
    out_cents bigint NOT NULL,
    lines bigint NOT NULL,
    last_entry_id bigint NOT NULL,
    account_id bigint NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.ledger_posting (
    entry_id bigint NOT NULL,
    line smallint NOT NULL,
    account_id bigint NOT NULL,
    cents bigint NOT NULL,
    CONSTRAINT ledger_posting_line CHECK ((line >= 1)),
    CONSTRAINT ledger_posting_line_check CHECK ((line >= 0)),
    CONSTRAINT ledger_posting_moves CHECK ((NOT (cents = 0)))
);

CREATE TABLE public.ledger_resolution (
    hold_id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    entry_id bigint,
    cents bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT ledger_resolution_whole CHECK ((((cents > 0) AND (entry_id IS NOT NULL) AND ((kind)::text = 'capture'::text)) OR ((cents = 0) AND (entry_id IS NULL) AND ((kind)::text = ANY ((ARRAY['void'::character varying, 'expire'::character varying])::text[])))))
);

CREATE TABLE public.messaging_alertrecipient (
    id bigint NOT NULL,
    hours smallint NOT NULL,
    facility_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    CONSTRAINT alert_recipient_mark CHECK ((hours = ANY (ARRAY[0, 24, 48, 72]))),
    CONSTRAINT messaging_alertrecipient_hours_check CHECK ((hours >= 0))
);

ALTER TABLE public.messaging_alertrecipient ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_alertrecipient_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_appeal (
    id bigint NOT NULL,
    side character varying(10) NOT NULL,
    text character varying(4000) NOT NULL,
    filed_at timestamp with time zone NOT NULL,
    due_on date NOT NULL,
    outcome character varying(10) NOT NULL,
    decided_at timestamp with time zone,
    answer character varying(2000) NOT NULL,
    decided_by_id bigint,
    review_id bigint NOT NULL,
    alerted_at timestamp with time zone,
    CONSTRAINT appeal_decision_whole CHECK ((((decided_at IS NULL) AND (decided_by_id IS NULL) AND ((outcome)::text = ''::text)) OR ((NOT ((outcome)::text = ''::text)) AND (decided_at IS NOT NULL) AND (decided_by_id IS NOT NULL) AND (NOT ((answer)::text = ''::text)))))
);

ALTER TABLE public.messaging_appeal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_appeal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_appealruling (
    id bigint NOT NULL,
    won boolean NOT NULL,
    answer character varying(2000) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    "end" character varying(10) NOT NULL,
    ended_at timestamp with time zone,
    why character varying(40) NOT NULL,
    appeal_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    CONSTRAINT appeal_ruling_end_whole CHECK ((((("end")::text = ''::text) AND (ended_at IS NULL)) OR ((NOT (("end")::text = ''::text)) AND (ended_at IS NOT NULL)))),
    CONSTRAINT appeal_ruling_in_writing CHECK ((NOT ((answer)::text = ''::text)))
);

ALTER TABLE public.messaging_appealruling ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_appealruling_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_body (
    message_id bigint NOT NULL,
    text text NOT NULL
);

CREATE TABLE public.messaging_draft (
    id bigint NOT NULL,
    subject character varying(200) NOT NULL,
    text text NOT NULL,
    client_key uuid NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    contact_id bigint NOT NULL,
    reply_to_id bigint,
    resident_id bigint,
    user_id bigint,
    CONSTRAINT draft_has_one_owner CHECK ((((resident_id IS NULL) AND (user_id IS NOT NULL)) OR ((resident_id IS NOT NULL) AND (user_id IS NULL))))
);

ALTER TABLE public.messaging_draft ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_draft_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_legalhold (
    id bigint NOT NULL,
    reason character varying(500) NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    placed_at timestamp with time zone NOT NULL,
    lifted_at timestamp with time zone,
    lifted_why character varying(500) NOT NULL,
    facility_id bigint NOT NULL,
    lifted_by_id bigint,
    message_id bigint,
    placed_by_id bigint NOT NULL,
    resident_id bigint,
    user_id bigint,
    CONSTRAINT hold_ends_after_start CHECK (((ends_at IS NULL) OR (ends_at > starts_at))),
    CONSTRAINT hold_has_reason CHECK ((NOT ((reason)::text = ''::text))),
    CONSTRAINT hold_lift_whole CHECK ((((lifted_at IS NULL) AND (lifted_by_id IS NULL) AND ((lifted_why)::text = ''::text)) OR ((lifted_at IS NOT NULL) AND (lifted_by_id IS NOT NULL) AND (NOT ((lifted_why)::text = ''::text))))),
    CONSTRAINT hold_names_one CHECK ((((message_id IS NOT NULL) AND (resident_id IS NULL) AND (user_id IS NULL)) OR ((message_id IS NULL) AND (resident_id IS NOT NULL) AND (user_id IS NULL)) OR ((message_id IS NULL) AND (resident_id IS NULL) AND (user_id IS NOT NULL))))
);

ALTER TABLE public.messaging_legalhold ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_legalhold_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_letgo (
    message_id bigint NOT NULL
);

CREATE TABLE public.messaging_look (
    id bigint NOT NULL,
    first_at timestamp with time zone NOT NULL,
    review_id bigint NOT NULL,
    staff_id bigint NOT NULL
);

ALTER TABLE public.messaging_look ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_look_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_mailbox (
    id bigint NOT NULL,
    folder character varying(10) NOT NULL,
    at timestamp with time zone NOT NULL,
    read_at timestamp with time zone,
    removed_at timestamp with time zone,
    contact_id bigint NOT NULL,
    message_id bigint NOT NULL,
    resident_id bigint,
    user_id bigint,
    CONSTRAINT mailbox_has_one_owner CHECK ((((resident_id IS NULL) AND (user_id IS NOT NULL)) OR ((resident_id IS NOT NULL) AND (user_id IS NULL)))),
    CONSTRAINT removed_has_time CHECK (((((folder)::text = 'removed'::text) AND (removed_at IS NOT NULL)) OR ((NOT ((folder)::text = 'removed'::text)) AND (removed_at IS NULL))))
);

ALTER TABLE public.messaging_mailbox ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_mailbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_message (
    id bigint NOT NULL,
    sender character varying(10) NOT NULL,
    subject character varying(200) NOT NULL,
    length integer NOT NULL,
    state character varying(10) NOT NULL,
    price_cents integer NOT NULL,
    payer character varying(10) NOT NULL,
    hold_id bigint,
    decision jsonb NOT NULL,
    client_key uuid NOT NULL,
    input_hash bytea NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    deliver_at timestamp with time zone,
    delivered_at timestamp with time zone,
    opened_at timestamp with time zone,
    ended_at timestamp with time zone,
    contact_id bigint NOT NULL,
    facility_id bigint NOT NULL,
    reply_to_id bigint,
    photo_count smallint DEFAULT 0 NOT NULL,
    CONSTRAINT delivered_has_time CHECK ((((delivered_at IS NOT NULL) AND ((state)::text = 'delivered'::text)) OR ((NOT ((state)::text = 'delivered'::text)) AND (delivered_at IS NULL)))),
    CONSTRAINT message_length CHECK (((length > 0) AND (length <= 30000))),
    CONSTRAINT messaging_message_length_check CHECK ((length >= 0)),
    CONSTRAINT messaging_message_photo_count_check CHECK ((photo_count >= 0)),
    CONSTRAINT messaging_message_price_cents_check CHECK ((price_cents >= 0))
);

ALTER TABLE public.messaging_message ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_message_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_photo (
    id bigint NOT NULL,
    digest bytea NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    price_cents integer NOT NULL,
    hold_id bigint,
    added_at timestamp with time zone NOT NULL,
    contact_id bigint NOT NULL,
    message_id bigint,
    CONSTRAINT messaging_photo_height_check CHECK ((height >= 0)),
    CONSTRAINT messaging_photo_price_cents_check CHECK ((price_cents >= 0)),
    CONSTRAINT messaging_photo_width_check CHECK ((width >= 0)),
    CONSTRAINT paid_photo_has_letter CHECK (((hold_id IS NULL) OR (message_id IS NOT NULL))),
    CONSTRAINT paid_photo_has_price CHECK (((hold_id IS NULL) OR (price_cents > 0)))
);

ALTER TABLE public.messaging_photo ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_photo_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_pixels (
    photo_id bigint NOT NULL,
    "full" bytea NOT NULL,
    small bytea NOT NULL
);

CREATE TABLE public.messaging_prepaidreply (
    id bigint NOT NULL,
    account character varying(80) NOT NULL,
    hold_id bigint NOT NULL,
    price_cents integer NOT NULL,
    days smallint NOT NULL,
    expires_at timestamp with time zone,
    state character varying(10) NOT NULL,
    ended_at timestamp with time zone,
    message_id bigint NOT NULL,
    used_by_id bigint,
    CONSTRAINT messaging_prepaidreply_days_check CHECK ((days >= 0)),
    CONSTRAINT messaging_prepaidreply_price_cents_check CHECK ((price_cents >= 0)),
    CONSTRAINT prepaid_reply_positive CHECK ((price_cents > 0)),
    CONSTRAINT returned_reply_has_time CHECK ((((ended_at IS NOT NULL) AND ((state)::text = 'returned'::text)) OR ((NOT ((state)::text = 'returned'::text)) AND (ended_at IS NULL)))),
    CONSTRAINT used_reply_has_letter CHECK (((((state)::text = 'used'::text) AND (used_by_id IS NOT NULL)) OR ((NOT ((state)::text = 'used'::text)) AND (used_by_id IS NULL))))
);

ALTER TABLE public.messaging_prepaidreply ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_prepaidreply_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_printbatch (
    id bigint NOT NULL,
    made_at timestamp with time zone NOT NULL,
    pages integer,
    closed_at timestamp with time zone,
    facility_id bigint NOT NULL,
    made_by_id bigint NOT NULL,
    unit_id bigint,
    CONSTRAINT messaging_printbatch_pages_check CHECK ((pages >= 0))
);

ALTER TABLE public.messaging_printbatch ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_printbatch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_printedletter (
    id bigint NOT NULL,
    outcome character varying(10) NOT NULL,
    ended_at timestamp with time zone,
    batch_id bigint NOT NULL,
    message_id bigint NOT NULL,
    CONSTRAINT printed_end_whole CHECK ((((ended_at IS NULL) AND ((outcome)::text = ''::text)) OR ((NOT ((outcome)::text = ''::text)) AND (ended_at IS NOT NULL))))
);

ALTER TABLE public.messaging_printedletter ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_printedletter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_purge (
    id bigint NOT NULL,
    kind character varying(12) NOT NULL,
    days integer NOT NULL,
    ended_before timestamp with time zone NOT NULL,
    count integer NOT NULL,
    first_sent_at timestamp with time zone NOT NULL,
    last_sent_at timestamp with time zone NOT NULL,
    digest bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    facility_id bigint NOT NULL,
    retention_id bigint,
    CONSTRAINT messaging_purge_count_check CHECK ((count >= 0)),
    CONSTRAINT messaging_purge_days_check CHECK ((days >= 0)),
    CONSTRAINT purge_of_something CHECK ((count > 0))
);

ALTER TABLE public.messaging_purge ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_purge_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_purged (
    message_id bigint NOT NULL,
    purge_id bigint NOT NULL
);

CREATE TABLE public.messaging_retention (
    id bigint NOT NULL,
    kind character varying(12) NOT NULL,
    days integer NOT NULL,
    effective_from timestamp with time zone NOT NULL,
    reason character varying(300) NOT NULL,
    set_at timestamp with time zone NOT NULL,
    facility_id bigint NOT NULL,
    set_by_id bigint,
    CONSTRAINT messaging_retention_days_check CHECK ((days >= 0)),
    CONSTRAINT retention_at_most_a_century CHECK ((days <= 36500)),
    CONSTRAINT retention_has_reason CHECK ((NOT ((reason)::text = ''::text)))
);

ALTER TABLE public.messaging_retention ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_retention_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_review (
    id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    decision character varying(10) NOT NULL,
    decided_at timestamp with time zone,
    explanation character varying(1000) NOT NULL,
    by_rule character varying(60) NOT NULL,
    decided_by_id bigint,
    facility_id bigint NOT NULL,
    message_id bigint NOT NULL,
    reason_id bigint,
    withheld_by_id bigint,
    alerted_hours smallint DEFAULT 0 NOT NULL,
    claimed_by_id bigint,
    claimed_until timestamp with time zone,
    passed_at timestamp with time zone,
    passed_by_id bigint,
    passed_note character varying(500) DEFAULT ''::character varying NOT NULL,
    recipient_until date,
    sender_until date,
    CONSTRAINT messaging_review_alerted_hours_check CHECK ((alerted_hours >= 0)),
    CONSTRAINT refusal_has_reason_and_sentence CHECK (((NOT ((decision)::text = 'refuse'::text)) OR ((reason_id IS NOT NULL) AND (NOT ((explanation)::text = ''::text))))),
    CONSTRAINT review_claim_whole CHECK ((((claimed_by_id IS NULL) AND (claimed_until IS NULL)) OR ((claimed_by_id IS NOT NULL) AND (claimed_until IS NOT NULL)))),
    CONSTRAINT review_decided_has_time CHECK ((((decided_at IS NULL) AND ((decision)::text = ''::text)) OR ((NOT ((decision)::text = ''::text)) AND (decided_at IS NOT NULL)))),
    CONSTRAINT review_passed_whole CHECK ((((passed_at IS NULL) AND (passed_by_id IS NULL)) OR ((passed_at IS NOT NULL) AND (passed_by_id IS NOT NULL))))
);

ALTER TABLE public.messaging_review ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_review_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_ruling (
    id bigint NOT NULL,
    decision character varying(10) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    explanation character varying(1000) NOT NULL,
    withheld boolean NOT NULL,
    "end" character varying(10) NOT NULL,
    ended_at timestamp with time zone,
    why character varying(40) NOT NULL,
    reason_id bigint,
    review_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    CONSTRAINT ruling_end_whole CHECK ((((("end")::text = ''::text) AND (ended_at IS NULL)) OR ((NOT (("end")::text = ''::text)) AND (ended_at IS NOT NULL)))),
    CONSTRAINT ruling_refusal_has_reason_and_sentence CHECK (((((decision)::text = 'release'::text) AND ((explanation)::text = ''::text) AND (reason_id IS NULL) AND (NOT withheld)) OR (((decision)::text = 'refuse'::text) AND (reason_id IS NOT NULL) AND (NOT ((explanation)::text = ''::text)))))
);

ALTER TABLE public.messaging_ruling ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_ruling_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_search (
    id bigint NOT NULL,
    what character varying(10) NOT NULL,
    words character varying(200) NOT NULL,
    since date,
    until date,
    purpose character varying(200) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    name character varying(80) NOT NULL,
    seen_at timestamp with time zone,
    facility_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    CONSTRAINT search_has_purpose CHECK ((NOT ((purpose)::text = ''::text)))
);

ALTER TABLE public.messaging_search ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.messaging_search_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messaging_searchentry (
    message_id bigint NOT NULL,
    resident_id bigint NOT NULL,
    user_id bigint NOT NULL,
    words tsvector NOT NULL
);

CREATE TABLE public.notices_broadcast (
    id bigint NOT NULL,
    told jsonb NOT NULL,
    client_key uuid NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    reached integer NOT NULL,
    facility_id bigint NOT NULL,
    sent_by_id bigint NOT NULL,
    unit_id bigint,
    starts_at timestamp with time zone NOT NULL,
    until timestamp with time zone,
    withdrawn_at timestamp with time zone,
    withdrawn_by_id bigint,
    CONSTRAINT broadcast_ends_after_start CHECK (((until IS NULL) OR (until > starts_at))),
    CONSTRAINT broadcast_withdrawn_by_somebody CHECK ((((withdrawn_at IS NULL) AND (withdrawn_by_id IS NULL)) OR ((withdrawn_at IS NOT NULL) AND (withdrawn_by_id IS NOT NULL)))),
    CONSTRAINT notices_broadcast_reached_check CHECK ((reached >= 0))
);

ALTER TABLE public.notices_broadcast ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_broadcast_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notices_email (
    id bigint NOT NULL,
    "to" character varying(254) NOT NULL,
    kind character varying(40) NOT NULL,
    params jsonb NOT NULL,
    language character varying(5) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    tries smallint NOT NULL,
    failed_at timestamp with time zone,
    error character varying(200) NOT NULL,
    user_id bigint,
    CONSTRAINT notices_email_tries_check CHECK ((tries >= 0))
);

ALTER TABLE public.notices_email ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_email_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notices_notice (
    id bigint NOT NULL,
    kind character varying(40) NOT NULL,
    params jsonb NOT NULL,
    message_id bigint,
    contact_id bigint,
    created_at timestamp with time zone NOT NULL,
    read_at timestamp with time zone,
    resident_id bigint,
    user_id bigint,
    broadcast_id bigint,
    CONSTRAINT notice_has_one_owner CHECK ((((resident_id IS NULL) AND (user_id IS NOT NULL)) OR ((resident_id IS NOT NULL) AND (user_id IS NULL))))
);

ALTER TABLE public.notices_notice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_notice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_allowance (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    per_week integer NOT NULL,
    effective_from timestamp with time zone NOT NULL,
    facility_id bigint NOT NULL,
    CONSTRAINT payments_allowance_per_week_check CHECK ((per_week >= 0))
);

ALTER TABLE public.payments_allowance ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_allowance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_allowanceuse (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    week date NOT NULL,
    count integer NOT NULL,
    about character varying(40) NOT NULL,
    at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    returned_at timestamp with time zone,
    facility_id bigint NOT NULL,
    resident_id bigint NOT NULL,
    CONSTRAINT allowance_ends_once CHECK (((used_at IS NULL) OR (returned_at IS NULL))),
    CONSTRAINT payments_allowanceuse_count_check CHECK ((count >= 0))
);

ALTER TABLE public.payments_allowanceuse ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_allowanceuse_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_checkout (
    id bigint NOT NULL,
    account character varying(80) NOT NULL,
    amount_cents integer NOT NULL,
    client_key uuid NOT NULL,
    by_itself boolean NOT NULL,
    state character varying(10) NOT NULL,
    session_ref character varying(255) NOT NULL,
    payment_ref character varying(255) NOT NULL,
    page_url text NOT NULL,
    failure character varying(60) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    deposit_id bigint,
    payer_id bigint NOT NULL,
    top_up_id bigint,
    asked_at timestamp with time zone,
    CONSTRAINT checkout_positive CHECK ((amount_cents > 0)),
    CONSTRAINT paid_has_deposit CHECK ((((deposit_id IS NOT NULL) AND ((state)::text = 'paid'::text)) OR ((NOT ((state)::text = 'paid'::text)) AND (deposit_id IS NULL)))),
    CONSTRAINT payments_checkout_amount_cents_check CHECK ((amount_cents >= 0))
);

ALTER TABLE public.payments_checkout ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_checkout_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_comparedday (
    day date NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE public.payments_deposit (
    id bigint NOT NULL,
    account character varying(80) NOT NULL,
    amount_cents integer NOT NULL,
    method character varying(20) NOT NULL,
    payer_name character varying(160) NOT NULL,
    client_key uuid NOT NULL,
    entry_id bigint NOT NULL,
    receipt character varying(20) NOT NULL,
    at timestamp with time zone NOT NULL,
    facility_id bigint,
    payer_id bigint,
    recorded_by_id bigint,
    card_label character varying(60) NOT NULL,
    payment_ref character varying(255) NOT NULL,
    reference character varying(80) NOT NULL,
    file_id bigint,
    CONSTRAINT deposit_positive CHECK ((amount_cents > 0)),
    CONSTRAINT payments_deposit_amount_cents_check CHECK ((amount_cents >= 0))
);

ALTER TABLE public.payments_deposit ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_deposit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_depositfile (
    id bigint NOT NULL,
    digest bytea NOT NULL,
    name character varying(120) NOT NULL,
    lines integer NOT NULL,
    total_cents bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    facility_id bigint NOT NULL,
    taken_by_id bigint NOT NULL,
    CONSTRAINT payments_depositfile_lines_check CHECK ((lines >= 0)),
    CONSTRAINT payments_depositfile_total_cents_check CHECK ((total_cents >= 0))
);

ALTER TABLE public.payments_depositfile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_depositfile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_difference (
    id bigint NOT NULL,
    day date NOT NULL,
    ref character varying(255) NOT NULL,
    kind character varying(30) NOT NULL,
    ours_cents bigint,
    theirs_cents bigint,
    found_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    explanation text NOT NULL,
    settled_by_id bigint
);

ALTER TABLE public.payments_difference ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_difference_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_dispute (
    id bigint NOT NULL,
    ref character varying(255) NOT NULL,
    amount_cents integer NOT NULL,
    recovered_cents integer NOT NULL,
    loss_cents integer NOT NULL,
    state character varying(10) NOT NULL,
    entry_id bigint NOT NULL,
    return_entry_id bigint,
    at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    deposit_id bigint NOT NULL,
    CONSTRAINT dispute_whole CHECK ((amount_cents = (recovered_cents + loss_cents))),
    CONSTRAINT payments_dispute_amount_cents_check CHECK ((amount_cents >= 0)),
    CONSTRAINT payments_dispute_loss_cents_check CHECK ((loss_cents >= 0)),
    CONSTRAINT payments_dispute_recovered_cents_check CHECK ((recovered_cents >= 0))
);

ALTER TABLE public.payments_dispute ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_dispute_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_dormancyrule (
    id bigint NOT NULL,
    region character varying(3) NOT NULL,
    months smallint NOT NULL,
    notice_cents integer NOT NULL,
    notice_days smallint NOT NULL,
    source character varying(200) NOT NULL,
    effective_from date NOT NULL,
    CONSTRAINT payments_dormancyrule_months_check CHECK ((months >= 0)),
    CONSTRAINT payments_dormancyrule_notice_cents_check CHECK ((notice_cents >= 0)),
    CONSTRAINT payments_dormancyrule_notice_days_check CHECK ((notice_days >= 0))
);

ALTER TABLE public.payments_dormancyrule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_dormancyrule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_keep (
    id bigint NOT NULL,
    account character varying(80) NOT NULL,
    by character varying(30) NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE public.payments_keep ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_keep_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_listednumber (
    id bigint NOT NULL,
    label character varying(60) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    user_id bigint NOT NULL,
    number_id bigint NOT NULL
);

ALTER TABLE public.payments_listednumber ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_listednumber_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_numbercode (
    id bigint NOT NULL,
    digest bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    wrong_tries smallint NOT NULL,
    used_at timestamp with time zone,
    voided_at timestamp with time zone,
    user_id bigint NOT NULL,
    number_id bigint NOT NULL,
    CONSTRAINT payments_numbercode_wrong_tries_check CHECK ((wrong_tries >= 0))
);

ALTER TABLE public.payments_numbercode ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_numbercode_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_payout (
    id bigint NOT NULL,
    way character varying(20) NOT NULL,
    amount_cents integer NOT NULL,
    state character varying(10) NOT NULL,
    payee_name character varying(161) NOT NULL,
    payee_email character varying(254) NOT NULL,
    payee_address text NOT NULL,
    payee_region character varying(80) NOT NULL,
    processor_ref character varying(255) NOT NULL,
    failure character varying(60) NOT NULL,
    reference character varying(80) NOT NULL,
    entry_id bigint,
    at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    deposit_id bigint,
    facility_id bigint,
    replaced_by_id bigint,
    resident_id bigint,
    settled_by_id bigint,
    user_id bigint,
    refund_id bigint NOT NULL,
    notice_at timestamp with time zone,
    CONSTRAINT pay_out_positive CHECK ((amount_cents > 0)),
    CONSTRAINT payments_payout_amount_cents_check CHECK ((amount_cents >= 0)),
    CONSTRAINT resident_money_is_no_donors CHECK (((NOT (resident_id IS NOT NULL)) OR (deposit_id IS NULL)))
);

ALTER TABLE public.payments_payout ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_payout_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_prepaidnumber (
    id bigint NOT NULL,
    number character varying(16) NOT NULL,
    proved_at timestamp with time zone,
    proved_by character varying(30) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    holder_id bigint,
    CONSTRAINT holder_proved CHECK ((((holder_id IS NULL) AND (proved_at IS NULL)) OR ((holder_id IS NOT NULL) AND (proved_at IS NOT NULL))))
);

ALTER TABLE public.payments_prepaidnumber ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_prepaidnumber_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_processorevent (
    id bigint NOT NULL,
    ref character varying(255) NOT NULL,
    kind character varying(80) NOT NULL,
    about character varying(255) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    handled_at timestamp with time zone
);

ALTER TABLE public.payments_processorevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_processorevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_refund (
    id bigint NOT NULL,
    account character varying(80) NOT NULL,
    cause character varying(20) NOT NULL,
    amount_cents integer NOT NULL,
    asked_by character varying(30) NOT NULL,
    client_key uuid NOT NULL,
    entry_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT payments_refund_amount_cents_check CHECK ((amount_cents >= 0)),
    CONSTRAINT refund_positive CHECK ((amount_cents > 0))
);

ALTER TABLE public.payments_refund ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_refund_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_reminder (
    id bigint NOT NULL,
    account character varying(80) NOT NULL,
    days_left smallint NOT NULL,
    active_at timestamp with time zone NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT payments_reminder_days_left_check CHECK ((days_left >= 0))
);

ALTER TABLE public.payments_reminder ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_reminder_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payments_topup (
    id bigint NOT NULL,
    account character varying(80) NOT NULL,
    below_cents integer NOT NULL,
    amount_cents integer NOT NULL,
    month_cap_cents integer NOT NULL,
    customer_ref character varying(255) NOT NULL,
    method_ref character varying(255) NOT NULL,
    card_label character varying(60) NOT NULL,
    failed_tries smallint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    stopped_at timestamp with time zone,
    stop_reason character varying(20) NOT NULL,
    user_id bigint NOT NULL,
    try_after timestamp with time zone,
    CONSTRAINT payments_topup_amount_cents_check CHECK ((amount_cents >= 0)),
    CONSTRAINT payments_topup_below_cents_check CHECK ((below_cents >= 0)),
    CONSTRAINT payments_topup_failed_tries_check CHECK ((failed_tries >= 0)),
    CONSTRAINT payments_topup_month_cap_cents_check CHECK ((month_cap_cents >= 0)),
    CONSTRAINT top_up_within_cap CHECK (((amount_cents > 0) AND (month_cap_cents >= amount_cents)))
);

ALTER TABLE public.payments_topup ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.payments_topup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type public.procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);

CREATE SEQUENCE public.procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_events_id_seq OWNED BY public.procrastinate_events.id;

CREATE SEQUENCE public.procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_jobs_id_seq OWNED BY public.procrastinate_jobs.id;

CREATE TABLE public.procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);

CREATE SEQUENCE public.procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_periodic_defers_id_seq OWNED BY public.procrastinate_periodic_defers.id;

CREATE TABLE public.procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.requests_reporting (
    id bigint NOT NULL,
    outside character varying(800) NOT NULL,
    outside_es character varying(800) NOT NULL,
    others character varying(800) NOT NULL,
    others_es character varying(800) NOT NULL,
    facility_id bigint NOT NULL
);

ALTER TABLE public.requests_reporting ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.requests_reporting_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.requests_request (
    id bigint NOT NULL,
    is_emergency boolean NOT NULL,
    answers jsonb NOT NULL,
    client_key uuid NOT NULL,
    state character varying(10) NOT NULL,
    level smallint NOT NULL,
    filed_at timestamp with time zone NOT NULL,
    facility_id bigint NOT NULL,
    resident_id bigint NOT NULL,
    unit_id bigint,
    form_id bigint NOT NULL,
    CONSTRAINT request_level CHECK (((level >= 1) AND (level <= 3))),
    CONSTRAINT requests_request_level_check CHECK ((level >= 0))
);

ALTER TABLE public.requests_request ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.requests_request_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.requests_requestdraft (
    id bigint NOT NULL,
    typed jsonb NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    resident_id bigint NOT NULL,
    form_id bigint NOT NULL
);

ALTER TABLE public.requests_requestdraft ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.requests_requestdraft_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.requests_requestform (
    id bigint NOT NULL,
    code character varying(40) NOT NULL,
    kind character varying(10) NOT NULL,
    desk character varying(40) NOT NULL,
    name character varying(80) NOT NULL,
    name_es character varying(80) NOT NULL,
    intro character varying(600) NOT NULL,
    intro_es character varying(600) NOT NULL,
    questions jsonb NOT NULL,
    answer_days smallint NOT NULL,
    levels smallint NOT NULL,
    ask_again_days smallint NOT NULL,
    emergency_hours smallint,
    emergency_days smallint,
    retired_at timestamp with time zone,
    facility_id bigint NOT NULL,
    CONSTRAINT emergency_has_both_deadlines CHECK ((((emergency_days IS NULL) AND (emergency_hours IS NULL)) OR ((emergency_days >= 1) AND (emergency_hours >= 1) AND ((kind)::text = 'grievance'::text)))),
    CONSTRAINT form_days_not_zero CHECK (((answer_days >= 1) AND (ask_again_days >= 1))),
    CONSTRAINT form_levels CHECK (((levels >= 1) AND (levels <= 3))),
    CONSTRAINT requests_requestform_answer_days_check CHECK ((answer_days >= 0)),
    CONSTRAINT requests_requestform_ask_again_days_check CHECK ((ask_again_days >= 0)),
    CONSTRAINT requests_requestform_emergency_days_check CHECK ((emergency_days >= 0)),
    CONSTRAINT requests_requestform_emergency_hours_check CHECK ((emergency_hours >= 0)),
    CONSTRAINT requests_requestform_levels_check CHECK ((levels >= 0))
);

ALTER TABLE public.requests_requestform ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.requests_requestform_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.requests_step (
    id bigint NOT NULL,
    level smallint NOT NULL,
    text character varying(4000) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    first_due_at timestamp with time zone,
    first_at timestamp with time zone,
    first_answer character varying(4000) NOT NULL,
    answered_at timestamp with time zone,
    outcome character varying(10) NOT NULL,
    answer character varying(4000) NOT NULL,
    alerted_at timestamp with time zone,
    answered_by_id bigint,
    first_by_id bigint,
    request_id bigint NOT NULL,
    CONSTRAINT answer_is_whole CHECK (((((answer)::text = ''::text) AND (answered_at IS NULL) AND (answered_by_id IS NULL) AND ((outcome)::text = ''::text)) OR ((answered_at IS NOT NULL) AND (answered_by_id IS NOT NULL) AND (NOT ((outcome)::text = ''::text)) AND (NOT ((answer)::text = ''::text))))),
    CONSTRAINT first_answer_is_whole CHECK (((((first_answer)::text = ''::text) AND (first_at IS NULL) AND (first_by_id IS NULL)) OR ((first_at IS NOT NULL) AND (first_by_id IS NOT NULL) AND (NOT ((first_answer)::text = ''::text))))),
    CONSTRAINT requests_step_level_check CHECK ((level >= 0))
);

ALTER TABLE public.requests_step ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.requests_step_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.residents_custody (
    id bigint NOT NULL,
    booking character varying(40) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    end_reason character varying(20) NOT NULL,
    facility_id bigint NOT NULL,
    unit_id bigint,
    resident_id bigint NOT NULL,
    CONSTRAINT custody_end_has_reason CHECK (((((end_reason)::text = ''::text) AND (ended_at IS NULL)) OR ((ended_at IS NOT NULL) AND (NOT ((end_reason)::text = ''::text))))),
    CONSTRAINT custody_ends_after_start CHECK (((ended_at IS NULL) OR (ended_at >= started_at)))
);

ALTER TABLE public.residents_custody ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.residents_custody_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.residents_kioskturns (
    facility_id bigint NOT NULL,
    minutes smallint NOT NULL,
    pause_minutes smallint NOT NULL,
    CONSTRAINT pause_not_a_punishment CHECK ((pause_minutes <= 240)),
    CONSTRAINT residents_kioskturns_minutes_check CHECK ((minutes >= 0)),
    CONSTRAINT residents_kioskturns_pause_minutes_check CHECK ((pause_minutes >= 0)),
    CONSTRAINT turn_long_enough_to_write CHECK (((minutes = 0) OR ((minutes >= 5) AND (minutes <= 240))))
);

CREATE TABLE public.residents_pin (
    resident_id bigint NOT NULL,
    hash character varying(200) NOT NULL,
    must_change boolean NOT NULL,
    wrong_tries smallint NOT NULL,
    locked_at timestamp with time zone,
    changed_at timestamp with time zone NOT NULL,
    alone bytea,
    CONSTRAINT residents_pin_wrong_tries_check CHECK ((wrong_tries >= 0))
);

CREATE TABLE public.residents_resident (
    id bigint NOT NULL,
    number character varying(30) NOT NULL,
    first_name character varying(80) NOT NULL,
    last_name character varying(80) NOT NULL,
    date_of_birth date,
    language character varying(5) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    agency_id bigint NOT NULL,
    folded character varying(400) NOT NULL,
    paper_since timestamp with time zone
);

ALTER TABLE public.residents_resident ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.residents_resident_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.residents_residentsession (
    id bigint NOT NULL,
    key_digest bytea NOT NULL,
    offline_key bytea NOT NULL,
    started_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    end_reason character varying(20) NOT NULL,
    kiosk_id bigint NOT NULL,
    resident_id bigint NOT NULL,
    turn_ends_at timestamp with time zone
);

ALTER TABLE public.residents_residentsession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.residents_residentsession_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_allowednumber (
    id bigint NOT NULL,
    number character varying(16) NOT NULL,
    name character varying(80) NOT NULL,
    relation character varying(40) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    approved boolean,
    denied_reason character varying(300) NOT NULL,
    removed_at timestamp with time zone,
    decided_by_id bigint,
    resident_id bigint NOT NULL,
    CONSTRAINT denial_has_reason CHECK (((NOT ((NOT approved) AND (approved IS NOT NULL))) OR (NOT ((denied_reason)::text = ''::text)))),
    CONSTRAINT number_decided_whole CHECK ((((approved IS NULL) AND (decided_at IS NULL)) OR ((approved IS NOT NULL) AND (decided_at IS NOT NULL))))
);

ALTER TABLE public.telephony_allowednumber ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_allowednumber_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_call (
    id bigint NOT NULL,
    key uuid NOT NULL,
    boot_id character varying(64) NOT NULL,
    number character varying(16) NOT NULL,
    call_type character varying(16) NOT NULL,
    state character varying(10) NOT NULL,
    hold_id bigint,
    held_cents integer NOT NULL,
    payer character varying(80) NOT NULL,
    allowance_seconds integer NOT NULL,
    base_micro integer NOT NULL,
    additive_micro integer NOT NULL,
    seconds integer NOT NULL,
    record boolean NOT NULL,
    facts jsonb NOT NULL,
    started_at timestamp with time zone NOT NULL,
    dialled_at timestamp with time zone,
    answered_at timestamp with time zone,
    accepted_at timestamp with time zone,
    heard_ms integer NOT NULL,
    last_seq integer NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    end_asked character varying(40) NOT NULL,
    ended_at timestamp with time zone,
    facility_id bigint NOT NULL,
    resident_id bigint,
    station_id bigint,
    switch_id bigint NOT NULL,
    CONSTRAINT call_ended_whole CHECK (((((state)::text = 'ended'::text) AND (ended_at IS NOT NULL)) OR ((NOT ((state)::text = 'ended'::text)) AND (ended_at IS NULL)))),
    CONSTRAINT hotline_never_recorded CHECK (((NOT ((call_type)::text = 'hotline'::text)) OR (NOT record))),
    CONSTRAINT talking_was_accepted CHECK (((NOT ((state)::text = 'talking'::text)) OR (accepted_at IS NOT NULL))),
    CONSTRAINT telephony_call_additive_micro_check CHECK ((additive_micro >= 0)),
    CONSTRAINT telephony_call_allowance_seconds_check CHECK ((allowance_seconds >= 0)),
    CONSTRAINT telephony_call_base_micro_check CHECK ((base_micro >= 0)),
    CONSTRAINT telephony_call_heard_ms_check CHECK ((heard_ms >= 0)),
    CONSTRAINT telephony_call_held_cents_check CHECK ((held_cents >= 0)),
    CONSTRAINT telephony_call_seconds_check CHECK ((seconds >= 0))
);

ALTER TABLE public.telephony_call ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_call_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_callcorrection (
    id bigint NOT NULL,
    key uuid NOT NULL,
    why character varying(12) NOT NULL,
    note character varying(300) NOT NULL,
    back_cents integer NOT NULL,
    entry_id bigint,
    at timestamp with time zone NOT NULL,
    made_by_id bigint,
    record_id bigint NOT NULL,
    CONSTRAINT correction_gives_back CHECK ((((back_cents = 0) AND (entry_id IS NULL) AND (made_by_id IS NULL)) OR ((back_cents > 0) AND (entry_id IS NOT NULL)))),
    CONSTRAINT correction_has_a_reason CHECK ((((made_by_id IS NULL) AND ((note)::text = ''::text) AND ((why)::text = 'our_fault'::text)) OR ((made_by_id IS NOT NULL) AND (NOT ((note)::text = ''::text))))),
    CONSTRAINT telephony_callcorrection_back_cents_check CHECK ((back_cents >= 0))
);

ALTER TABLE public.telephony_callcorrection ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_callcorrection_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_callevent (
    id bigint NOT NULL,
    seq integer NOT NULL,
    kind character varying(30) NOT NULL,
    detail character varying(60) NOT NULL,
    at timestamp with time zone NOT NULL,
    elapsed_ms integer NOT NULL,
    call_id bigint NOT NULL,
    CONSTRAINT telephony_callevent_elapsed_ms_check CHECK ((elapsed_ms >= 0))
);

ALTER TABLE public.telephony_callevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_callevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_calllimits (
    id bigint NOT NULL,
    number character varying(16) NOT NULL,
    seconds smallint,
    calls_a_day smallint,
    seconds_a_day integer,
    seconds_a_week integer,
    seconds_a_month integer,
    pause_seconds integer NOT NULL,
    record boolean NOT NULL,
    facility_id bigint NOT NULL,
    resident_id bigint,
    unit_id bigint,
    CONSTRAINT limit_at_least_a_minute CHECK (((seconds IS NULL) OR (seconds >= 60))),
    CONSTRAINT limit_of_one_thing CHECK ((((resident_id IS NULL) AND (unit_id IS NULL)) OR (((number)::text = ''::text) AND (unit_id IS NULL)) OR (((number)::text = ''::text) AND (resident_id IS NULL)))),
    CONSTRAINT telephony_calllimits_calls_a_day_check CHECK ((calls_a_day >= 0)),
    CONSTRAINT telephony_calllimits_pause_seconds_check CHECK ((pause_seconds >= 0)),
    CONSTRAINT telephony_calllimits_seconds_a_day_check CHECK ((seconds_a_day >= 0)),
    CONSTRAINT telephony_calllimits_seconds_a_month_check CHECK ((seconds_a_month >= 0)),
    CONSTRAINT telephony_calllimits_seconds_a_week_check CHECK ((seconds_a_week >= 0)),
    CONSTRAINT telephony_calllimits_seconds_check CHECK ((seconds >= 0))
);

ALTER TABLE public.telephony_calllimits ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_calllimits_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_callme (
    id bigint NOT NULL,
    number character varying(16) NOT NULL,
    text character varying(160) NOT NULL,
    left_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone,
    resident_id bigint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT call_me_has_number CHECK (((number)::text ~ '^\+[1-9][0-9]{5,14}$'::text)),
    CONSTRAINT seen_later CHECK (((seen_at IS NULL) OR (seen_at >= left_at)))
);

ALTER TABLE public.telephony_callme ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_callme_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_callrate (
    id bigint NOT NULL,
    kind character varying(14) NOT NULL,
    country character varying(3) NOT NULL,
    base_micro integer NOT NULL,
    additive_micro integer NOT NULL,
    plan_id bigint NOT NULL,
    CONSTRAINT additive_within_law CHECK ((additive_micro <= 20000)),
    CONSTRAINT telephony_callrate_additive_micro_check CHECK ((additive_micro >= 0)),
    CONSTRAINT telephony_callrate_base_micro_check CHECK ((base_micro >= 0))
);

ALTER TABLE public.telephony_callrate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_callrate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_cdr (
    id bigint NOT NULL,
    facility_kind character varying(6) NOT NULL,
    tier character varying(20) NOT NULL,
    station character varying(60) NOT NULL,
    dialled character varying(24) NOT NULL,
    number character varying(16) NOT NULL,
    place_kind character varying(14) NOT NULL,
    country character varying(3) NOT NULL,
    jurisdiction character varying(14) NOT NULL,
    call_type character varying(16) NOT NULL,
    access character varying(10) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ringing_at timestamp with time zone,
    answered_at timestamp with time zone,
    announced_at timestamp with time zone,
    accepted_at timestamp with time zone,
    ended_at timestamp with time zone NOT NULL,
    result character varying(30) NOT NULL,
    ended_by character varying(10) NOT NULL,
    reasons jsonb NOT NULL,
    sip_code smallint,
    seconds integer NOT NULL,
    unbilled_seconds integer NOT NULL,
    base_micro integer NOT NULL,
    additive_micro integer NOT NULL,
    cents integer NOT NULL,
    base_cents integer NOT NULL,
    additive_cents integer NOT NULL,
    tax_cents integer NOT NULL,
    agency_cents integer NOT NULL,
    payer character varying(80) NOT NULL,
    entries jsonb NOT NULL,
    caller_id character varying(16) NOT NULL,
    recording character varying(40) NOT NULL,
    signs jsonb NOT NULL,
    written_at timestamp with time zone NOT NULL,
    call_id bigint NOT NULL,
    corrects_id bigint,
    facility_id bigint NOT NULL,
    resident_id bigint,
    CONSTRAINT agency_pays_a_part CHECK ((agency_cents <= cents)),
    CONSTRAINT hotline_names_nobody CHECK (((NOT ((call_type)::text = 'hotline'::text)) OR ((cents = 0) AND ((recording)::text = 'hotline'::text) AND (resident_id IS NULL)))),
    CONSTRAINT paid_was_accepted CHECK (((cents = 0) OR (accepted_at IS NOT NULL))),
    CONSTRAINT price_is_its_parts CHECK ((cents = ((base_cents + additive_cents) + tax_cents))),
    CONSTRAINT telephony_cdr_additive_cents_check CHECK ((additive_cents >= 0)),
    CONSTRAINT telephony_cdr_additive_micro_check CHECK ((additive_micro >= 0)),
    CONSTRAINT telephony_cdr_agency_cents_check CHECK ((agency_cents >= 0)),
    CONSTRAINT telephony_cdr_base_cents_check CHECK ((base_cents >= 0)),
    CONSTRAINT telephony_cdr_base_micro_check CHECK ((base_micro >= 0)),
    CONSTRAINT telephony_cdr_cents_check CHECK ((cents >= 0)),
    CONSTRAINT telephony_cdr_seconds_check CHECK ((seconds >= 0)),
    CONSTRAINT telephony_cdr_sip_code_check CHECK ((sip_code >= 0)),
    CONSTRAINT telephony_cdr_tax_cents_check CHECK ((tax_cents >= 0)),
    CONSTRAINT telephony_cdr_unbilled_seconds_check CHECK ((unbilled_seconds >= 0))
);

ALTER TABLE public.telephony_cdr ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_cdr_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_codecall (
    id bigint NOT NULL,
    key uuid NOT NULL,
    number character varying(16) NOT NULL,
    code_id bigint NOT NULL,
    language character varying(5) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    taken_at timestamp with time zone,
    ended_at timestamp with time zone,
    result character varying(20) NOT NULL,
    switch_id bigint,
    CONSTRAINT code_call_ended_whole CHECK ((((ended_at IS NULL) AND ((result)::text = ''::text)) OR ((ended_at IS NOT NULL) AND (NOT ((result)::text = ''::text)))))
);

ALTER TABLE public.telephony_codecall ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_codecall_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_hotline (
    id bigint NOT NULL,
    keys character varying(15) NOT NULL,
    number character varying(16) NOT NULL,
    name character varying(80) NOT NULL,
    name_es character varying(80) NOT NULL,
    retired_at timestamp with time zone,
    facility_id bigint NOT NULL,
    CONSTRAINT hotline_keys_are_digits CHECK (((keys)::text ~ '^[0-9]{1,15}$'::text))
);

ALTER TABLE public.telephony_hotline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_hotline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_knownnumber (
    id bigint NOT NULL,
    number character varying(16) NOT NULL,
    privileged_since timestamp with time zone,
    do_not_record boolean NOT NULL,
    relay boolean NOT NULL,
    watched boolean NOT NULL,
    agency_id bigint NOT NULL,
    owner character varying(80) NOT NULL
);

ALTER TABLE public.telephony_knownnumber ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_knownnumber_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_linehours (
    id bigint NOT NULL,
    days character varying(7) NOT NULL,
    opens time without time zone NOT NULL,
    closes time without time zone NOT NULL,
    limits_id bigint NOT NULL
);

ALTER TABLE public.telephony_linehours ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_linehours_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_linestop (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    reason character varying(300) NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    made_at timestamp with time zone NOT NULL,
    facility_id bigint NOT NULL,
    made_by_id bigint NOT NULL,
    resident_id bigint,
    unit_id bigint,
    CONSTRAINT line_stop_ends_after_start CHECK (((ends_at IS NULL) OR (ends_at > starts_at))),
    CONSTRAINT stop_has_reason CHECK ((NOT ((reason)::text = ''::text))),
    CONSTRAINT suspension_of_a_resident CHECK (((((kind)::text = 'suspended'::text) AND (resident_id IS NOT NULL)) OR ((NOT ((kind)::text = 'suspended'::text)) AND (resident_id IS NULL))))
);

ALTER TABLE public.telephony_linestop ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_linestop_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_numberappeal (
    id bigint NOT NULL,
    text character varying(1000) NOT NULL,
    denied_at timestamp with time zone NOT NULL,
    denied_reason character varying(300) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    granted boolean,
    answer character varying(300) NOT NULL,
    decided_by_id bigint,
    denied_by_id bigint NOT NULL,
    listed_id bigint NOT NULL,
    user_id bigint,
    CONSTRAINT number_appeal_decided_by_another CHECK (((decided_by_id IS NULL) OR (NOT ((decided_by_id = denied_by_id) AND (decided_by_id IS NOT NULL))))),
    CONSTRAINT number_appeal_decided_whole CHECK (((((answer)::text = ''::text) AND (decided_at IS NULL) AND (decided_by_id IS NULL) AND (granted IS NULL)) OR ((decided_at IS NOT NULL) AND (decided_by_id IS NOT NULL) AND (granted IS NOT NULL) AND (NOT ((answer)::text = ''::text))))),
    CONSTRAINT number_appeal_says_something CHECK ((NOT ((text)::text = ''::text)))
);

ALTER TABLE public.telephony_numberappeal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_numberappeal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_numberblock (
    id bigint NOT NULL,
    number character varying(16) NOT NULL,
    is_prefix boolean NOT NULL,
    by character varying(12) NOT NULL,
    note character varying(300) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    lifted_at timestamp with time zone,
    facility_id bigint,
    lifted_by_id bigint,
    made_by_id bigint,
    CONSTRAINT block_has_note CHECK ((NOT ((note)::text = ''::text))),
    CONSTRAINT block_is_of_a_number CHECK (((number)::text ~ '^\+[1-9][0-9]{0,14}$'::text)),
    CONSTRAINT called_party_blocks_everywhere CHECK (((((by)::text = 'called_party'::text) AND (facility_id IS NULL) AND (NOT is_prefix)) OR ((NOT ((by)::text = 'called_party'::text)) AND (facility_id IS NOT NULL))))
);

ALTER TABLE public.telephony_numberblock ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_numberblock_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_numbernote (
    id bigint NOT NULL,
    number character varying(16) NOT NULL,
    act character varying(40) NOT NULL,
    note character varying(300) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    agency_id bigint NOT NULL,
    made_by_id bigint,
    CONSTRAINT note_says_something CHECK ((NOT ((note)::text = ''::text)))
);

ALTER TABLE public.telephony_numbernote ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_numbernote_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_population (
    id bigint NOT NULL,
    year smallint NOT NULL,
    person_days integer NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    counted_by_id bigint,
    facility_id bigint NOT NULL,
    CONSTRAINT telephony_population_person_days_check CHECK ((person_days >= 0)),
    CONSTRAINT telephony_population_year_check CHECK ((year >= 0))
);

ALTER TABLE public.telephony_population ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_population_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_ratecap (
    id bigint NOT NULL,
    jurisdiction character varying(40) NOT NULL,
    tier character varying(20) NOT NULL,
    micro integer NOT NULL,
    since date NOT NULL,
    until date,
    source character varying(300) NOT NULL,
    status character varying(1) NOT NULL,
    CONSTRAINT cap_ends_after_start CHECK (((until IS NULL) OR (until > since))),
    CONSTRAINT telephony_ratecap_micro_check CHECK ((micro >= 0))
);

ALTER TABLE public.telephony_ratecap ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_ratecap_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_rateplan (
    id bigint NOT NULL,
    effective_from timestamp with time zone NOT NULL,
    made_at timestamp with time zone NOT NULL,
    facility_id bigint NOT NULL,
    made_by_id bigint
);

ALTER TABLE public.telephony_rateplan ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_rateplan_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_recordedname (
    id bigint NOT NULL,
    sound bytea NOT NULL,
    sha256 bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    reason character varying(300) NOT NULL,
    barred boolean NOT NULL,
    removed_by_id bigint,
    resident_id bigint NOT NULL,
    station_id bigint,
    CONSTRAINT name_taken_away_with_reason CHECK ((((NOT barred) AND (removed_by_id IS NULL)) OR ((removed_at IS NOT NULL) AND (NOT ((reason)::text = ''::text))))),
    CONSTRAINT name_that_is_gone_keeps_no_sound CHECK ((((removed_at IS NULL) AND (NOT (sound = '\x'::bytea))) OR ((removed_at IS NOT NULL) AND (sound = '\x'::bytea))))
);

ALTER TABLE public.telephony_recordedname ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_recordedname_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_recording (
    id bigint NOT NULL,
    file character varying(200) NOT NULL,
    sha256 bytea NOT NULL,
    seconds integer NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    quarantined_at timestamp with time zone,
    purged_at timestamp with time zone,
    call_id bigint NOT NULL,
    held_at timestamp with time zone,
    held_by_id bigint,
    held_reason character varying(300) NOT NULL,
    purge_id bigint,
    CONSTRAINT recording_hold_whole CHECK ((((held_at IS NULL) AND (held_by_id IS NULL) AND ((held_reason)::text = ''::text)) OR ((held_at IS NOT NULL) AND (held_by_id IS NOT NULL) AND (NOT ((held_reason)::text = ''::text))))),
    CONSTRAINT recording_purge_whole CHECK ((((purge_id IS NULL) AND (purged_at IS NULL)) OR ((held_at IS NULL) AND (purge_id IS NOT NULL) AND (purged_at IS NOT NULL)))),
    CONSTRAINT telephony_recording_seconds_check CHECK ((seconds >= 0))
);

ALTER TABLE public.telephony_recording ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_recording_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_recordingpurge (
    id bigint NOT NULL,
    days smallint NOT NULL,
    begun_before timestamp with time zone NOT NULL,
    count integer NOT NULL,
    first_begun_at timestamp with time zone NOT NULL,
    last_begun_at timestamp with time zone NOT NULL,
    digest bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    facility_id bigint NOT NULL,
    CONSTRAINT recordings_purged_some CHECK ((count > 0)),
    CONSTRAINT telephony_recordingpurge_count_check CHECK ((count >= 0)),
    CONSTRAINT telephony_recordingpurge_days_check CHECK ((days >= 0))
);

ALTER TABLE public.telephony_recordingpurge ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_recordingpurge_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_speeddial (
    id bigint NOT NULL,
    keys character varying(2) NOT NULL,
    number character varying(16) NOT NULL,
    resident_id bigint NOT NULL,
    CONSTRAINT speed_dial_is_short CHECK (((keys)::text ~ '^[1-9][0-9]?$'::text))
);

ALTER TABLE public.telephony_speeddial ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_speeddial_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_station (
    id bigint NOT NULL,
    label character varying(60) NOT NULL,
    username character varying(50) NOT NULL,
    salt bytea NOT NULL,
    language character varying(5) NOT NULL,
    relay boolean NOT NULL,
    enrolled_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone,
    disabled_at timestamp with time zone,
    facility_id bigint NOT NULL,
    unit_id bigint
);

ALTER TABLE public.telephony_station ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_station_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_switch (
    id bigint NOT NULL,
    name character varying(50) NOT NULL,
    token_digest bytea NOT NULL,
    boot_id character varying(64) NOT NULL,
    seen_at timestamp with time zone,
    disabled_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    agency_id bigint
);

ALTER TABLE public.telephony_switch ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_switch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_telephonesettings (
    facility_id bigint NOT NULL,
    holds character varying(6) NOT NULL,
    payers jsonb NOT NULL,
    asks character varying(8) NOT NULL,
    places jsonb NOT NULL,
    lists_numbers boolean NOT NULL,
    list_limit smallint NOT NULL,
    courtesy_seconds smallint NOT NULL,
    ring_seconds smallint NOT NULL,
    accept_key character varying(1) NOT NULL,
    refuse_key character varying(1) NOT NULL,
    price_key character varying(1) NOT NULL,
    block_key character varying(1) NOT NULL,
    records boolean NOT NULL,
    recordings_days smallint NOT NULL,
    cuts_forwarded boolean NOT NULL,
    quota_for_privileged boolean NOT NULL,
    additive_on_top boolean NOT NULL,
    caller_id character varying(16) NOT NULL,
    records_names boolean NOT NULL,
    CONSTRAINT courtesy_is_short CHECK ((courtesy_seconds <= 300)),
    CONSTRAINT ring_humane CHECK (((ring_seconds >= 10) AND (ring_seconds <= 120))),
    CONSTRAINT telephony_telephonesettings_courtesy_seconds_check CHECK ((courtesy_seconds >= 0)),
    CONSTRAINT telephony_telephonesettings_list_limit_check CHECK ((list_limit >= 0)),
    CONSTRAINT telephony_telephonesettings_recordings_days_check CHECK ((recordings_days >= 0)),
    CONSTRAINT telephony_telephonesettings_ring_seconds_check CHECK ((ring_seconds >= 0))
);

CREATE TABLE public.telephony_termination (
    id bigint NOT NULL,
    country character varying(3) NOT NULL,
    micro integer NOT NULL,
    since date NOT NULL,
    CONSTRAINT telephony_termination_micro_check CHECK ((micro >= 0))
);

ALTER TABLE public.telephony_termination ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_termination_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telephony_trunk (
    id bigint NOT NULL,
    name character varying(50) NOT NULL,
    host character varying(200) NOT NULL,
    port integer NOT NULL,
    username character varying(80) NOT NULL,
    secret_name character varying(80) NOT NULL,
    rank smallint NOT NULL,
    disabled_at timestamp with time zone,
    CONSTRAINT telephony_trunk_port_check CHECK ((port >= 0)),
    CONSTRAINT telephony_trunk_rank_check CHECK ((rank >= 0))
);

ALTER TABLE public.telephony_trunk ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.telephony_trunk_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY public.procrastinate_events ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_events_id_seq'::regclass);

ALTER TABLE ONLY public.procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_jobs_id_seq'::regclass);

ALTER TABLE ONLY public.procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_periodic_defers_id_seq'::regclass);

INSERT INTO public.auth_permission VALUES
	(1, 'Can add audit event', 1, 'add_auditevent'),
	(2, 'Can change audit event', 1, 'change_auditevent'),
	(3, 'Can delete audit event', 1, 'delete_auditevent'),
	(4, 'Can view audit event', 1, 'view_auditevent'),
	(5, 'Can add audit seal', 2, 'add_auditseal'),
	(6, 'Can change audit seal', 2, 'change_auditseal'),
	(7, 'Can delete audit seal', 2, 'delete_auditseal'),
	(8, 'Can view audit seal', 2, 'view_auditseal'),
	(9, 'Can add account', 3, 'add_account'),
	(10, 'Can change account', 3, 'change_account'),
	(11, 'Can delete account', 3, 'delete_account'),
	(12, 'Can view account', 3, 'view_account'),
	(13, 'Can add balance', 4, 'add_balance'),
	(14, 'Can change balance', 4, 'change_balance'),
	(15, 'Can delete balance', 4, 'delete_balance'),
	(16, 'Can view balance', 4, 'view_balance'),
	(17, 'Can add entry', 5, 'add_entry'),
	(18, 'Can change entry', 5, 'change_entry'),
	(19, 'Can delete entry', 5, 'delete_entry'),
	(20, 'Can view entry', 5, 'view_entry'),
	(21, 'Can add posting', 6, 'add_posting'),
	(22, 'Can change posting', 6, 'change_posting'),
	(23, 'Can delete posting', 6, 'delete_posting'),
	(24, 'Can view posting', 6, 'view_posting'),
	(25, 'Can add hold', 7, 'add_hold'),
	(26, 'Can change hold', 7, 'change_hold'),
	(27, 'Can delete hold', 7, 'delete_hold'),
	(28, 'Can view hold', 7, 'view_hold'),
	(29, 'Can add hold line', 8, 'add_holdline'),
	(30, 'Can change hold line', 8, 'change_holdline'),
	(31, 'Can delete hold line', 8, 'delete_holdline'),
	(32, 'Can view hold line', 8, 'view_holdline'),
	(33, 'Can add resolution', 9, 'add_resolution'),
	(34, 'Can change resolution', 9, 'change_resolution'),
	(35, 'Can delete resolution', 9, 'delete_resolution'),
	(36, 'Can view resolution', 9, 'view_resolution'),
	(37, 'Can add month', 10, 'add_month'),
	(38, 'Can change month', 10, 'change_month'),
	(39, 'Can delete month', 10, 'delete_month'),
	(40, 'Can view month', 10, 'view_month'),
	(41, 'Can add agency', 11, 'add_agency'),
	(42, 'Can change agency', 11, 'change_agency'),
	(43, 'Can delete agency', 11, 'delete_agency'),
	(44, 'Can view agency', 11, 'view_agency'),
	(45, 'Can add facility', 12, 'add_facility'),
	(46, 'Can change facility', 12, 'change_facility'),
	(47, 'Can delete facility', 12, 'delete_facility'),
	(48, 'Can view facility', 12, 'view_facility'),
	(49, 'Can add holiday', 13, 'add_holiday'),
	(50, 'Can change holiday', 13, 'change_holiday'),
	(51, 'Can delete holiday', 13, 'delete_holiday'),
	(52, 'Can view holiday', 13, 'view_holiday'),
	(53, 'Can add housing unit', 14, 'add_housingunit'),
	(54, 'Can change housing unit', 14, 'change_housingunit'),
	(55, 'Can delete housing unit', 14, 'delete_housingunit'),
	(56, 'Can view housing unit', 14, 'view_housingunit'),
	(57, 'Can add kiosk', 15, 'add_kiosk'),
	(58, 'Can change kiosk', 15, 'change_kiosk'),
	(59, 'Can delete kiosk', 15, 'delete_kiosk'),
	(60, 'Can view kiosk', 15, 'view_kiosk'),
	(61, 'Can add message price', 16, 'add_messageprice'),
	(62, 'Can change message price', 16, 'change_messageprice'),
	(63, 'Can delete message price', 16, 'delete_messageprice'),
	(64, 'Can view message price', 16, 'view_messageprice'),
	(65, 'Can add refusal reason', 17, 'add_refusalreason'),
	(66, 'Can change refusal reason', 17, 'change_refusalreason'),
	(67, 'Can delete refusal reason', 17, 'delete_refusalreason'),
	(68, 'Can view refusal reason', 17, 'view_refusalreason'),
	(69, 'Can add terms', 18, 'add_terms'),
	(70, 'Can change terms', 18, 'change_terms'),
	(71, 'Can delete terms', 18, 'delete_terms'),
	(72, 'Can view terms', 18, 'view_terms'),
	(73, 'Can add user', 19, 'add_user'),
	(74, 'Can change user', 19, 'change_user'),
	(75, 'Can delete user', 19, 'delete_user'),
	(76, 'Can view user', 19, 'view_user'),
	(77, 'Can add attempt', 20, 'add_attempt'),
	(78, 'Can change attempt', 20, 'change_attempt'),
	(79, 'Can delete attempt', 20, 'delete_attempt'),
	(80, 'Can view attempt', 20, 'view_attempt'),
	(81, 'Can add one time code', 21, 'add_onetimecode'),
	(82, 'Can change one time code', 21, 'change_onetimecode'),
	(83, 'Can delete one time code', 21, 'delete_onetimecode'),
	(84, 'Can view one time code', 21, 'view_onetimecode'),
	(85, 'Can add session', 22, 'add_session'),
	(86, 'Can change session', 22, 'change_session'),
	(87, 'Can delete session', 22, 'delete_session'),
	(88, 'Can view session', 22, 'view_session'),
	(89, 'Can add staff role', 23, 'add_staffrole'),
	(90, 'Can change staff role', 23, 'change_staffrole'),
	(91, 'Can delete staff role', 23, 'delete_staffrole'),
	(92, 'Can view staff role', 23, 'view_staffrole'),
	(93, 'Can add terms acceptance', 24, 'add_termsacceptance'),
	(94, 'Can change terms acceptance', 24, 'change_termsacceptance'),
	(95, 'Can delete terms acceptance', 24, 'delete_termsacceptance'),
	(96, 'Can view terms acceptance', 24, 'view_termsacceptance'),
	(97, 'Can add closure', 25, 'add_closure'),
	(98, 'Can change closure', 25, 'change_closure'),
	(99, 'Can delete closure', 25, 'delete_closure'),
	(100, 'Can view closure', 25, 'view_closure'),
	(101, 'Can add second factor', 26, 'add_secondfactor'),
	(102, 'Can change second factor', 26, 'change_secondfactor'),
	(103, 'Can delete second factor', 26, 'delete_secondfactor'),
	(104, 'Can view second factor', 26, 'view_secondfactor'),
	(105, 'Can add recovery code', 27, 'add_recoverycode'),
	(106, 'Can change recovery code', 27, 'change_recoverycode'),
	(107, 'Can delete recovery code', 27, 'delete_recoverycode'),
	(108, 'Can view recovery code', 27, 'view_recoverycode'),
	(109, 'Can add passkey', 28, 'add_passkey'),
	(110, 'Can change passkey', 28, 'change_passkey'),
	(111, 'Can delete passkey', 28, 'delete_passkey'),
	(112, 'Can view passkey', 28, 'view_passkey'),
	(113, 'Can add challenge', 29, 'add_challenge'),
	(114, 'Can change challenge', 29, 'change_challenge'),
	(115, 'Can delete challenge', 29, 'delete_challenge'),
	(116, 'Can view challenge', 29, 'view_challenge'),
	(117, 'Can add sign in lock', 30, 'add_signinlock'),
	(118, 'Can change sign in lock', 30, 'change_signinlock'),
	(119, 'Can delete sign in lock', 30, 'delete_signinlock'),
	(120, 'Can view sign in lock', 30, 'view_signinlock'),
	(121, 'Can add report key', 31, 'add_reportkey'),
	(122, 'Can change report key', 31, 'change_reportkey'),
	(123, 'Can delete report key', 31, 'delete_reportkey'),
	(124, 'Can view report key', 31, 'view_reportkey'),
	(125, 'Can add resident', 32, 'add_resident'),
	(126, 'Can change resident', 32, 'change_resident'),
	(127, 'Can delete resident', 32, 'delete_resident'),
	(128, 'Can view resident', 32, 'view_resident'),
	(129, 'Can add pin', 33, 'add_pin'),
	(130, 'Can change pin', 33, 'change_pin'),
	(131, 'Can delete pin', 33, 'delete_pin'),
	(132, 'Can view pin', 33, 'view_pin'),
	(133, 'Can add custody', 34, 'add_custody'),
	(134, 'Can change custody', 34, 'change_custody'),
	(135, 'Can delete custody', 34, 'delete_custody'),
	(136, 'Can view custody', 34, 'view_custody'),
	(137, 'Can add resident session', 35, 'add_residentsession'),
	(138, 'Can change resident session', 35, 'change_residentsession'),
	(139, 'Can delete resident session', 35, 'delete_residentsession'),
	(140, 'Can view resident session', 35, 'view_residentsession'),
	(141, 'Can add kiosk turns', 36, 'add_kioskturns'),
	(142, 'Can change kiosk turns', 36, 'change_kioskturns'),
	(143, 'Can delete kiosk turns', 36, 'delete_kioskturns'),
	(144, 'Can view kiosk turns', 36, 'view_kioskturns'),
	(145, 'Can add invitation', 37, 'add_invitation'),
	(146, 'Can change invitation', 37, 'change_invitation'),
	(147, 'Can delete invitation', 37, 'delete_invitation'),
	(148, 'Can view invitation', 37, 'view_invitation'),
	(149, 'Can add arrival watch', 38, 'add_arrivalwatch'),
	(150, 'Can change arrival watch', 38, 'change_arrivalwatch'),
	(151, 'Can delete arrival watch', 38, 'delete_arrivalwatch'),
	(152, 'Can view arrival watch', 38, 'view_arrivalwatch'),
	(153, 'Can add contact', 39, 'add_contact'),
	(154, 'Can change contact', 39, 'change_contact'),
	(155, 'Can delete contact', 39, 'delete_contact'),
	(156, 'Can view contact', 39, 'view_contact'),
	(157, 'Can add restriction', 40, 'add_restriction'),
	(158, 'Can change restriction', 40, 'change_restriction'),
	(159, 'Can delete restriction', 40, 'delete_restriction'),
	(160, 'Can view restriction', 40, 'view_restriction'),
	(161, 'Can add privilege claim', 41, 'add_privilegeclaim'),
	(162, 'Can change privilege claim', 41, 'change_privilegeclaim'),
	(163, 'Can delete privilege claim', 41, 'delete_privilegeclaim'),
	(164, 'Can view privilege claim', 41, 'view_privilegeclaim'),
	(165, 'Can add policy', 42, 'add_policy'),
	(166, 'Can change policy', 42, 'change_policy'),
	(167, 'Can delete policy', 42, 'delete_policy'),
	(168, 'Can view policy', 42, 'view_policy'),
	(169, 'Can add hit', 43, 'add_hit'),
	(170, 'Can change hit', 43, 'change_hit'),
	(171, 'Can delete hit', 43, 'delete_hit'),
	(172, 'Can view hit', 43, 'view_hit'),
	(173, 'Can add list follower', 44, 'add_listfollower'),
	(174, 'Can change list follower', 44, 'change_listfollower'),
	(175, 'Can delete list follower', 44, 'delete_listfollower'),
	(176, 'Can view list follower', 44, 'view_listfollower'),
	(177, 'Can add phrase', 45, 'add_phrase'),
	(178, 'Can change phrase', 45, 'change_phrase'),
	(179, 'Can delete phrase', 45, 'delete_phrase'),
	(180, 'Can view phrase', 45, 'view_phrase'),
	(181, 'Can add policy draft', 46, 'add_policydraft'),
	(182, 'Can change policy draft', 46, 'change_policydraft'),
	(183, 'Can delete policy draft', 46, 'delete_policydraft'),
	(184, 'Can view policy draft', 46, 'view_policydraft'),
	(185, 'Can add screening', 47, 'add_screening'),
	(186, 'Can change screening', 47, 'change_screening'),
	(187, 'Can delete screening', 47, 'delete_screening'),
	(188, 'Can view screening', 47, 'view_screening'),
	(189, 'Can add watched person', 48, 'add_watchedperson'),
	(190, 'Can change watched person', 48, 'change_watchedperson'),
	(191, 'Can delete watched person', 48, 'delete_watchedperson'),
	(192, 'Can view watched person', 48, 'view_watchedperson'),
	(193, 'Can add watch list', 49, 'add_watchlist'),
	(194, 'Can change watch list', 49, 'change_watchlist'),
	(195, 'Can delete watch list', 49, 'delete_watchlist'),
	(196, 'Can view watch list', 49, 'view_watchlist'),
	(197, 'Can add stop', 50, 'add_stop'),
	(198, 'Can change stop', 50, 'change_stop'),
	(199, 'Can delete stop', 50, 'delete_stop'),
	(200, 'Can view stop', 50, 'view_stop'),
	(201, 'Can add message', 51, 'add_message'),
	(202, 'Can change message', 51, 'change_message'),
	(203, 'Can delete message', 51, 'delete_message'),
	(204, 'Can view message', 51, 'view_message'),
	(205, 'Can add body', 52, 'add_body'),
	(206, 'Can change body', 52, 'change_body'),
	(207, 'Can delete body', 52, 'delete_body'),
	(208, 'Can view body', 52, 'view_body'),
	(209, 'Can add draft', 53, 'add_draft'),
	(210, 'Can change draft', 53, 'change_draft'),
	(211, 'Can delete draft', 53, 'delete_draft'),
	(212, 'Can view draft', 53, 'view_draft'),
	(213, 'Can add mailbox', 54, 'add_mailbox'),
	(214, 'Can change mailbox', 54, 'change_mailbox'),
	(215, 'Can delete mailbox', 54, 'delete_mailbox'),
	(216, 'Can view mailbox', 54, 'view_mailbox'),
	(217, 'Can add review', 55, 'add_review'),
	(218, 'Can change review', 55, 'change_review'),
	(219, 'Can delete review', 55, 'delete_review'),
	(220, 'Can view review', 55, 'view_review'),
	(221, 'Can add appeal', 56, 'add_appeal'),
	(222, 'Can change appeal', 56, 'change_appeal'),
	(223, 'Can delete appeal', 56, 'delete_appeal'),
	(224, 'Can view appeal', 56, 'view_appeal'),
	(225, 'Can add search entry', 57, 'add_searchentry'),
	(226, 'Can change search entry', 57, 'change_searchentry'),
	(227, 'Can delete search entry', 57, 'delete_searchentry'),
	(228, 'Can view search entry', 57, 'view_searchentry'),
	(229, 'Can add prepaid reply', 58, 'add_prepaidreply'),
	(230, 'Can change prepaid reply', 58, 'change_prepaidreply'),
	(231, 'Can delete prepaid reply', 58, 'delete_prepaidreply'),
	(232, 'Can view prepaid reply', 58, 'view_prepaidreply'),
	(233, 'Can add look', 59, 'add_look'),
	(234, 'Can change look', 59, 'change_look'),
	(235, 'Can delete look', 59, 'delete_look'),
	(236, 'Can view look', 59, 'view_look'),
	(237, 'Can add ruling', 60, 'add_ruling'),
	(238, 'Can change ruling', 60, 'change_ruling'),
	(239, 'Can delete ruling', 60, 'delete_ruling'),
	(240, 'Can view ruling', 60, 'view_ruling'),
	(241, 'Can add photo', 61, 'add_photo'),
	(242, 'Can change photo', 61, 'change_photo'),
	(243, 'Can delete photo', 61, 'delete_photo'),
	(244, 'Can view photo', 61, 'view_photo'),
	(245, 'Can add pixels', 62, 'add_pixels'),
	(246, 'Can change pixels', 62, 'change_pixels'),
	(247, 'Can delete pixels', 62, 'delete_pixels'),
	(248, 'Can view pixels', 62, 'view_pixels'),
	(249, 'Can add let go', 63, 'add_letgo'),
	(250, 'Can change let go', 63, 'change_letgo'),
	(251, 'Can delete let go', 63, 'delete_letgo'),
	(252, 'Can view let go', 63, 'view_letgo'),
	(253, 'Can add purge', 64, 'add_purge'),
	(254, 'Can change purge', 64, 'change_purge'),
	(255, 'Can delete purge', 64, 'delete_purge'),
	(256, 'Can view purge', 64, 'view_purge'),
	(257, 'Can add purged', 65, 'add_purged'),
	(258, 'Can change purged', 65, 'change_purged'),
	(259, 'Can delete purged', 65, 'delete_purged'),
	(260, 'Can view purged', 65, 'view_purged'),
	(261, 'Can add retention', 66, 'add_retention'),
	(262, 'Can change retention', 66, 'change_retention'),
	(263, 'Can delete retention', 66, 'delete_retention'),
	(264, 'Can view retention', 66, 'view_retention'),
	(265, 'Can add search', 67, 'add_search'),
	(266, 'Can change search', 67, 'change_search'),
	(267, 'Can delete search', 67, 'delete_search'),
	(268, 'Can view search', 67, 'view_search'),
	(269, 'Can add legal hold', 68, 'add_legalhold'),
	(270, 'Can change legal hold', 68, 'change_legalhold'),
	(271, 'Can delete legal hold', 68, 'delete_legalhold'),
	(272, 'Can view legal hold', 68, 'view_legalhold'),
	(273, 'Can add print batch', 69, 'add_printbatch'),
	(274, 'Can change print batch', 69, 'change_printbatch'),
	(275, 'Can delete print batch', 69, 'delete_printbatch'),
	(276, 'Can view print batch', 69, 'view_printbatch'),
	(277, 'Can add printed letter', 70, 'add_printedletter'),
	(278, 'Can change printed letter', 70, 'change_printedletter'),
	(279, 'Can delete printed letter', 70, 'delete_printedletter'),
	(280, 'Can view printed letter', 70, 'view_printedletter'),
	(281, 'Can add alert recipient', 71, 'add_alertrecipient'),
	(282, 'Can change alert recipient', 71, 'change_alertrecipient'),
	(283, 'Can delete alert recipient', 71, 'delete_alertrecipient'),
	(284, 'Can view alert recipient', 71, 'view_alertrecipient'),
	(285, 'Can add appeal ruling', 72, 'add_appealruling'),
	(286, 'Can change appeal ruling', 72, 'change_appealruling'),
	(287, 'Can delete appeal ruling', 72, 'delete_appealruling'),
	(288, 'Can view appeal ruling', 72, 'view_appealruling'),
	(289, 'Can add email', 73, 'add_email'),
	(290, 'Can change email', 73, 'change_email'),
	(291, 'Can delete email', 73, 'delete_email'),
	(292, 'Can view email', 73, 'view_email'),
	(293, 'Can add notice', 74, 'add_notice'),
	(294, 'Can change notice', 74, 'change_notice'),
	(295, 'Can delete notice', 74, 'delete_notice'),
	(296, 'Can view notice', 74, 'view_notice'),
	(297, 'Can add broadcast', 75, 'add_broadcast'),
	(298, 'Can change broadcast', 75, 'change_broadcast'),
	(299, 'Can delete broadcast', 75, 'delete_broadcast'),
	(300, 'Can view broadcast', 75, 'view_broadcast'),
	(301, 'Can add deposit', 76, 'add_deposit'),
	(302, 'Can change deposit', 76, 'change_deposit'),
	(303, 'Can delete deposit', 76, 'delete_deposit'),
	(304, 'Can view deposit', 76, 'view_deposit'),
	(305, 'Can add difference', 77, 'add_difference'),
	(306, 'Can change difference', 77, 'change_difference'),
	(307, 'Can delete difference', 77, 'delete_difference'),
	(308, 'Can view difference', 77, 'view_difference'),
	(309, 'Can add dispute', 78, 'add_dispute'),
	(310, 'Can change dispute', 78, 'change_dispute'),
	(311, 'Can delete dispute', 78, 'delete_dispute'),
	(312, 'Can view dispute', 78, 'view_dispute'),
	(313, 'Can add dormancy rule', 79, 'add_dormancyrule'),
	(314, 'Can change dormancy rule', 79, 'change_dormancyrule'),
	(315, 'Can delete dormancy rule', 79, 'delete_dormancyrule'),
	(316, 'Can view dormancy rule', 79, 'view_dormancyrule'),
	(317, 'Can add keep', 80, 'add_keep'),
	(318, 'Can change keep', 80, 'change_keep'),
	(319, 'Can delete keep', 80, 'delete_keep'),
	(320, 'Can view keep', 80, 'view_keep'),
	(321, 'Can add listed number', 81, 'add_listednumber'),
	(322, 'Can change listed number', 81, 'change_listednumber'),
	(323, 'Can delete listed number', 81, 'delete_listednumber'),
	(324, 'Can view listed number', 81, 'view_listednumber'),
	(325, 'Can add number code', 82, 'add_numbercode'),
	(326, 'Can change number code', 82, 'change_numbercode'),
	(327, 'Can delete number code', 82, 'delete_numbercode'),
	(328, 'Can view number code', 82, 'view_numbercode'),
	(329, 'Can add pay out', 83, 'add_payout'),
	(330, 'Can change pay out', 83, 'change_payout'),
	(331, 'Can delete pay out', 83, 'delete_payout'),
	(332, 'Can view pay out', 83, 'view_payout'),
	(333, 'Can add prepaid number', 84, 'add_prepaidnumber'),
	(334, 'Can change prepaid number', 84, 'change_prepaidnumber'),
	(335, 'Can delete prepaid number', 84, 'delete_prepaidnumber'),
	(336, 'Can view prepaid number', 84, 'view_prepaidnumber'),
	(337, 'Can add processor event', 85, 'add_processorevent'),
	(338, 'Can change processor event', 85, 'change_processorevent'),
	(339, 'Can delete processor event', 85, 'delete_processorevent'),
	(340, 'Can view processor event', 85, 'view_processorevent'),
	(341, 'Can add refund', 86, 'add_refund'),
	(342, 'Can change refund', 86, 'change_refund'),
	(343, 'Can delete refund', 86, 'delete_refund'),
	(344, 'Can view refund', 86, 'view_refund'),
	(345, 'Can add reminder', 87, 'add_reminder'),
	(346, 'Can change reminder', 87, 'change_reminder'),
	(347, 'Can delete reminder', 87, 'delete_reminder'),
	(348, 'Can view reminder', 87, 'view_reminder'),
	(349, 'Can add top up', 88, 'add_topup'),
	(350, 'Can change top up', 88, 'change_topup'),
	(351, 'Can delete top up', 88, 'delete_topup'),
	(352, 'Can view top up', 88, 'view_topup'),
	(353, 'Can add allowance', 89, 'add_allowance'),
	(354, 'Can change allowance', 89, 'change_allowance'),
	(355, 'Can delete allowance', 89, 'delete_allowance'),
	(356, 'Can view allowance', 89, 'view_allowance'),
	(357, 'Can add allowance use', 90, 'add_allowanceuse'),
	(358, 'Can change allowance use', 90, 'change_allowanceuse'),
	(359, 'Can delete allowance use', 90, 'delete_allowanceuse'),
	(360, 'Can view allowance use', 90, 'view_allowanceuse'),
	(361, 'Can add checkout', 91, 'add_checkout'),
	(362, 'Can change checkout', 91, 'change_checkout'),
	(363, 'Can delete checkout', 91, 'delete_checkout'),
	(364, 'Can view checkout', 91, 'view_checkout'),
	(365, 'Can add deposit file', 92, 'add_depositfile'),
	(366, 'Can change deposit file', 92, 'change_depositfile'),
	(367, 'Can delete deposit file', 92, 'delete_depositfile'),
	(368, 'Can view deposit file', 92, 'view_depositfile'),
	(369, 'Can add compared day', 93, 'add_comparedday'),
	(370, 'Can change compared day', 93, 'change_comparedday'),
	(371, 'Can delete compared day', 93, 'delete_comparedday'),
	(372, 'Can view compared day', 93, 'view_comparedday'),
	(373, 'Can add request form', 94, 'add_requestform'),
	(374, 'Can change request form', 94, 'change_requestform'),
	(375, 'Can delete request form', 94, 'delete_requestform'),
	(376, 'Can view request form', 94, 'view_requestform'),
	(377, 'Can add request draft', 95, 'add_requestdraft'),
	(378, 'Can change request draft', 95, 'change_requestdraft'),
	(379, 'Can delete request draft', 95, 'delete_requestdraft'),
	(380, 'Can view request draft', 95, 'view_requestdraft'),
	(381, 'Can add request', 96, 'add_request'),
	(382, 'Can change request', 96, 'change_request'),
	(383, 'Can delete request', 96, 'delete_request'),
	(384, 'Can view request', 96, 'view_request'),
	(385, 'Can add step', 97, 'add_step'),
	(386, 'Can change step', 97, 'change_step'),
	(387, 'Can delete step', 97, 'delete_step'),
	(388, 'Can view step', 97, 'view_step'),
	(389, 'Can add reporting', 98, 'add_reporting'),
	(390, 'Can change reporting', 98, 'change_reporting'),
	(391, 'Can delete reporting', 98, 'delete_reporting'),
	(392, 'Can view reporting', 98, 'view_reporting'),
	(393, 'Can add trunk', 99, 'add_trunk'),
	(394, 'Can change trunk', 99, 'change_trunk'),
	(395, 'Can delete trunk', 99, 'delete_trunk'),
	(396, 'Can view trunk', 99, 'view_trunk'),
	(397, 'Can add call', 100, 'add_call'),
	(398, 'Can change call', 100, 'change_call'),
	(399, 'Can delete call', 100, 'delete_call'),
	(400, 'Can view call', 100, 'view_call'),
	(401, 'Can add call limits', 101, 'add_calllimits'),
	(402, 'Can change call limits', 101, 'change_calllimits'),
	(403, 'Can delete call limits', 101, 'delete_calllimits'),
	(404, 'Can view call limits', 101, 'view_calllimits'),
	(405, 'Can add cdr', 102, 'add_cdr'),
	(406, 'Can change cdr', 102, 'change_cdr'),
	(407, 'Can delete cdr', 102, 'delete_cdr'),
	(408, 'Can view cdr', 102, 'view_cdr'),
	(409, 'Can add hotline', 103, 'add_hotline'),
	(410, 'Can change hotline', 103, 'change_hotline'),
	(411, 'Can delete hotline', 103, 'delete_hotline'),
	(412, 'Can view hotline', 103, 'view_hotline'),
	(413, 'Can add known number', 104, 'add_knownnumber'),
	(414, 'Can change known number', 104, 'change_knownnumber'),
	(415, 'Can delete known number', 104, 'delete_knownnumber'),
	(416, 'Can view known number', 104, 'view_knownnumber'),
	(417, 'Can add line hours', 105, 'add_linehours'),
	(418, 'Can change line hours', 105, 'change_linehours'),
	(419, 'Can delete line hours', 105, 'delete_linehours'),
	(420, 'Can view line hours', 105, 'view_linehours'),
	(421, 'Can add line stop', 106, 'add_linestop'),
	(422, 'Can change line stop', 106, 'change_linestop'),
	(423, 'Can delete line stop', 106, 'delete_linestop'),
	(424, 'Can view line stop', 106, 'view_linestop'),
	(425, 'Can add number block', 107, 'add_numberblock'),
	(426, 'Can change number block', 107, 'change_numberblock'),
	(427, 'Can delete number block', 107, 'delete_numberblock'),
	(428, 'Can view number block', 107, 'view_numberblock'),
	(429, 'Can add number note', 108, 'add_numbernote'),
	(430, 'Can change number note', 108, 'change_numbernote'),
	(431, 'Can delete number note', 108, 'delete_numbernote'),
	(432, 'Can view number note', 108, 'view_numbernote'),
	(433, 'Can add population', 109, 'add_population'),
	(434, 'Can change population', 109, 'change_population'),
	(435, 'Can delete population', 109, 'delete_population'),
	(436, 'Can view population', 109, 'view_population'),
	(437, 'Can add rate cap', 110, 'add_ratecap'),
	(438, 'Can change rate cap', 110, 'change_ratecap'),
	(439, 'Can delete rate cap', 110, 'delete_ratecap'),
	(440, 'Can view rate cap', 110, 'view_ratecap'),
	(441, 'Can add rate plan', 111, 'add_rateplan'),
	(442, 'Can change rate plan', 111, 'change_rateplan'),
	(443, 'Can delete rate plan', 111, 'delete_rateplan'),
	(444, 'Can view rate plan', 111, 'view_rateplan'),
	(445, 'Can add call rate', 112, 'add_callrate'),
	(446, 'Can change call rate', 112, 'change_callrate'),
	(447, 'Can delete call rate', 112, 'delete_callrate'),
	(448, 'Can view call rate', 112, 'view_callrate'),
	(449, 'Can add recording', 113, 'add_recording'),
	(450, 'Can change recording', 113, 'change_recording'),
	(451, 'Can delete recording', 113, 'delete_recording'),
	(452, 'Can view recording', 113, 'view_recording'),
	(453, 'Can add speed dial', 114, 'add_speeddial'),
	(454, 'Can change speed dial', 114, 'change_speeddial'),
	(455, 'Can delete speed dial', 114, 'delete_speeddial'),
	(456, 'Can view speed dial', 114, 'view_speeddial'),
	(457, 'Can add station', 115, 'add_station'),
	(458, 'Can change station', 115, 'change_station'),
	(459, 'Can delete station', 115, 'delete_station'),
	(460, 'Can view station', 115, 'view_station'),
	(461, 'Can add switch', 116, 'add_switch'),
	(462, 'Can change switch', 116, 'change_switch'),
	(463, 'Can delete switch', 116, 'delete_switch'),
	(464, 'Can view switch', 116, 'view_switch'),
	(465, 'Can add telephone settings', 117, 'add_telephonesettings'),
	(466, 'Can change telephone settings', 117, 'change_telephonesettings'),
	(467, 'Can delete telephone settings', 117, 'delete_telephonesettings'),
	(468, 'Can view telephone settings', 117, 'view_telephonesettings'),
	(469, 'Can add termination', 118, 'add_termination'),
	(470, 'Can change termination', 118, 'change_termination'),
	(471, 'Can delete termination', 118, 'delete_termination'),
	(472, 'Can view termination', 118, 'view_termination'),
	(473, 'Can add allowed number', 119, 'add_allowednumber'),
	(474, 'Can change allowed number', 119, 'change_allowednumber'),
	(475, 'Can delete allowed number', 119, 'delete_allowednumber'),
	(476, 'Can view allowed number', 119, 'view_allowednumber'),
	(477, 'Can add call event', 120, 'add_callevent'),
	(478, 'Can change call event', 120, 'change_callevent'),
	(479, 'Can delete call event', 120, 'delete_callevent'),
	(480, 'Can view call event', 120, 'view_callevent'),
	(481, 'Can add call me', 121, 'add_callme'),
	(482, 'Can change call me', 121, 'change_callme'),
	(483, 'Can delete call me', 121, 'delete_callme'),
	(484, 'Can view call me', 121, 'view_callme'),
	(485, 'Can add recording purge', 122, 'add_recordingpurge'),
	(486, 'Can change recording purge', 122, 'change_recordingpurge'),
	(487, 'Can delete recording purge', 122, 'delete_recordingpurge'),
	(488, 'Can view recording purge', 122, 'view_recordingpurge'),
	(489, 'Can add code call', 123, 'add_codecall'),
	(490, 'Can change code call', 123, 'change_codecall'),
	(491, 'Can delete code call', 123, 'delete_codecall'),
	(492, 'Can view code call', 123, 'view_codecall'),
	(493, 'Can add call correction', 124, 'add_callcorrection'),
	(494, 'Can change call correction', 124, 'change_callcorrection'),
	(495, 'Can delete call correction', 124, 'delete_callcorrection'),
	(496, 'Can view call correction', 124, 'view_callcorrection'),
	(497, 'Can add recorded name', 125, 'add_recordedname'),
	(498, 'Can change recorded name', 125, 'change_recordedname'),
	(499, 'Can delete recorded name', 125, 'delete_recordedname'),
	(500, 'Can view recorded name', 125, 'view_recordedname');
INSERT INTO public.auth_permission VALUES
	(501, 'Can add number appeal', 126, 'add_numberappeal'),
	(502, 'Can change number appeal', 126, 'change_numberappeal'),
	(503, 'Can delete number appeal', 126, 'delete_numberappeal'),
	(504, 'Can view number appeal', 126, 'view_numberappeal'),
	(505, 'Can add procrastinate event', 127, 'add_procrastinateevent'),
	(506, 'Can change procrastinate event', 127, 'change_procrastinateevent'),
	(507, 'Can delete procrastinate event', 127, 'delete_procrastinateevent'),
	(508, 'Can view procrastinate event', 127, 'view_procrastinateevent'),
	(509, 'Can add procrastinate job', 128, 'add_procrastinatejob'),
	(510, 'Can change procrastinate job', 128, 'change_procrastinatejob'),
	(511, 'Can delete procrastinate job', 128, 'delete_procrastinatejob'),
	(512, 'Can view procrastinate job', 128, 'view_procrastinatejob'),
	(513, 'Can add procrastinate periodic defer', 129, 'add_procrastinateperiodicdefer'),
	(514, 'Can change procrastinate periodic defer', 129, 'change_procrastinateperiodicdefer'),
	(515, 'Can delete procrastinate periodic defer', 129, 'delete_procrastinateperiodicdefer'),
	(516, 'Can view procrastinate periodic defer', 129, 'view_procrastinateperiodicdefer'),
	(517, 'Can add procrastinate worker', 130, 'add_procrastinateworker'),
	(518, 'Can change procrastinate worker', 130, 'change_procrastinateworker'),
	(519, 'Can delete procrastinate worker', 130, 'delete_procrastinateworker'),
	(520, 'Can view procrastinate worker', 130, 'view_procrastinateworker'),
	(521, 'Can add content type', 131, 'add_contenttype'),
	(522, 'Can change content type', 131, 'change_contenttype'),
	(523, 'Can delete content type', 131, 'delete_contenttype'),
	(524, 'Can view content type', 131, 'view_contenttype'),
	(525, 'Can add permission', 132, 'add_permission'),
	(526, 'Can change permission', 132, 'change_permission'),
	(527, 'Can delete permission', 132, 'delete_permission'),
	(528, 'Can view permission', 132, 'view_permission'),
	(529, 'Can add group', 133, 'add_group'),
	(530, 'Can change group', 133, 'change_group'),
	(531, 'Can delete group', 133, 'delete_group'),
	(532, 'Can view group', 133, 'view_group');

INSERT INTO public.django_content_type VALUES
	(1, 'core', 'auditevent'),
	(2, 'core', 'auditseal'),
	(3, 'ledger', 'account'),
	(4, 'ledger', 'balance'),
	(5, 'ledger', 'entry'),
	(6, 'ledger', 'posting'),
	(7, 'ledger', 'hold'),
	(8, 'ledger', 'holdline'),
	(9, 'ledger', 'resolution'),
	(10, 'ledger', 'month'),
	(11, 'facilities', 'agency'),
	(12, 'facilities', 'facility'),
	(13, 'facilities', 'holiday'),
	(14, 'facilities', 'housingunit'),
	(15, 'facilities', 'kiosk'),
	(16, 'facilities', 'messageprice'),
	(17, 'facilities', 'refusalreason'),
	(18, 'identity', 'terms'),
	(19, 'identity', 'user'),
	(20, 'identity', 'attempt'),
	(21, 'identity', 'onetimecode'),
	(22, 'identity', 'session'),
	(23, 'identity', 'staffrole'),
	(24, 'identity', 'termsacceptance'),
	(25, 'identity', 'closure'),
	(26, 'identity', 'secondfactor'),
	(27, 'identity', 'recoverycode'),
	(28, 'identity', 'passkey'),
	(29, 'identity', 'challenge'),
	(30, 'identity', 'signinlock'),
	(31, 'identity', 'reportkey'),
	(32, 'residents', 'resident'),
	(33, 'residents', 'pin'),
	(34, 'residents', 'custody'),
	(35, 'residents', 'residentsession'),
	(36, 'residents', 'kioskturns'),
	(37, 'contacts', 'invitation'),
	(38, 'contacts', 'arrivalwatch'),
	(39, 'contacts', 'contact'),
	(40, 'contacts', 'restriction'),
	(41, 'contacts', 'privilegeclaim'),
	(42, 'delivery', 'policy'),
	(43, 'delivery', 'hit'),
	(44, 'delivery', 'listfollower'),
	(45, 'delivery', 'phrase'),
	(46, 'delivery', 'policydraft'),
	(47, 'delivery', 'screening'),
	(48, 'delivery', 'watchedperson'),
	(49, 'delivery', 'watchlist'),
	(50, 'delivery', 'stop'),
	(51, 'messaging', 'message'),
	(52, 'messaging', 'body'),
	(53, 'messaging', 'draft'),
	(54, 'messaging', 'mailbox'),
	(55, 'messaging', 'review'),
	(56, 'messaging', 'appeal'),
	(57, 'messaging', 'searchentry'),
	(58, 'messaging', 'prepaidreply'),
	(59, 'messaging', 'look'),
	(60, 'messaging', 'ruling'),
	(61, 'messaging', 'photo'),
	(62, 'messaging', 'pixels'),
	(63, 'messaging', 'letgo'),
	(64, 'messaging', 'purge'),
	(65, 'messaging', 'purged'),
	(66, 'messaging', 'retention'),
	(67, 'messaging', 'search'),
	(68, 'messaging', 'legalhold'),
	(69, 'messaging', 'printbatch'),
	(70, 'messaging', 'printedletter'),
	(71, 'messaging', 'alertrecipient'),
	(72, 'messaging', 'appealruling'),
	(73, 'notices', 'email'),
	(74, 'notices', 'notice'),
	(75, 'notices', 'broadcast'),
	(76, 'payments', 'deposit'),
	(77, 'payments', 'difference'),
	(78, 'payments', 'dispute'),
	(79, 'payments', 'dormancyrule'),
	(80, 'payments', 'keep'),
	(81, 'payments', 'listednumber'),
	(82, 'payments', 'numbercode'),
	(83, 'payments', 'payout'),
	(84, 'payments', 'prepaidnumber'),
	(85, 'payments', 'processorevent'),
	(86, 'payments', 'refund'),
	(87, 'payments', 'reminder'),
	(88, 'payments', 'topup'),
	(89, 'payments', 'allowance'),
	(90, 'payments', 'allowanceuse'),
	(91, 'payments', 'checkout'),
	(92, 'payments', 'depositfile'),
	(93, 'payments', 'comparedday'),
	(94, 'requests', 'requestform'),
	(95, 'requests', 'requestdraft'),
	(96, 'requests', 'request'),
	(97, 'requests', 'step'),
	(98, 'requests', 'reporting'),
	(99, 'telephony', 'trunk'),
	(100, 'telephony', 'call'),
	(101, 'telephony', 'calllimits'),
	(102, 'telephony', 'cdr'),
	(103, 'telephony', 'hotline'),
	(104, 'telephony', 'knownnumber'),
	(105, 'telephony', 'linehours'),
	(106, 'telephony', 'linestop'),
	(107, 'telephony', 'numberblock'),
	(108, 'telephony', 'numbernote'),
	(109, 'telephony', 'population'),
	(110, 'telephony', 'ratecap'),
	(111, 'telephony', 'rateplan'),
	(112, 'telephony', 'callrate'),
	(113, 'telephony', 'recording'),
	(114, 'telephony', 'speeddial'),
	(115, 'telephony', 'station'),
	(116, 'telephony', 'switch'),
	(117, 'telephony', 'telephonesettings'),
	(118, 'telephony', 'termination'),
	(119, 'telephony', 'allowednumber'),
	(120, 'telephony', 'callevent'),
	(121, 'telephony', 'callme'),
	(122, 'telephony', 'recordingpurge'),
	(123, 'telephony', 'codecall'),
	(124, 'telephony', 'callcorrection'),
	(125, 'telephony', 'recordedname'),
	(126, 'telephony', 'numberappeal'),
	(127, 'procrastinate', 'procrastinateevent'),
	(128, 'procrastinate', 'procrastinatejob'),
	(129, 'procrastinate', 'procrastinateperiodicdefer'),
	(130, 'procrastinate', 'procrastinateworker'),
	(131, 'contenttypes', 'contenttype'),
	(132, 'auth', 'permission'),
	(133, 'auth', 'group');

INSERT INTO public.django_migrations VALUES
	(1, 'contenttypes', '0001_initial', now()),
	(2, 'contenttypes', '0002_remove_content_type_name', now()),
	(3, 'auth', '0001_initial', now()),
	(4, 'auth', '0002_alter_permission_name_max_length', now()),
	(5, 'auth', '0003_alter_user_email_max_length', now()),
	(6, 'auth', '0004_alter_user_username_opts', now()),
	(7, 'auth', '0005_alter_user_last_login_null', now()),
	(8, 'auth', '0006_require_contenttypes_0002', now()),
	(9, 'auth', '0007_alter_validators_add_error_messages', now()),
	(10, 'auth', '0008_alter_user_username_max_length', now()),
	(11, 'auth', '0009_alter_user_last_name_max_length', now()),
	(12, 'auth', '0010_alter_group_name_max_length', now()),
	(13, 'auth', '0011_update_proxy_permissions', now()),
	(14, 'auth', '0012_alter_user_first_name_max_length', now()),
	(15, 'facilities', '0001_initial', now()),
	(16, 'identity', '0001_initial', now()),
	(17, 'residents', '0001_initial', now()),
	(18, 'residents', '0002_search_by_name', now()),
	(19, 'contacts', '0001_initial', now()),
	(20, 'contacts', '0002_invitations_and_watches', now()),
	(21, 'contacts', '0003_privileged', now()),
	(22, 'procrastinate', '0001_initial', now()),
	(23, 'procrastinate', '0002_drop_started_at_column', now()),
	(24, 'procrastinate', '0003_drop_started_at_column', now()),
	(25, 'procrastinate', '0004_drop_procrastinate_version_table', now()),
	(26, 'procrastinate', '0005_fix_procrastinate_fetch_job', now()),
	(27, 'procrastinate', '0006_fix_trigger_status_events_insert', now()),
	(28, 'procrastinate', '0007_add_queueing_lock_column', now()),
	(29, 'procrastinate', '0008_close_fetch_job_race_condition', now()),
	(30, 'procrastinate', '0009_add_defer_job_function', now()),
	(31, 'procrastinate', '0010_add_procrastinate_periodic_defers', now()),
	(32, 'procrastinate', '0011_add_foreign_key_index', now()),
	(33, 'procrastinate', '0012_add_locks_to_periodic_defer', now()),
	(34, 'procrastinate', '0013_fix_procrastinate_defer_periodic_job', now()),
	(35, 'procrastinate', '0014_add_finish_job_and_retry_job_functions', now()),
	(36, 'procrastinate', '0015_add_trigger_on_job_deletion', now()),
	(37, 'procrastinate', '0016_delete_finished_jobs', now()),
	(38, 'procrastinate', '0017_add_checks_to_finish_job', now()),
	(39, 'procrastinate', '0018_add_checks_to_retry_job', now()),
	(40, 'procrastinate', '0019_fix_finish_job_compat_issue', now()),
	(41, 'procrastinate', '0020_add_index_on_procrastinate_jobs', now()),
	(42, 'procrastinate', '0021_add_kwargs_to_defer_periodic_job', now()),
	(43, 'procrastinate', '0022_null_locks_excluded', now()),
	(44, 'procrastinate', '0023_remove_old_finish_job_function', now()),
	(45, 'procrastinate', '0024_job_id_bigint', now()),
	(46, 'procrastinate', '0025_add_models', now()),
	(47, 'procrastinate', '0026_add_job_priority', now()),
	(48, 'procrastinate', '0027_add_periodic_job_priority', now()),
	(49, 'procrastinate', '0028_add_cancel_states', now()),
	(50, 'procrastinate', '0029_add_additional_params_to_retry_job', now()),
	(51, 'procrastinate', '0030_alter_procrastinateevent_options', now()),
	(52, 'procrastinate', '0031_add_indexes_for_fetch_job', now()),
	(53, 'procrastinate', '0032_pre_cancel_notification', now()),
	(54, 'procrastinate', '0033_post_cancel_notification', now()),
	(55, 'procrastinate', '0034_pre_add_heartbeat', now()),
	(56, 'procrastinate', '0035_post_add_heartbeat', now()),
	(57, 'procrastinate', '0036_add_worker_model', now()),
	(58, 'procrastinate', '0037_pre_batch_defer_jobs', now()),
	(59, 'procrastinate', '0038_post_batch_defer_jobs', now()),
	(60, 'procrastinate', '0039_pre_priority_lock_fetch_job', now()),
	(61, 'procrastinate', '0040_pre_retry_failed_job', now()),
	(62, 'procrastinate', '0041_post_retry_failed_job', now()),
	(63, 'core', '0001_initial', now()),
	(64, 'core', '0002_database_rules', now()),
	(65, 'core', '0003_audit_seals', now()),
	(66, 'core', '0004_figures', now()),
	(67, 'facilities', '0002_money', now()),
	(68, 'facilities', '0003_photos', now()),
	(69, 'delivery', '0001_initial', now()),
	(70, 'delivery', '0002_lists', now()),
	(71, 'delivery', '0003_stops', now()),
	(72, 'delivery', '0004_judged_hits', now()),
	(73, 'facilities', '0004_kiosk_links', now()),
	(74, 'facilities', '0005_privileged', now()),
	(75, 'residents', '0003_paper', now()),
	(76, 'residents', '0004_turns', now()),
	(77, 'residents', '0005_figures', now()),
	(78, 'telephony', '0001_initial', now()),
	(79, 'telephony', '0002_kept', now()),
	(80, 'telephony', '0003_call_me', now()),
	(81, 'telephony', '0004_recordings_kept', now()),
	(82, 'residents', '0006_passcode', now()),
	(83, 'telephony', '0005_code_calls', now()),
	(84, 'telephony', '0006_corrections', now()),
	(85, 'messaging', '0001_initial', now()),
	(86, 'messaging', '0002_search_and_deciders', now()),
	(87, 'messaging', '0003_flat', now()),
	(88, 'messaging', '0004_prepaid_reply', now()),
	(89, 'messaging', '0005_review', now()),
	(90, 'messaging', '0006_photos', now()),
	(91, 'ledger', '0001_initial', now()),
	(92, 'ledger', '0002_guards', now()),
	(93, 'ledger', '0003_functions', now()),
	(94, 'ledger', '0004_bank', now()),
	(95, 'flows', '0001_send_letter', now()),
	(96, 'flows', '0002_earned', now()),
	(97, 'flows', '0003_photos', now()),
	(98, 'flows', '0004_calls', now()),
	(99, 'flows', '0005_corrections', now()),
	(100, 'identity', '0002_proved_email_live_code', now()),
	(101, 'identity', '0003_closures', now()),
	(102, 'identity', '0004_second_factor', now()),
	(103, 'identity', '0005_staff_invitations', now()),
	(104, 'identity', '0006_passkeys', now()),
	(105, 'identity', '0007_report_keys', now()),
	(106, 'ledger', '0005_months', now()),
	(107, 'ledger', '0006_processor_fees', now()),
	(108, 'ledger', '0007_fewer_questions', now()),
	(109, 'messaging', '0007_record', now()),
	(110, 'messaging', '0008_held', now()),
	(111, 'messaging', '0009_paper', now()),
	(112, 'messaging', '0010_figures', now()),
	(113, 'messaging', '0011_appeal_rulings', now()),
	(114, 'messaging', '0012_paper_queue', now()),
	(115, 'notices', '0001_initial', now()),
	(116, 'notices', '0002_unread_indexes', now()),
	(117, 'notices', '0003_broadcasts', now()),
	(118, 'notices', '0004_spans', now()),
	(119, 'payments', '0001_initial', now()),
	(120, 'payments', '0002_money', now()),
	(121, 'payments', '0003_refunds', now()),
	(122, 'payments', '0004_checkout', now()),
	(123, 'payments', '0005_compared_days', now()),
	(124, 'requests', '0001_initial', now()),
	(125, 'requests', '0002_answers_stay', now()),
	(126, 'requests', '0003_reporting', now()),
	(127, 'telephony', '0007_recorded_names', now()),
	(128, 'telephony', '0008_number_appeals', now());

INSERT INTO public.payments_dormancyrule VALUES
	(1, '*', 36, 5000, 120, 'RUUPA section 201 (Vermont): 3 years; section 502: letter 60 to 180 days before, from $50', '2000-01-01');

INSERT INTO public.telephony_ratecap VALUES
	(1, 'US', 'prison', 140000, '2021-10-26', '2026-04-06', 'https://www.fcc.gov/consumers/guides/incarcerated-peoples-communications-services', 'S'),
	(2, 'US', 'prison', 110000, '2026-04-06', NULL, 'https://www.prisonpolicy.org/blog/2025/10/30/fcc-new-caps/', 'S'),
	(3, 'US', 'large', 160000, '2021-10-26', '2026-04-06', 'https://www.fcc.gov/consumers/guides/incarcerated-peoples-communications-services', 'S'),
	(4, 'US', 'large', 100000, '2026-04-06', NULL, 'https://www.prisonpolicy.org/blog/2025/10/30/fcc-new-caps/', 'S'),
	(5, 'US', 'medium', 210000, '2021-10-26', '2026-04-06', 'https://www.fcc.gov/consumers/guides/incarcerated-peoples-communications-services', 'S'),
	(6, 'US', 'medium', 120000, '2026-04-06', NULL, 'https://www.prisonpolicy.org/blog/2025/10/30/fcc-new-caps/', 'S'),
	(7, 'US', 'small', 210000, '2021-10-26', '2026-04-06', 'https://www.fcc.gov/consumers/guides/incarcerated-peoples-communications-services', 'S'),
	(8, 'US', 'small', 130000, '2026-04-06', NULL, 'https://www.prisonpolicy.org/blog/2025/10/30/fcc-new-caps/', 'S'),
	(9, 'US', 'very_small', 210000, '2021-10-26', '2026-04-06', 'https://www.fcc.gov/consumers/guides/incarcerated-peoples-communications-services', 'S'),
	(10, 'US', 'very_small', 150000, '2026-04-06', NULL, 'https://www.prisonpolicy.org/blog/2025/10/30/fcc-new-caps/', 'S'),
	(11, 'US', 'extremely_small', 210000, '2021-10-26', '2026-04-06', 'https://www.fcc.gov/consumers/guides/incarcerated-peoples-communications-services', 'S'),
	(12, 'US', 'extremely_small', 190000, '2026-04-06', NULL, 'https://www.prisonpolicy.org/blog/2025/10/30/fcc-new-caps/', 'S');

SELECT pg_catalog.setval('public.auth_group_id_seq', 1, false);

SELECT pg_catalog.setval('public.auth_group_permissions_id_seq', 1, false);

SELECT pg_catalog.setval('public.auth_permission_id_seq', 532, true);

SELECT pg_catalog.setval('public.contacts_arrivalwatch_id_seq', 1, false);

SELECT pg_catalog.setval('public.contacts_contact_id_seq', 1, false);

SELECT pg_catalog.setval('public.contacts_invitation_id_seq', 1, false);

SELECT pg_catalog.setval('public.contacts_privilegeclaim_id_seq', 1, false);

SELECT pg_catalog.setval('public.contacts_restriction_id_seq', 1, false);

SELECT pg_catalog.setval('public.core_audit_event_id_seq', 1, false);

SELECT pg_catalog.setval('public.delivery_hit_id_seq', 1, false);

SELECT pg_catalog.setval('public.delivery_listfollower_id_seq', 1, false);

SELECT pg_catalog.setval('public.delivery_phrase_id_seq', 1, false);

SELECT pg_catalog.setval('public.delivery_policy_id_seq', 1, false);

SELECT pg_catalog.setval('public.delivery_stop_id_seq', 1, false);

SELECT pg_catalog.setval('public.delivery_watchedperson_id_seq', 1, false);

SELECT pg_catalog.setval('public.delivery_watchlist_id_seq', 1, false);

SELECT pg_catalog.setval('public.django_content_type_id_seq', 133, true);

SELECT pg_catalog.setval('public.django_migrations_id_seq', 128, true);

SELECT pg_catalog.setval('public.facilities_agency_id_seq', 1, false);

SELECT pg_catalog.setval('public.facilities_facility_id_seq', 1, false);

SELECT pg_catalog.setval('public.facilities_holiday_id_seq', 1, false);

SELECT pg_catalog.setval('public.facilities_housingunit_id_seq', 1, false);

SELECT pg_catalog.setval('public.facilities_kiosk_id_seq', 1, false);

SELECT pg_catalog.setval('public.facilities_messageprice_id_seq', 1, false);

SELECT pg_catalog.setval('public.facilities_refusalreason_id_seq', 1, false);

SELECT pg_catalog.setval('public.identity_attempt_id_seq', 1, false);

SELECT pg_catalog.setval('public.identity_challenge_id_seq', 1, false);

SELECT pg_catalog.setval('public.identity_closure_id_seq', 1, false);

SELECT pg_catalog.setval('public.identity_onetimecode_id_seq', 1, false);

SELECT pg_catalog.setval('public.identity_passkey_id_seq', 1, false);

SELECT pg_catalog.setval('public.identity_recoverycode_id_seq', 1, false);

SELECT pg_catalog.setval('public.identity_reportkey_id_seq', 1, false);

SELECT pg_catalog.setval('public.identity_secondfactor_id_seq', 1, false);

SELECT pg_catalog.setval('public.identity_signinlock_id_seq', 1, false);

SELECT pg_catalog.setval('public.identity_staffrole_id_seq', 1, false);

SELECT pg_catalog.setval('public.identity_terms_id_seq', 1, false);

SELECT pg_catalog.setval('public.identity_termsacceptance_id_seq', 1, false);

SELECT pg_catalog.setval('public.identity_user_id_seq', 1, false);

SELECT pg_catalog.setval('public.ledger_account_id_seq', 1, false);

SELECT pg_catalog.setval('public.ledger_entry_id_seq', 1, false);

SELECT pg_catalog.setval('public.ledger_hold_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_alertrecipient_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_appeal_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_appealruling_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_draft_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_legalhold_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_look_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_mailbox_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_message_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_photo_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_prepaidreply_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_printbatch_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_printedletter_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_purge_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_retention_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_review_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_ruling_id_seq', 1, false);

SELECT pg_catalog.setval('public.messaging_search_id_seq', 1, false);

SELECT pg_catalog.setval('public.notices_broadcast_id_seq', 1, false);

SELECT pg_catalog.setval('public.notices_email_id_seq', 1, false);

SELECT pg_catalog.setval('public.notices_notice_id_seq', 1, false);

SELECT pg_catalog.setval('public.payments_allowance_id_seq', 1, false);

SELECT pg_catalog.setval('public.payments_allowanceuse_id_seq', 1, false);

SELECT pg_catalog.setval('public.payments_checkout_id_seq', 1, false);

SELECT pg_catalog.setval('public.payments_deposit_id_seq', 1, false);

SELECT pg_catalog.setval('public.payments_depositfile_id_seq', 1, false);

SELECT pg_catalog.setval('public.payments_difference_id_seq', 1, false);

SELECT pg_catalog.setval('public.payments_dispute_id_seq', 1, false);

SELECT pg_catalog.setval('public.payments_dormancyrule_id_seq', 1, true);

SELECT pg_catalog.setval('public.payments_keep_id_seq', 1, false);

SELECT pg_catalog.setval('public.payments_listednumber_id_seq', 1, false);

SELECT pg_catalog.setval('public.payments_numbercode_id_seq', 1, false);

SELECT pg_catalog.setval('public.payments_payout_id_seq', 1, false);

SELECT pg_catalog.setval('public.payments_prepaidnumber_id_seq', 1, false);

SELECT pg_catalog.setval('public.payments_processorevent_id_seq', 1, false);

SELECT pg_catalog.setval('public.payments_refund_id_seq', 1, false);

SELECT pg_catalog.setval('public.payments_reminder_id_seq', 1, false);

SELECT pg_catalog.setval('public.payments_topup_id_seq', 1, false);

SELECT pg_catalog.setval('public.procrastinate_events_id_seq', 1, false);

SELECT pg_catalog.setval('public.procrastinate_jobs_id_seq', 1, false);

SELECT pg_catalog.setval('public.procrastinate_periodic_defers_id_seq', 1, false);

SELECT pg_catalog.setval('public.procrastinate_workers_id_seq', 1, false);

SELECT pg_catalog.setval('public.requests_reporting_id_seq', 1, false);

SELECT pg_catalog.setval('public.requests_request_id_seq', 1, false);

SELECT pg_catalog.setval('public.requests_requestdraft_id_seq', 1, false);

SELECT pg_catalog.setval('public.requests_requestform_id_seq', 1, false);

SELECT pg_catalog.setval('public.requests_step_id_seq', 1, false);

SELECT pg_catalog.setval('public.residents_custody_id_seq', 1, false);

SELECT pg_catalog.setval('public.residents_resident_id_seq', 1, false);

SELECT pg_catalog.setval('public.residents_residentsession_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_allowednumber_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_call_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_callcorrection_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_callevent_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_calllimits_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_callme_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_callrate_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_cdr_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_codecall_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_hotline_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_knownnumber_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_linehours_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_linestop_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_numberappeal_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_numberblock_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_numbernote_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_population_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_ratecap_id_seq', 12, true);

SELECT pg_catalog.setval('public.telephony_rateplan_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_recordedname_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_recording_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_recordingpurge_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_speeddial_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_station_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_switch_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_termination_id_seq', 1, false);

SELECT pg_catalog.setval('public.telephony_trunk_id_seq', 1, false);

ALTER TABLE ONLY public.payments_allowance
    ADD CONSTRAINT allowance_once UNIQUE (facility_id, kind, effective_from);

ALTER TABLE ONLY public.payments_allowanceuse
    ADD CONSTRAINT allowance_used_once UNIQUE (kind, about);

ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contacts_arrivalwatch
    ADD CONSTRAINT contacts_arrivalwatch_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contacts_contact
    ADD CONSTRAINT contacts_contact_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contacts_invitation
    ADD CONSTRAINT contacts_invitation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contacts_invitation
    ADD CONSTRAINT contacts_invitation_token_digest_key UNIQUE (token_digest);

ALTER TABLE ONLY public.contacts_privilegeclaim
    ADD CONSTRAINT contacts_privilegeclaim_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contacts_restriction
    ADD CONSTRAINT contacts_restriction_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.core_audit_event
    ADD CONSTRAINT core_audit_event_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.core_audit_seal
    ADD CONSTRAINT core_audit_seal_event_id_key UNIQUE (event_id);

ALTER TABLE ONLY public.core_audit_seal
    ADD CONSTRAINT core_audit_seal_pkey PRIMARY KEY ("position");

ALTER TABLE ONLY public.delivery_hit
    ADD CONSTRAINT delivery_hit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.delivery_listfollower
    ADD CONSTRAINT delivery_listfollower_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.delivery_phrase
    ADD CONSTRAINT delivery_phrase_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.delivery_policy
    ADD CONSTRAINT delivery_policy_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.delivery_policydraft
    ADD CONSTRAINT delivery_policydraft_pkey PRIMARY KEY (facility_id);

ALTER TABLE ONLY public.delivery_screening
    ADD CONSTRAINT delivery_screening_pkey PRIMARY KEY (facility_id);

ALTER TABLE ONLY public.delivery_stop
    ADD CONSTRAINT delivery_stop_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.delivery_watchedperson
    ADD CONSTRAINT delivery_watchedperson_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.delivery_watchlist
    ADD CONSTRAINT delivery_watchlist_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_difference
    ADD CONSTRAINT difference_once UNIQUE (ref, kind);

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_dormancyrule
    ADD CONSTRAINT dormancy_once UNIQUE (region, effective_from);

ALTER TABLE ONLY public.facilities_agency
    ADD CONSTRAINT facilities_agency_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.facilities_agency
    ADD CONSTRAINT facilities_agency_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.facilities_facility
    ADD CONSTRAINT facilities_facility_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.facilities_facility
    ADD CONSTRAINT facilities_facility_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.facilities_holiday
    ADD CONSTRAINT facilities_holiday_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.facilities_housingunit
    ADD CONSTRAINT facilities_housingunit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.facilities_kiosk
    ADD CONSTRAINT facilities_kiosk_link_digest_key UNIQUE (link_digest);

ALTER TABLE ONLY public.facilities_kiosk
    ADD CONSTRAINT facilities_kiosk_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.facilities_kiosk
    ADD CONSTRAINT facilities_kiosk_token_digest_key UNIQUE (token_digest);

ALTER TABLE ONLY public.facilities_messageprice
    ADD CONSTRAINT facilities_messageprice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.facilities_refusalreason
    ADD CONSTRAINT facilities_refusalreason_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.delivery_listfollower
    ADD CONSTRAINT follows_once UNIQUE (list_id, user_id);

ALTER TABLE ONLY public.requests_requestform
    ADD CONSTRAINT form_code_in_facility UNIQUE (facility_id, code);

ALTER TABLE ONLY public.identity_attempt
    ADD CONSTRAINT identity_attempt_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.identity_challenge
    ADD CONSTRAINT identity_challenge_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.identity_closure
    ADD CONSTRAINT identity_closure_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.identity_closure
    ADD CONSTRAINT identity_closure_user_id_key UNIQUE (user_id);

ALTER TABLE ONLY public.identity_onetimecode
    ADD CONSTRAINT identity_onetimecode_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.identity_onetimecode
    ADD CONSTRAINT identity_onetimecode_token_digest_key UNIQUE (token_digest);

ALTER TABLE ONLY public.identity_passkey
    ADD CONSTRAINT identity_passkey_credential_id_key UNIQUE (credential_id);

ALTER TABLE ONLY public.identity_passkey
    ADD CONSTRAINT identity_passkey_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.identity_recoverycode
    ADD CONSTRAINT identity_recoverycode_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.identity_reportkey
    ADD CONSTRAINT identity_reportkey_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.identity_reportkey
    ADD CONSTRAINT identity_reportkey_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.identity_secondfactor
    ADD CONSTRAINT identity_secondfactor_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.identity_secondfactor
    ADD CONSTRAINT identity_secondfactor_user_id_key UNIQUE (user_id);

ALTER TABLE ONLY public.identity_session
    ADD CONSTRAINT identity_session_pkey PRIMARY KEY (session_key);

ALTER TABLE ONLY public.identity_signinlock
    ADD CONSTRAINT identity_signinlock_key_key UNIQUE (key);

ALTER TABLE ONLY public.identity_signinlock
    ADD CONSTRAINT identity_signinlock_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.identity_staffrole
    ADD CONSTRAINT identity_staffrole_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.identity_terms
    ADD CONSTRAINT identity_terms_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.identity_terms
    ADD CONSTRAINT identity_terms_version_key UNIQUE (version);

ALTER TABLE ONLY public.identity_termsacceptance
    ADD CONSTRAINT identity_termsacceptance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.identity_user
    ADD CONSTRAINT identity_user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_account
    ADD CONSTRAINT ledger_account_address UNIQUE (address);

ALTER TABLE ONLY public.ledger_account
    ADD CONSTRAINT ledger_account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_balance
    ADD CONSTRAINT ledger_balance_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_once UNIQUE (key);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_hold
    ADD CONSTRAINT ledger_hold_once UNIQUE (key);

ALTER TABLE ONLY public.ledger_hold
    ADD CONSTRAINT ledger_hold_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_holdline
    ADD CONSTRAINT ledger_holdline_pkey PRIMARY KEY (hold_id, line);

ALTER TABLE ONLY public.ledger_month
    ADD CONSTRAINT ledger_month_pkey PRIMARY KEY (account_id, month);

ALTER TABLE ONLY public.ledger_posting
    ADD CONSTRAINT ledger_posting_of_account UNIQUE (account_id, entry_id);

ALTER TABLE ONLY public.ledger_posting
    ADD CONSTRAINT ledger_posting_pkey PRIMARY KEY (entry_id, line);

ALTER TABLE ONLY public.ledger_resolution
    ADD CONSTRAINT ledger_resolution_entry_id_key UNIQUE (entry_id);

ALTER TABLE ONLY public.ledger_resolution
    ADD CONSTRAINT ledger_resolution_pkey PRIMARY KEY (hold_id);

ALTER TABLE ONLY public.messaging_printedletter
    ADD CONSTRAINT letter_once_in_batch UNIQUE (batch_id, message_id);

ALTER TABLE ONLY public.messaging_message
    ADD CONSTRAINT message_sent_once UNIQUE (contact_id, sender, client_key);

ALTER TABLE ONLY public.messaging_alertrecipient
    ADD CONSTRAINT messaging_alertrecipient_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_appeal
    ADD CONSTRAINT messaging_appeal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_appealruling
    ADD CONSTRAINT messaging_appealruling_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_body
    ADD CONSTRAINT messaging_body_pkey PRIMARY KEY (message_id);

ALTER TABLE ONLY public.messaging_draft
    ADD CONSTRAINT messaging_draft_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_legalhold
    ADD CONSTRAINT messaging_legalhold_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_letgo
    ADD CONSTRAINT messaging_letgo_pkey PRIMARY KEY (message_id);

ALTER TABLE ONLY public.messaging_look
    ADD CONSTRAINT messaging_look_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_mailbox
    ADD CONSTRAINT messaging_mailbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_message
    ADD CONSTRAINT messaging_message_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_photo
    ADD CONSTRAINT messaging_photo_hold_id_key UNIQUE (hold_id);

ALTER TABLE ONLY public.messaging_photo
    ADD CONSTRAINT messaging_photo_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_pixels
    ADD CONSTRAINT messaging_pixels_pkey PRIMARY KEY (photo_id);

ALTER TABLE ONLY public.messaging_prepaidreply
    ADD CONSTRAINT messaging_prepaidreply_hold_id_key UNIQUE (hold_id);

ALTER TABLE ONLY public.messaging_prepaidreply
    ADD CONSTRAINT messaging_prepaidreply_message_id_key UNIQUE (message_id);

ALTER TABLE ONLY public.messaging_prepaidreply
    ADD CONSTRAINT messaging_prepaidreply_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_prepaidreply
    ADD CONSTRAINT messaging_prepaidreply_used_by_id_key UNIQUE (used_by_id);

ALTER TABLE ONLY public.messaging_printbatch
    ADD CONSTRAINT messaging_printbatch_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_printedletter
    ADD CONSTRAINT messaging_printedletter_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_purge
    ADD CONSTRAINT messaging_purge_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_purged
    ADD CONSTRAINT messaging_purged_pkey PRIMARY KEY (message_id);

ALTER TABLE ONLY public.messaging_retention
    ADD CONSTRAINT messaging_retention_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_review
    ADD CONSTRAINT messaging_review_message_id_key UNIQUE (message_id);

ALTER TABLE ONLY public.messaging_review
    ADD CONSTRAINT messaging_review_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_ruling
    ADD CONSTRAINT messaging_ruling_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_search
    ADD CONSTRAINT messaging_search_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messaging_searchentry
    ADD CONSTRAINT messaging_searchentry_pkey PRIMARY KEY (message_id);

ALTER TABLE ONLY public.notices_broadcast
    ADD CONSTRAINT notices_broadcast_client_key_key UNIQUE (client_key);

ALTER TABLE ONLY public.notices_broadcast
    ADD CONSTRAINT notices_broadcast_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notices_email
    ADD CONSTRAINT notices_email_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notices_notice
    ADD CONSTRAINT notices_notice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_numberappeal
    ADD CONSTRAINT number_appealed_once UNIQUE NULLS NOT DISTINCT (listed_id, denied_at, user_id);

ALTER TABLE ONLY public.messaging_alertrecipient
    ADD CONSTRAINT one_alert_recipient UNIQUE (facility_id, hours, staff_id);

ALTER TABLE ONLY public.messaging_appeal
    ADD CONSTRAINT one_appeal_a_side UNIQUE (review_id, side);

ALTER TABLE ONLY public.telephony_ratecap
    ADD CONSTRAINT one_cap_a_day UNIQUE (jurisdiction, tier, since);

ALTER TABLE ONLY public.contacts_contact
    ADD CONSTRAINT one_contact_a_pair UNIQUE (user_id, resident_id);

ALTER TABLE ONLY public.telephony_termination
    ADD CONSTRAINT one_cost_a_day UNIQUE (country, since);

ALTER TABLE ONLY public.telephony_population
    ADD CONSTRAINT one_count_a_year UNIQUE (facility_id, year);

ALTER TABLE ONLY public.requests_requestdraft
    ADD CONSTRAINT one_draft_a_form UNIQUE (resident_id, form_id);

ALTER TABLE ONLY public.telephony_callevent
    ADD CONSTRAINT one_event_a_seq UNIQUE (call_id, seq);

ALTER TABLE ONLY public.facilities_holiday
    ADD CONSTRAINT one_holiday_a_day UNIQUE (agency_id, day);

ALTER TABLE ONLY public.telephony_calllimits
    ADD CONSTRAINT one_limit_each UNIQUE NULLS NOT DISTINCT (facility_id, unit_id, resident_id, number);

ALTER TABLE ONLY public.messaging_look
    ADD CONSTRAINT one_look_a_person UNIQUE (review_id, staff_id);

ALTER TABLE ONLY public.telephony_speeddial
    ADD CONSTRAINT one_number_behind_keys UNIQUE (resident_id, keys);

ALTER TABLE ONLY public.telephony_rateplan
    ADD CONSTRAINT one_plan_a_moment UNIQUE (facility_id, effective_from);

ALTER TABLE ONLY public.facilities_messageprice
    ADD CONSTRAINT one_price_a_moment UNIQUE (agency_id, effective_from);

ALTER TABLE ONLY public.telephony_callrate
    ADD CONSTRAINT one_rate_a_place UNIQUE (plan_id, kind, country);

ALTER TABLE ONLY public.messaging_retention
    ADD CONSTRAINT one_retention_a_moment UNIQUE (facility_id, kind, effective_from);

ALTER TABLE ONLY public.telephony_knownnumber
    ADD CONSTRAINT one_row_a_number UNIQUE (agency_id, number);

ALTER TABLE ONLY public.requests_step
    ADD CONSTRAINT one_step_a_level UNIQUE (request_id, level);

ALTER TABLE ONLY public.payments_allowance
    ADD CONSTRAINT payments_allowance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_allowanceuse
    ADD CONSTRAINT payments_allowanceuse_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_checkout
    ADD CONSTRAINT payments_checkout_client_key_key UNIQUE (client_key);

ALTER TABLE ONLY public.payments_checkout
    ADD CONSTRAINT payments_checkout_deposit_id_key UNIQUE (deposit_id);

ALTER TABLE ONLY public.payments_checkout
    ADD CONSTRAINT payments_checkout_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_comparedday
    ADD CONSTRAINT payments_comparedday_pkey PRIMARY KEY (day);

ALTER TABLE ONLY public.payments_deposit
    ADD CONSTRAINT payments_deposit_client_key_key UNIQUE (client_key);

ALTER TABLE ONLY public.payments_deposit
    ADD CONSTRAINT payments_deposit_entry_id_key UNIQUE (entry_id);

ALTER TABLE ONLY public.payments_deposit
    ADD CONSTRAINT payments_deposit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_deposit
    ADD CONSTRAINT payments_deposit_receipt_key UNIQUE (receipt);

ALTER TABLE ONLY public.payments_depositfile
    ADD CONSTRAINT payments_depositfile_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.payments_depositfile
    ADD CONSTRAINT payments_depositfile_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_difference
    ADD CONSTRAINT payments_difference_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_dispute
    ADD CONSTRAINT payments_dispute_entry_id_key UNIQUE (entry_id);

ALTER TABLE ONLY public.payments_dispute
    ADD CONSTRAINT payments_dispute_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_dispute
    ADD CONSTRAINT payments_dispute_ref_key UNIQUE (ref);

ALTER TABLE ONLY public.payments_dispute
    ADD CONSTRAINT payments_dispute_return_entry_id_key UNIQUE (return_entry_id);

ALTER TABLE ONLY public.payments_dormancyrule
    ADD CONSTRAINT payments_dormancyrule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_keep
    ADD CONSTRAINT payments_keep_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_listednumber
    ADD CONSTRAINT payments_listednumber_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_numbercode
    ADD CONSTRAINT payments_numbercode_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_payout
    ADD CONSTRAINT payments_payout_entry_id_key UNIQUE (entry_id);

ALTER TABLE ONLY public.payments_payout
    ADD CONSTRAINT payments_payout_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_payout
    ADD CONSTRAINT payments_payout_replaced_by_id_key UNIQUE (replaced_by_id);

ALTER TABLE ONLY public.payments_prepaidnumber
    ADD CONSTRAINT payments_prepaidnumber_number_key UNIQUE (number);

ALTER TABLE ONLY public.payments_prepaidnumber
    ADD CONSTRAINT payments_prepaidnumber_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_processorevent
    ADD CONSTRAINT payments_processorevent_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_processorevent
    ADD CONSTRAINT payments_processorevent_ref_key UNIQUE (ref);

ALTER TABLE ONLY public.payments_refund
    ADD CONSTRAINT payments_refund_client_key_key UNIQUE (client_key);

ALTER TABLE ONLY public.payments_refund
    ADD CONSTRAINT payments_refund_entry_id_key UNIQUE (entry_id);

ALTER TABLE ONLY public.payments_refund
    ADD CONSTRAINT payments_refund_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_reminder
    ADD CONSTRAINT payments_reminder_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments_topup
    ADD CONSTRAINT payments_topup_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.delivery_policy
    ADD CONSTRAINT policy_version_in_facility UNIQUE (facility_id, version);

ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);

ALTER TABLE ONLY public.procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.facilities_refusalreason
    ADD CONSTRAINT reason_code_in_facility UNIQUE (facility_id, code);

ALTER TABLE ONLY public.identity_recoverycode
    ADD CONSTRAINT recovery_code_once UNIQUE (factor_id, digest);

ALTER TABLE ONLY public.payments_reminder
    ADD CONSTRAINT reminded_once UNIQUE (account, days_left, active_at);

ALTER TABLE ONLY public.requests_request
    ADD CONSTRAINT request_filed_once UNIQUE (resident_id, client_key);

ALTER TABLE ONLY public.requests_reporting
    ADD CONSTRAINT requests_reporting_facility_id_key UNIQUE (facility_id);

ALTER TABLE ONLY public.requests_reporting
    ADD CONSTRAINT requests_reporting_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.requests_request
    ADD CONSTRAINT requests_request_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.requests_requestdraft
    ADD CONSTRAINT requests_requestdraft_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.requests_requestform
    ADD CONSTRAINT requests_requestform_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.requests_step
    ADD CONSTRAINT requests_step_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.residents_resident
    ADD CONSTRAINT resident_number_in_agency UNIQUE (agency_id, number);

ALTER TABLE ONLY public.residents_custody
    ADD CONSTRAINT residents_custody_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.residents_kioskturns
    ADD CONSTRAINT residents_kioskturns_pkey PRIMARY KEY (facility_id);

ALTER TABLE ONLY public.residents_pin
    ADD CONSTRAINT residents_pin_alone_key UNIQUE (alone);

ALTER TABLE ONLY public.residents_pin
    ADD CONSTRAINT residents_pin_pkey PRIMARY KEY (resident_id);

ALTER TABLE ONLY public.residents_resident
    ADD CONSTRAINT residents_resident_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.residents_residentsession
    ADD CONSTRAINT residents_residentsession_key_digest_key UNIQUE (key_digest);

ALTER TABLE ONLY public.residents_residentsession
    ADD CONSTRAINT residents_residentsession_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_allowednumber
    ADD CONSTRAINT telephony_allowednumber_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_call
    ADD CONSTRAINT telephony_call_hold_id_key UNIQUE (hold_id);

ALTER TABLE ONLY public.telephony_call
    ADD CONSTRAINT telephony_call_key_key UNIQUE (key);

ALTER TABLE ONLY public.telephony_call
    ADD CONSTRAINT telephony_call_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_callcorrection
    ADD CONSTRAINT telephony_callcorrection_entry_id_key UNIQUE (entry_id);

ALTER TABLE ONLY public.telephony_callcorrection
    ADD CONSTRAINT telephony_callcorrection_key_key UNIQUE (key);

ALTER TABLE ONLY public.telephony_callcorrection
    ADD CONSTRAINT telephony_callcorrection_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_callcorrection
    ADD CONSTRAINT telephony_callcorrection_record_id_key UNIQUE (record_id);

ALTER TABLE ONLY public.telephony_callevent
    ADD CONSTRAINT telephony_callevent_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_calllimits
    ADD CONSTRAINT telephony_calllimits_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_callme
    ADD CONSTRAINT telephony_callme_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_callrate
    ADD CONSTRAINT telephony_callrate_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_cdr
    ADD CONSTRAINT telephony_cdr_corrects_id_key UNIQUE (corrects_id);

ALTER TABLE ONLY public.telephony_cdr
    ADD CONSTRAINT telephony_cdr_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_codecall
    ADD CONSTRAINT telephony_codecall_key_key UNIQUE (key);

ALTER TABLE ONLY public.telephony_codecall
    ADD CONSTRAINT telephony_codecall_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_hotline
    ADD CONSTRAINT telephony_hotline_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_knownnumber
    ADD CONSTRAINT telephony_knownnumber_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_linehours
    ADD CONSTRAINT telephony_linehours_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_linestop
    ADD CONSTRAINT telephony_linestop_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_numberappeal
    ADD CONSTRAINT telephony_numberappeal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_numberblock
    ADD CONSTRAINT telephony_numberblock_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_numbernote
    ADD CONSTRAINT telephony_numbernote_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_population
    ADD CONSTRAINT telephony_population_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_ratecap
    ADD CONSTRAINT telephony_ratecap_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_rateplan
    ADD CONSTRAINT telephony_rateplan_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_recordedname
    ADD CONSTRAINT telephony_recordedname_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_recording
    ADD CONSTRAINT telephony_recording_call_id_key UNIQUE (call_id);

ALTER TABLE ONLY public.telephony_recording
    ADD CONSTRAINT telephony_recording_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_recordingpurge
    ADD CONSTRAINT telephony_recordingpurge_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_speeddial
    ADD CONSTRAINT telephony_speeddial_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_station
    ADD CONSTRAINT telephony_station_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_station
    ADD CONSTRAINT telephony_station_username_key UNIQUE (username);

ALTER TABLE ONLY public.telephony_switch
    ADD CONSTRAINT telephony_switch_name_key UNIQUE (name);

ALTER TABLE ONLY public.telephony_switch
    ADD CONSTRAINT telephony_switch_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_switch
    ADD CONSTRAINT telephony_switch_token_digest_key UNIQUE (token_digest);

ALTER TABLE ONLY public.telephony_telephonesettings
    ADD CONSTRAINT telephony_telephonesettings_pkey PRIMARY KEY (facility_id);

ALTER TABLE ONLY public.telephony_termination
    ADD CONSTRAINT telephony_termination_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.telephony_trunk
    ADD CONSTRAINT telephony_trunk_name_key UNIQUE (name);

ALTER TABLE ONLY public.telephony_trunk
    ADD CONSTRAINT telephony_trunk_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.facilities_housingunit
    ADD CONSTRAINT unit_name_in_facility UNIQUE (facility_id, name);

CREATE INDEX allowance_of_week ON public.payments_allowanceuse USING btree (resident_id, kind, week) WHERE (returned_at IS NULL);

CREATE INDEX appeal_waiting ON public.messaging_appeal USING btree (due_on) WHERE ((outcome)::text = ''::text);

CREATE INDEX attempt_by_key ON public.identity_attempt USING btree (key, at);

CREATE INDEX audit_by_object ON public.core_audit_event USING btree (object, id);

CREATE INDEX audit_by_place ON public.core_audit_event USING btree (facility_id, id);

CREATE INDEX audit_by_time ON public.core_audit_event USING brin (at) WITH (autosummarize='on', pages_per_range='32');

CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);

CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);

CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);

CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);

CREATE INDEX batch_of_place ON public.messaging_printbatch USING btree (facility_id, id DESC);

CREATE UNIQUE INDEX blocked_once ON public.telephony_numberblock USING btree (facility_id, number, by) NULLS NOT DISTINCT WHERE (lifted_at IS NULL);

CREATE INDEX blocks_of_number ON public.telephony_numberblock USING btree (number) WHERE (lifted_at IS NULL);

CREATE INDEX call_me_by_age ON public.telephony_callme USING btree (left_at);

CREATE INDEX call_me_of_resident ON public.telephony_callme USING btree (resident_id, left_at);

CREATE INDEX calls_of_resident ON public.telephony_call USING btree (resident_id, started_at);

CREATE INDEX checkout_by_payer ON public.payments_checkout USING btree (payer_id, created_at DESC);

CREATE INDEX checkout_unfinished ON public.payments_checkout USING btree (created_at) WHERE ((state)::text = ANY ((ARRAY['new'::character varying, 'open'::character varying, 'waiting'::character varying])::text[]));

CREATE INDEX code_calls_open ON public.telephony_codecall USING btree (asked_at) WHERE (ended_at IS NULL);

CREATE INDEX contact_by_resident ON public.contacts_contact USING btree (resident_id);

CREATE INDEX contacts_arrivalwatch_agency_id_aef19a7f ON public.contacts_arrivalwatch USING btree (agency_id);

CREATE INDEX contacts_arrivalwatch_user_id_686a2340 ON public.contacts_arrivalwatch USING btree (user_id);

CREATE INDEX contacts_contact_approved_by_id_9cb8907a ON public.contacts_contact USING btree (approved_by_id);

CREATE INDEX contacts_contact_resident_id_a2379d3b ON public.contacts_contact USING btree (resident_id);

CREATE INDEX contacts_contact_user_id_cff1a837 ON public.contacts_contact USING btree (user_id);

CREATE INDEX contacts_invitation_accepted_by_id_0427f367 ON public.contacts_invitation USING btree (accepted_by_id);

CREATE INDEX contacts_invitation_resident_id_86acf38d ON public.contacts_invitation USING btree (resident_id);

CREATE INDEX contacts_privilegeclaim_contact_id_1da4bd35 ON public.contacts_privilegeclaim USING btree (contact_id);

CREATE INDEX contacts_privilegeclaim_ended_by_id_30ed1c47 ON public.contacts_privilegeclaim USING btree (ended_by_id);

CREATE INDEX contacts_privilegeclaim_verified_by_id_48cfb1e5 ON public.contacts_privilegeclaim USING btree (verified_by_id);

CREATE INDEX contacts_restriction_created_by_id_e16ce696 ON public.contacts_restriction USING btree (created_by_id);

CREATE INDEX contacts_restriction_facility_id_f6d66c6c ON public.contacts_restriction USING btree (facility_id);

CREATE INDEX contacts_restriction_resident_id_6b70c514 ON public.contacts_restriction USING btree (resident_id);

CREATE INDEX contacts_restriction_user_id_eb7ea44a ON public.contacts_restriction USING btree (user_id);

CREATE INDEX custody_begun ON public.residents_custody USING btree (facility_id, started_at);

CREATE INDEX custody_ended ON public.residents_custody USING btree (facility_id, ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX delivery_hit_judged_by_id_acf066cf ON public.delivery_hit USING btree (judged_by_id);

CREATE INDEX delivery_hit_list_id_14a48ba6 ON public.delivery_hit USING btree (list_id);

CREATE INDEX delivery_hit_message_id_56dc2412 ON public.delivery_hit USING btree (message_id);

CREATE INDEX delivery_hit_person_id_75c0f50d ON public.delivery_hit USING btree (person_id);

CREATE INDEX delivery_hit_phrase_id_dff6a42a ON public.delivery_hit USING btree (phrase_id);

CREATE INDEX delivery_listfollower_list_id_48795bef ON public.delivery_listfollower USING btree (list_id);

CREATE INDEX delivery_listfollower_user_id_e22dec3f ON public.delivery_listfollower USING btree (user_id);

CREATE INDEX delivery_phrase_added_by_id_97e34043 ON public.delivery_phrase USING btree (added_by_id);

CREATE INDEX delivery_phrase_list_id_05b6eb24 ON public.delivery_phrase USING btree (list_id);

CREATE INDEX delivery_policy_created_by_id_07a5d5b1 ON public.delivery_policy USING btree (created_by_id);

CREATE INDEX delivery_policy_facility_id_bd6050b2 ON public.delivery_policy USING btree (facility_id);

CREATE INDEX delivery_policy_withdrawn_by_id_2dd6be82 ON public.delivery_policy USING btree (withdrawn_by_id);

CREATE INDEX delivery_policydraft_changed_by_id_96a1cd41 ON public.delivery_policydraft USING btree (changed_by_id);

CREATE INDEX delivery_stop_ended_by_id_1381e48b ON public.delivery_stop USING btree (ended_by_id);

CREATE INDEX delivery_stop_facility_id_67ad4354 ON public.delivery_stop USING btree (facility_id);

CREATE INDEX delivery_stop_started_by_id_85624d80 ON public.delivery_stop USING btree (started_by_id);

CREATE INDEX delivery_watchedperson_added_by_id_4c2596f5 ON public.delivery_watchedperson USING btree (added_by_id);

CREATE INDEX delivery_watchedperson_list_id_2545693b ON public.delivery_watchedperson USING btree (list_id);

CREATE INDEX delivery_watchedperson_resident_id_4ad4fd9e ON public.delivery_watchedperson USING btree (resident_id);

CREATE INDEX delivery_watchedperson_user_id_c8adcbf3 ON public.delivery_watchedperson USING btree (user_id);

CREATE INDEX delivery_watchlist_created_by_id_1a3b3b8b ON public.delivery_watchlist USING btree (created_by_id);

CREATE INDEX delivery_watchlist_facility_id_e8e8a5e9 ON public.delivery_watchlist USING btree (facility_id);

CREATE INDEX delivery_watchlist_owner_id_ae588221 ON public.delivery_watchlist USING btree (owner_id);

CREATE INDEX delivery_watchlist_reason_id_5cf1cb71 ON public.delivery_watchlist USING btree (reason_id);

CREATE INDEX deposit_by_account ON public.payments_deposit USING btree (account, at DESC);

CREATE INDEX deposit_by_payer ON public.payments_deposit USING btree (payer_id, at DESC);

CREATE UNIQUE INDEX each_level_another_person ON public.requests_step USING btree (request_id, answered_by_id) WHERE (answered_by_id IS NOT NULL);

CREATE UNIQUE INDEX email_without_case ON public.identity_user USING btree (lower((email)::text), kind) WHERE ((activated_at IS NOT NULL) AND (closed_at IS NULL));

CREATE INDEX facilities_agency_slug_16df09ec_like ON public.facilities_agency USING btree (slug varchar_pattern_ops);

CREATE INDEX facilities_facility_agency_id_144d63de ON public.facilities_facility USING btree (agency_id);

CREATE INDEX facilities_facility_slug_e9a09508_like ON public.facilities_facility USING btree (slug varchar_pattern_ops);

CREATE INDEX facilities_holiday_agency_id_52a90acd ON public.facilities_holiday USING btree (agency_id);

CREATE INDEX facilities_housingunit_facility_id_571d38b4 ON public.facilities_housingunit USING btree (facility_id);

CREATE INDEX facilities_kiosk_facility_id_fed575e8 ON public.facilities_kiosk USING btree (facility_id);

CREATE INDEX facilities_kiosk_unit_id_9537eeab ON public.facilities_kiosk USING btree (unit_id);

CREATE INDEX facilities_messageprice_agency_id_b6c9f0f9 ON public.facilities_messageprice USING btree (agency_id);

CREATE INDEX facilities_refusalreason_code_0a900125 ON public.facilities_refusalreason USING btree (code);

CREATE INDEX facilities_refusalreason_code_0a900125_like ON public.facilities_refusalreason USING btree (code varchar_pattern_ops);

CREATE INDEX facilities_refusalreason_facility_id_212efd96 ON public.facilities_refusalreason USING btree (facility_id);

CREATE UNIQUE INDEX family_once_in_list ON public.delivery_watchedperson USING btree (list_id, user_id) WHERE ((removed_at IS NULL) AND (user_id IS NOT NULL));

CREATE INDEX hits_of_list ON public.delivery_hit USING btree (list_id, at DESC);

CREATE INDEX identity_challenge_user_id_5a397fa8 ON public.identity_challenge USING btree (user_id);

CREATE INDEX identity_onetimecode_user_id_12e2f937 ON public.identity_onetimecode USING btree (user_id);

CREATE INDEX identity_passkey_factor_id_c1d2539b ON public.identity_passkey USING btree (factor_id);

CREATE INDEX identity_recoverycode_factor_id_6dbc58a8 ON public.identity_recoverycode USING btree (factor_id);

CREATE INDEX identity_reportkey_facility_id_f4220f0c ON public.identity_reportkey USING btree (facility_id);

CREATE INDEX identity_reportkey_holder_id_2fb1d152 ON public.identity_reportkey USING btree (holder_id);

CREATE INDEX identity_session_expire_date_b5996a10 ON public.identity_session USING btree (expire_date);

CREATE INDEX identity_session_session_key_767bc70f_like ON public.identity_session USING btree (session_key varchar_pattern_ops);

CREATE INDEX identity_session_user_id_b9dc93c0 ON public.identity_session USING btree (user_id);

CREATE INDEX identity_signinlock_user_id_23441238 ON public.identity_signinlock USING btree (user_id);

CREATE INDEX identity_staffrole_facility_id_212be0ab ON public.identity_staffrole USING btree (facility_id);

CREATE INDEX identity_staffrole_user_id_62a6c9ba ON public.identity_staffrole USING btree (user_id);

CREATE INDEX identity_terms_version_29f45838_like ON public.identity_terms USING btree (version varchar_pattern_ops);

CREATE INDEX identity_termsacceptance_terms_id_01519d1f ON public.identity_termsacceptance USING btree (terms_id);

CREATE INDEX identity_termsacceptance_user_id_d40ba300 ON public.identity_termsacceptance USING btree (user_id);

CREATE INDEX idx_procrastinate_jobs_worker_not_null ON public.procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::public.procrastinate_job_status));

CREATE INDEX idx_procrastinate_workers_last_heartbeat ON public.procrastinate_workers USING btree (last_heartbeat);

CREATE INDEX invitation_by_email ON public.contacts_invitation USING btree (lower((email)::text));

CREATE INDEX keep_by_account ON public.payments_keep USING btree (account, at DESC);

CREATE INDEX ledger_entry_corrects ON public.ledger_entry USING btree (corrects_id) WHERE (corrects_id IS NOT NULL);

CREATE UNIQUE INDEX letter_in_one_open_batch ON public.messaging_printedletter USING btree (message_id) WHERE ((outcome)::text = ''::text);

CREATE INDEX line_stop_of_place ON public.telephony_linestop USING btree (facility_id, ends_at);

CREATE INDEX live_calls_by_lease ON public.telephony_call USING btree (lease_until) WHERE (ended_at IS NULL);

CREATE INDEX live_calls_of_place ON public.telephony_call USING btree (facility_id) WHERE (ended_at IS NULL);

CREATE INDEX mailbox_of_contact ON public.messaging_mailbox USING btree (contact_id, at DESC, id DESC);

CREATE INDEX mailbox_of_family ON public.messaging_mailbox USING btree (user_id, folder, at DESC, id DESC) WHERE (user_id IS NOT NULL);

CREATE INDEX mailbox_of_resident ON public.messaging_mailbox USING btree (resident_id, folder, at DESC, id DESC) WHERE (resident_id IS NOT NULL);

CREATE INDEX mailbox_unread_family ON public.messaging_mailbox USING btree (user_id, at DESC, id DESC) WHERE (((folder)::text = 'inbox'::text) AND (read_at IS NULL) AND (user_id IS NOT NULL));

CREATE INDEX mailbox_unread_resident ON public.messaging_mailbox USING btree (resident_id, at DESC, id DESC) WHERE (((folder)::text = 'inbox'::text) AND (read_at IS NULL) AND (resident_id IS NOT NULL));

CREATE INDEX message_collect ON public.messaging_message USING btree (contact_id) WHERE ((state)::text = 'collect'::text);

CREATE INDEX message_collect_waits ON public.messaging_message USING btree (contact_id, sender) WHERE (((payer)::text = 'recipient'::text) AND ((state)::text = ANY ((ARRAY['review'::character varying, 'scheduled'::character varying, 'collect'::character varying])::text[])));

CREATE INDEX message_due ON public.messaging_message USING btree (deliver_at) WHERE ((state)::text = 'scheduled'::text);

CREATE INDEX message_held ON public.messaging_message USING btree (id) WHERE ((deliver_at IS NULL) AND ((state)::text = 'scheduled'::text));

CREATE INDEX message_in_review ON public.messaging_message USING btree (facility_id, sent_at) WHERE ((state)::text = 'review'::text);

CREATE INDEX message_of_place ON public.messaging_message USING btree (facility_id, sent_at);

CREATE INDEX message_paper ON public.messaging_message USING btree (contact_id) WHERE ((state)::text = 'paper'::text);

CREATE INDEX messaging_alertrecipient_facility_id_e9b108b7 ON public.messaging_alertrecipient USING btree (facility_id);

CREATE INDEX messaging_appeal_decided_by_id_50281de8 ON public.messaging_appeal USING btree (decided_by_id);

CREATE INDEX messaging_appeal_review_id_581f7217 ON public.messaging_appeal USING btree (review_id);

CREATE INDEX messaging_appealruling_appeal_id_be1afe88 ON public.messaging_appealruling USING btree (appeal_id);

CREATE INDEX messaging_appealruling_staff_id_06e4344b ON public.messaging_appealruling USING btree (staff_id);

CREATE INDEX messaging_draft_contact_id_e900e93c ON public.messaging_draft USING btree (contact_id);

CREATE INDEX messaging_draft_reply_to_id_df207812 ON public.messaging_draft USING btree (reply_to_id);

CREATE INDEX messaging_draft_resident_id_877868fd ON public.messaging_draft USING btree (resident_id);

CREATE INDEX messaging_draft_user_id_b2c40d9b ON public.messaging_draft USING btree (user_id);

CREATE INDEX messaging_legalhold_facility_id_757bcc8d ON public.messaging_legalhold USING btree (facility_id);

CREATE INDEX messaging_legalhold_lifted_by_id_a1ec2b47 ON public.messaging_legalhold USING btree (lifted_by_id);

CREATE INDEX messaging_legalhold_message_id_4ce8e98b ON public.messaging_legalhold USING btree (message_id);

CREATE INDEX messaging_legalhold_placed_by_id_d023a8e2 ON public.messaging_legalhold USING btree (placed_by_id);

CREATE INDEX messaging_legalhold_resident_id_3652698b ON public.messaging_legalhold USING btree (resident_id);

CREATE INDEX messaging_legalhold_user_id_5d55f7c3 ON public.messaging_legalhold USING btree (user_id);

CREATE INDEX messaging_look_review_id_6856365f ON public.messaging_look USING btree (review_id);

CREATE INDEX messaging_message_contact_id_20c3f93a ON public.messaging_message USING btree (contact_id);

CREATE INDEX messaging_message_reply_to_id_f28e3285 ON public.messaging_message USING btree (reply_to_id);

CREATE INDEX messaging_photo_message_id_c2b73322 ON public.messaging_photo USING btree (message_id);

CREATE INDEX messaging_printbatch_made_by_id_e5c8654c ON public.messaging_printbatch USING btree (made_by_id);

CREATE INDEX messaging_printbatch_unit_id_096c71b1 ON public.messaging_printbatch USING btree (unit_id);

CREATE INDEX messaging_printedletter_batch_id_d871ed0e ON public.messaging_printedletter USING btree (batch_id);

CREATE INDEX messaging_printedletter_message_id_75de0417 ON public.messaging_printedletter USING btree (message_id);

CREATE INDEX messaging_purge_facility_id_0009b985 ON public.messaging_purge USING btree (facility_id);

CREATE INDEX messaging_purge_retention_id_8371b85b ON public.messaging_purge USING btree (retention_id);

CREATE INDEX messaging_purged_purge_id_e004b320 ON public.messaging_purged USING btree (purge_id);

CREATE INDEX messaging_retention_facility_id_4a970485 ON public.messaging_retention USING btree (facility_id);

CREATE INDEX messaging_retention_set_by_id_cb2b8542 ON public.messaging_retention USING btree (set_by_id);

CREATE INDEX messaging_review_claimed_by_id_1d500171 ON public.messaging_review USING btree (claimed_by_id);

CREATE INDEX messaging_review_decided_by_id_be96a1dd ON public.messaging_review USING btree (decided_by_id);

CREATE INDEX messaging_review_facility_id_77ddf2d5 ON public.messaging_review USING btree (facility_id);

CREATE INDEX messaging_review_passed_by_id_f51847fb ON public.messaging_review USING btree (passed_by_id);

CREATE INDEX messaging_review_reason_id_ed48f66a ON public.messaging_review USING btree (reason_id);

CREATE INDEX messaging_review_withheld_by_id_bd2dcc0b ON public.messaging_review USING btree (withheld_by_id);

CREATE INDEX messaging_ruling_reason_id_6e995a04 ON public.messaging_ruling USING btree (reason_id);

CREATE INDEX messaging_ruling_review_id_c71130af ON public.messaging_ruling USING btree (review_id);

CREATE INDEX messaging_ruling_staff_id_e37fd46a ON public.messaging_ruling USING btree (staff_id);

CREATE INDEX messaging_search_facility_id_3e673cbc ON public.messaging_search USING btree (facility_id);

CREATE INDEX notes_of_number ON public.telephony_numbernote USING btree (agency_id, number, made_at);

CREATE INDEX notice_of_family ON public.notices_notice USING btree (user_id, id DESC) WHERE (user_id IS NOT NULL);

CREATE INDEX notice_of_resident ON public.notices_notice USING btree (resident_id, id DESC) WHERE (resident_id IS NOT NULL);

CREATE INDEX notice_unread_family ON public.notices_notice USING btree (user_id) WHERE ((read_at IS NULL) AND (user_id IS NOT NULL));

CREATE INDEX notice_unread_resident ON public.notices_notice USING btree (resident_id) WHERE ((read_at IS NULL) AND (resident_id IS NOT NULL));

CREATE INDEX notices_broadcast_facility_id_45467e8e ON public.notices_broadcast USING btree (facility_id);

CREATE INDEX notices_broadcast_sent_by_id_f322727e ON public.notices_broadcast USING btree (sent_by_id);

CREATE INDEX notices_broadcast_unit_id_54a4eb3e ON public.notices_broadcast USING btree (unit_id);

CREATE INDEX notices_broadcast_withdrawn_by_id_90e4343e ON public.notices_broadcast USING btree (withdrawn_by_id);

CREATE INDEX notices_email_user_id_a6f47018 ON public.notices_email USING btree (user_id);

CREATE INDEX notices_notice_broadcast_id_27c60a3d ON public.notices_notice USING btree (broadcast_id);

CREATE INDEX notices_notice_resident_id_26813ba9 ON public.notices_notice USING btree (resident_id);

CREATE INDEX notices_notice_user_id_62c74e71 ON public.notices_notice USING btree (user_id);

CREATE INDEX number_appeals_waiting ON public.telephony_numberappeal USING btree (made_at) WHERE (decided_at IS NULL);

CREATE UNIQUE INDEX number_listed_once ON public.payments_listednumber USING btree (user_id, number_id) WHERE (removed_at IS NULL);

CREATE UNIQUE INDEX number_on_list_once ON public.telephony_allowednumber USING btree (resident_id, number) WHERE (removed_at IS NULL);

CREATE INDEX numbers_asked_for ON public.telephony_allowednumber USING btree (asked_at) WHERE ((decided_at IS NULL) AND (removed_at IS NULL));

CREATE UNIQUE INDEX one_call_at_a_time ON public.telephony_call USING btree (resident_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX one_code_call_a_number ON public.telephony_codecall USING btree (number) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX one_courtesy_a_number ON public.telephony_call USING btree (number) WHERE (((call_type)::text = 'courtesy'::text) AND ((ended_at IS NULL) OR (accepted_at IS NOT NULL)));

CREATE UNIQUE INDEX one_family_copy ON public.messaging_mailbox USING btree (message_id, user_id) WHERE (user_id IS NOT NULL);

CREATE UNIQUE INDEX one_family_draft ON public.messaging_draft USING btree (user_id, contact_id) WHERE (user_id IS NOT NULL);

CREATE UNIQUE INDEX one_hotline_behind_keys ON public.telephony_hotline USING btree (facility_id, keys) WHERE (retired_at IS NULL);

CREATE UNIQUE INDEX one_live_code ON public.identity_onetimecode USING btree (user_id, purpose) WHERE ((used_at IS NULL) AND (voided_at IS NULL));

CREATE UNIQUE INDEX one_live_number_code ON public.payments_numbercode USING btree (user_id, number_id) WHERE ((used_at IS NULL) AND (voided_at IS NULL));

CREATE UNIQUE INDEX one_live_top_up ON public.payments_topup USING btree (user_id, account) WHERE ((started_at IS NOT NULL) AND (stopped_at IS NULL));

CREATE UNIQUE INDEX one_name_that_counts ON public.telephony_recordedname USING btree (resident_id) WHERE (removed_at IS NULL);

CREATE UNIQUE INDEX one_open_appeal_ruling ON public.messaging_appealruling USING btree (appeal_id) WHERE (("end")::text = ''::text);

CREATE UNIQUE INDEX one_open_claim_a_contact ON public.contacts_privilegeclaim USING btree (contact_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX one_open_custody ON public.residents_custody USING btree (resident_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX one_open_ruling ON public.messaging_ruling USING btree (review_id) WHERE (("end")::text = ''::text);

CREATE UNIQUE INDEX one_photo_beside_a_letter ON public.messaging_photo USING btree (contact_id, digest) WHERE (message_id IS NULL);

CREATE UNIQUE INDEX one_record_a_call ON public.telephony_cdr USING btree (call_id) WHERE (corrects_id IS NULL);

CREATE UNIQUE INDEX one_resident_copy ON public.messaging_mailbox USING btree (message_id, resident_id) WHERE (resident_id IS NOT NULL);

CREATE UNIQUE INDEX one_resident_draft ON public.messaging_draft USING btree (resident_id, contact_id) WHERE (resident_id IS NOT NULL);

CREATE UNIQUE INDEX one_saved_search_of_a_name ON public.messaging_search USING btree (staff_id, facility_id, name) WHERE (NOT ((name)::text = ''::text));

CREATE UNIQUE INDEX one_stop_at_a_time ON public.delivery_stop USING btree (facility_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX one_top_up_at_a_time ON public.payments_checkout USING btree (top_up_id) WHERE (by_itself AND ((state)::text = ANY ((ARRAY['new'::character varying, 'open'::character varying, 'waiting'::character varying])::text[])));

CREATE INDEX pay_out_by_ref ON public.payments_payout USING btree (processor_ref) WHERE (NOT ((processor_ref)::text = ''::text));

CREATE INDEX pay_out_by_state ON public.payments_payout USING btree (state, at);

CREATE INDEX pay_out_unfinished ON public.payments_payout USING btree (at) WHERE ((state)::text = ANY ((ARRAY['waiting'::character varying, 'sent'::character varying])::text[]));

CREATE UNIQUE INDEX payment_booked_once ON public.payments_deposit USING btree (payment_ref) WHERE (NOT ((payment_ref)::text = ''::text));

CREATE INDEX payments_allowance_facility_id_35278edf ON public.payments_allowance USING btree (facility_id);

CREATE INDEX payments_allowanceuse_facility_id_e93f20df ON public.payments_allowanceuse USING btree (facility_id);

CREATE INDEX payments_allowanceuse_resident_id_4beb9528 ON public.payments_allowanceuse USING btree (resident_id);

CREATE INDEX payments_checkout_payer_id_defce7c6 ON public.payments_checkout USING btree (payer_id);

CREATE INDEX payments_checkout_top_up_id_073bfa89 ON public.payments_checkout USING btree (top_up_id);

CREATE INDEX payments_deposit_facility_id_8b544357 ON public.payments_deposit USING btree (facility_id);

CREATE INDEX payments_deposit_file_id_83d14209 ON public.payments_deposit USING btree (file_id);

CREATE INDEX payments_deposit_payer_id_c7de3b21 ON public.payments_deposit USING btree (payer_id);

CREATE INDEX payments_deposit_receipt_df52bc11_like ON public.payments_deposit USING btree (receipt varchar_pattern_ops);

CREATE INDEX payments_deposit_recorded_by_id_1758836d ON public.payments_deposit USING btree (recorded_by_id);

CREATE INDEX payments_depositfile_facility_id_f0c317f4 ON public.payments_depositfile USING btree (facility_id);

CREATE INDEX payments_depositfile_taken_by_id_f6c77559 ON public.payments_depositfile USING btree (taken_by_id);

CREATE INDEX payments_difference_settled_by_id_23940e8a ON public.payments_difference USING btree (settled_by_id);

CREATE INDEX payments_dispute_deposit_id_b1759d3a ON public.payments_dispute USING btree (deposit_id);

CREATE INDEX payments_dispute_ref_e36f8487_like ON public.payments_dispute USING btree (ref varchar_pattern_ops);

CREATE INDEX payments_listednumber_number_id_2f670093 ON public.payments_listednumber USING btree (number_id);

CREATE INDEX payments_listednumber_user_id_8bb44fa1 ON public.payments_listednumber USING btree (user_id);

CREATE INDEX payments_numbercode_number_id_88b5cd0e ON public.payments_numbercode USING btree (number_id);

CREATE INDEX payments_numbercode_user_id_63c90536 ON public.payments_numbercode USING btree (user_id);

CREATE INDEX payments_payout_deposit_id_e2cae93a ON public.payments_payout USING btree (deposit_id);

CREATE INDEX payments_payout_facility_id_c9181e93 ON public.payments_payout USING btree (facility_id);

CREATE INDEX payments_payout_refund_id_c468a5e4 ON public.payments_payout USING btree (refund_id);

CREATE INDEX payments_payout_resident_id_33a170d5 ON public.payments_payout USING btree (resident_id);

CREATE INDEX payments_payout_settled_by_id_16a2ffcf ON public.payments_payout USING btree (settled_by_id);

CREATE INDEX payments_payout_user_id_e8d00f85 ON public.payments_payout USING btree (user_id);

CREATE INDEX payments_prepaidnumber_holder_id_ed7328f1 ON public.payments_prepaidnumber USING btree (holder_id);

CREATE INDEX payments_prepaidnumber_number_d1bd6c88_like ON public.payments_prepaidnumber USING btree (number varchar_pattern_ops);

CREATE INDEX payments_processorevent_ref_0526dfba_like ON public.payments_processorevent USING btree (ref varchar_pattern_ops);

CREATE INDEX payments_topup_user_id_d5404703 ON public.payments_topup USING btree (user_id);

CREATE INDEX photo_beside_letter ON public.messaging_photo USING btree (added_at) WHERE (message_id IS NULL);

CREATE UNIQUE INDEX phrase_once_in_list ON public.delivery_phrase USING btree (list_id, folded) WHERE (removed_at IS NULL);

CREATE INDEX policy_now ON public.delivery_policy USING btree (facility_id, effective_from DESC);

CREATE INDEX prepaid_reply_due ON public.messaging_prepaidreply USING btree (expires_at) WHERE ((state)::text = 'open'::text);

CREATE INDEX procrastinate_events_job_id_fkey_v1 ON public.procrastinate_events USING btree (job_id);

CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON public.procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::public.procrastinate_job_status, 'doing'::public.procrastinate_job_status]));

CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON public.procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::public.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_priority_idx_v1 ON public.procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::public.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON public.procrastinate_jobs USING btree (queue_name);

CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON public.procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::public.procrastinate_job_status);

CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON public.procrastinate_periodic_defers USING btree (job_id);

CREATE INDEX purge_of_place ON public.messaging_purge USING btree (facility_id, id DESC);

CREATE INDEX records_of_number ON public.telephony_cdr USING btree (number, started_at);

CREATE INDEX records_of_place ON public.telephony_cdr USING btree (facility_id, started_at);

CREATE INDEX records_of_resident ON public.telephony_cdr USING btree (resident_id, started_at);

CREATE INDEX refund_by_account ON public.payments_refund USING btree (account, at DESC);

CREATE INDEX request_of_resident ON public.requests_request USING btree (resident_id, id DESC);

CREATE INDEX request_open ON public.requests_request USING btree (facility_id, filed_at) WHERE ((state)::text = 'open'::text);

CREATE INDEX requests_request_facility_id_34bfce13 ON public.requests_request USING btree (facility_id);

CREATE INDEX requests_request_form_id_be1b651e ON public.requests_request USING btree (form_id);

CREATE INDEX requests_request_resident_id_550e797f ON public.requests_request USING btree (resident_id);

CREATE INDEX requests_request_unit_id_88768537 ON public.requests_request USING btree (unit_id);

CREATE INDEX requests_requestdraft_form_id_94d78288 ON public.requests_requestdraft USING btree (form_id);

CREATE INDEX requests_requestdraft_resident_id_5ed41721 ON public.requests_requestdraft USING btree (resident_id);

CREATE INDEX requests_requestform_code_38e47e0b ON public.requests_requestform USING btree (code);

CREATE INDEX requests_requestform_code_38e47e0b_like ON public.requests_requestform USING btree (code varchar_pattern_ops);

CREATE INDEX requests_requestform_facility_id_232cbd84 ON public.requests_requestform USING btree (facility_id);

CREATE INDEX requests_step_answered_by_id_7d3fc674 ON public.requests_step USING btree (answered_by_id);

CREATE INDEX requests_step_first_by_id_5a218c3a ON public.requests_step USING btree (first_by_id);

CREATE INDEX requests_step_request_id_69c0ecf2 ON public.requests_step USING btree (request_id);

CREATE INDEX resident_by_name ON public.residents_resident USING gin (folded public.gin_trgm_ops);

CREATE INDEX resident_by_number ON public.residents_resident USING btree (number);

CREATE UNIQUE INDEX resident_once_in_list ON public.delivery_watchedperson USING btree (list_id, resident_id) WHERE ((removed_at IS NULL) AND (resident_id IS NOT NULL));

CREATE INDEX residents_custody_resident_id_ea106e8b ON public.residents_custody USING btree (resident_id);

CREATE INDEX residents_custody_unit_id_d8b85b3a ON public.residents_custody USING btree (unit_id);

CREATE INDEX residents_resident_agency_id_093c549b ON public.residents_resident USING btree (agency_id);

CREATE INDEX residents_residentsession_resident_id_13c62bf7 ON public.residents_residentsession USING btree (resident_id);

CREATE INDEX review_waiting ON public.messaging_review USING btree (facility_id, since) WHERE ((decision)::text = ''::text);

CREATE INDEX ruling_of_staff ON public.messaging_ruling USING btree (staff_id, id DESC);

CREATE INDEX search_of_family ON public.messaging_searchentry USING gin (user_id, words) WITH (fastupdate=off);

CREATE INDEX search_of_resident ON public.messaging_searchentry USING gin (resident_id, words) WITH (fastupdate=off);

CREATE INDEX search_of_staff ON public.messaging_search USING btree (staff_id, id DESC);

CREATE INDEX search_of_words ON public.messaging_searchentry USING gin (words) WITH (fastupdate=off);

CREATE UNIQUE INDEX session_once ON public.payments_checkout USING btree (session_ref) WHERE (NOT ((session_ref)::text = ''::text));

CREATE INDEX sitting_at_kiosk ON public.residents_residentsession USING btree (kiosk_id, started_at);

CREATE INDEX step_due ON public.requests_step USING btree (due_at) WHERE (answered_at IS NULL);

CREATE INDEX telephony_allowednumber_decided_by_id_864d8d1f ON public.telephony_allowednumber USING btree (decided_by_id);

CREATE INDEX telephony_allowednumber_resident_id_d2b9da08 ON public.telephony_allowednumber USING btree (resident_id);

CREATE INDEX telephony_call_facility_id_db3fc2c2 ON public.telephony_call USING btree (facility_id);

CREATE INDEX telephony_call_resident_id_adf3eb73 ON public.telephony_call USING btree (resident_id);

CREATE INDEX telephony_call_station_id_8e327db1 ON public.telephony_call USING btree (station_id);

CREATE INDEX telephony_call_switch_id_06ecad3a ON public.telephony_call USING btree (switch_id);

CREATE INDEX telephony_callcorrection_made_by_id_d72d7f10 ON public.telephony_callcorrection USING btree (made_by_id);

CREATE INDEX telephony_callevent_call_id_87b9ca06 ON public.telephony_callevent USING btree (call_id);

CREATE INDEX telephony_calllimits_facility_id_94c8b971 ON public.telephony_calllimits USING btree (facility_id);

CREATE INDEX telephony_calllimits_resident_id_bfb9a0dd ON public.telephony_calllimits USING btree (resident_id);

CREATE INDEX telephony_calllimits_unit_id_75584052 ON public.telephony_calllimits USING btree (unit_id);

CREATE INDEX telephony_callme_resident_id_6b52ef61 ON public.telephony_callme USING btree (resident_id);

CREATE INDEX telephony_callme_user_id_8889f9b0 ON public.telephony_callme USING btree (user_id);

CREATE INDEX telephony_callrate_plan_id_bcbaae2f ON public.telephony_callrate USING btree (plan_id);

CREATE INDEX telephony_cdr_call_id_c44ebe42 ON public.telephony_cdr USING btree (call_id);

CREATE INDEX telephony_cdr_facility_id_95642a70 ON public.telephony_cdr USING btree (facility_id);

CREATE INDEX telephony_cdr_resident_id_04f2eb68 ON public.telephony_cdr USING btree (resident_id);

CREATE INDEX telephony_codecall_switch_id_7d68e9c4 ON public.telephony_codecall USING btree (switch_id);

CREATE INDEX telephony_hotline_facility_id_0b2d721a ON public.telephony_hotline USING btree (facility_id);

CREATE INDEX telephony_knownnumber_agency_id_de471463 ON public.telephony_knownnumber USING btree (agency_id);

CREATE INDEX telephony_linehours_limits_id_26401cac ON public.telephony_linehours USING btree (limits_id);

CREATE INDEX telephony_linestop_facility_id_972595e7 ON public.telephony_linestop USING btree (facility_id);

CREATE INDEX telephony_linestop_made_by_id_0db96f8a ON public.telephony_linestop USING btree (made_by_id);

CREATE INDEX telephony_linestop_resident_id_aa2cc0be ON public.telephony_linestop USING btree (resident_id);

CREATE INDEX telephony_linestop_unit_id_775687ad ON public.telephony_linestop USING btree (unit_id);

CREATE INDEX telephony_numberappeal_decided_by_id_4b2b25ab ON public.telephony_numberappeal USING btree (decided_by_id);

CREATE INDEX telephony_numberappeal_denied_by_id_106231da ON public.telephony_numberappeal USING btree (denied_by_id);

CREATE INDEX telephony_numberappeal_listed_id_3bfe1a2d ON public.telephony_numberappeal USING btree (listed_id);

CREATE INDEX telephony_numberappeal_user_id_24f8a6c4 ON public.telephony_numberappeal USING btree (user_id);

CREATE INDEX telephony_numberblock_facility_id_d43bf18a ON public.telephony_numberblock USING btree (facility_id);

CREATE INDEX telephony_numberblock_lifted_by_id_d40494d4 ON public.telephony_numberblock USING btree (lifted_by_id);

CREATE INDEX telephony_numberblock_made_by_id_d8b8664f ON public.telephony_numberblock USING btree (made_by_id);

CREATE INDEX telephony_numbernote_agency_id_3564338f ON public.telephony_numbernote USING btree (agency_id);

CREATE INDEX telephony_numbernote_made_by_id_fb6c12d1 ON public.telephony_numbernote USING btree (made_by_id);

CREATE INDEX telephony_population_counted_by_id_3f6d052f ON public.telephony_population USING btree (counted_by_id);

CREATE INDEX telephony_population_facility_id_acd7eba1 ON public.telephony_population USING btree (facility_id);

CREATE INDEX telephony_rateplan_facility_id_123b6ff9 ON public.telephony_rateplan USING btree (facility_id);

CREATE INDEX telephony_rateplan_made_by_id_3d5fcb35 ON public.telephony_rateplan USING btree (made_by_id);

CREATE INDEX telephony_recordedname_removed_by_id_2faa59b5 ON public.telephony_recordedname USING btree (removed_by_id);

CREATE INDEX telephony_recordedname_resident_id_a7c096a7 ON public.telephony_recordedname USING btree (resident_id);

CREATE INDEX telephony_recordedname_station_id_5526bc06 ON public.telephony_recordedname USING btree (station_id);

CREATE INDEX telephony_recording_held_by_id_7b72709d ON public.telephony_recording USING btree (held_by_id);

CREATE INDEX telephony_recording_purge_id_93931320 ON public.telephony_recording USING btree (purge_id);

CREATE INDEX telephony_recordingpurge_facility_id_12667531 ON public.telephony_recordingpurge USING btree (facility_id);

CREATE INDEX telephony_speeddial_resident_id_50534619 ON public.telephony_speeddial USING btree (resident_id);

CREATE INDEX telephony_station_facility_id_fb052f3b ON public.telephony_station USING btree (facility_id);

CREATE INDEX telephony_station_unit_id_b5b85184 ON public.telephony_station USING btree (unit_id);

CREATE INDEX telephony_station_username_94a293fc_like ON public.telephony_station USING btree (username varchar_pattern_ops);

CREATE INDEX telephony_switch_agency_id_0562935d ON public.telephony_switch USING btree (agency_id);

CREATE INDEX telephony_switch_name_585e66c7_like ON public.telephony_switch USING btree (name varchar_pattern_ops);

CREATE INDEX telephony_trunk_name_a9ab318d_like ON public.telephony_trunk USING btree (name varchar_pattern_ops);

CREATE INDEX user_by_email ON public.identity_user USING btree (lower((email)::text));

CREATE UNIQUE INDEX username_without_case ON public.identity_user USING btree (lower((username)::text));

CREATE UNIQUE INDEX watch_list_name_in_facility ON public.delivery_watchlist USING btree (facility_id, name) WHERE (ended_at IS NULL);

CREATE INDEX watch_open ON public.contacts_arrivalwatch USING btree (number) WHERE ((ended_at IS NULL) AND (told_at IS NULL));

CREATE TRIGGER answer_stays BEFORE DELETE OR UPDATE ON public.requests_step FOR EACH ROW EXECUTE FUNCTION public.requests_answer_stays();

CREATE TRIGGER appeal_decided_by_another BEFORE INSERT OR UPDATE ON public.messaging_appeal FOR EACH ROW EXECUTE FUNCTION public.messaging_appeal_decider();

CREATE TRIGGER appeal_ruled_by_another BEFORE INSERT ON public.messaging_appealruling FOR EACH ROW EXECUTE FUNCTION public.messaging_appealruling_decider();

CREATE TRIGGER appeal_ruling_never_rewritten BEFORE UPDATE ON public.messaging_appealruling FOR EACH ROW EXECUTE FUNCTION public.messaging_appealruling_kept();

CREATE TRIGGER audit_event_insert_only BEFORE DELETE OR UPDATE ON public.core_audit_event FOR EACH ROW EXECUTE FUNCTION public.core_refuse_change();

CREATE TRIGGER audit_seal_insert_only BEFORE DELETE OR UPDATE ON public.core_audit_seal FOR EACH ROW EXECUTE FUNCTION public.core_refuse_change();

CREATE TRIGGER body_claimed BEFORE DELETE ON public.messaging_body FOR EACH ROW EXECUTE FUNCTION public.messaging_body_claimed();

CREATE TRIGGER hold_never_rewritten BEFORE DELETE OR UPDATE ON public.messaging_legalhold FOR EACH ROW EXECUTE FUNCTION public.messaging_hold_kept();

CREATE TRIGGER ledger_account_insert_only BEFORE DELETE OR UPDATE ON public.ledger_account FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_insert_only();

CREATE TRIGGER ledger_account_opened AFTER INSERT ON public.ledger_account FOR EACH ROW EXECUTE FUNCTION public.ledger_account_opened();

CREATE TRIGGER ledger_account_opening BEFORE INSERT ON public.ledger_account FOR EACH ROW EXECUTE FUNCTION public.ledger_account_opening();

CREATE TRIGGER ledger_balance_guard BEFORE INSERT OR DELETE OR UPDATE ON public.ledger_balance FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION public.ledger_balance_guard();

CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON public.ledger_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.ledger_entry_balances();

CREATE TRIGGER ledger_entry_insert_only BEFORE DELETE OR UPDATE ON public.ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_insert_only();

CREATE TRIGGER ledger_hold_ended AFTER INSERT ON public.ledger_resolution FOR EACH ROW EXECUTE FUNCTION public.ledger_hold_ended();

CREATE TRIGGER ledger_hold_insert_only BEFORE DELETE OR UPDATE ON public.ledger_hold FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_insert_only();

CREATE TRIGGER ledger_hold_line_added AFTER INSERT ON public.ledger_holdline FOR EACH ROW EXECUTE FUNCTION public.ledger_hold_line_added();

CREATE TRIGGER ledger_holdline_insert_only BEFORE DELETE OR UPDATE ON public.ledger_holdline FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_insert_only();

CREATE TRIGGER ledger_month_guard BEFORE INSERT OR DELETE OR UPDATE ON public.ledger_month FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION public.ledger_balance_guard();

CREATE TRIGGER ledger_posting_added AFTER INSERT ON public.ledger_posting FOR EACH ROW EXECUTE FUNCTION public.ledger_posting_added();

CREATE TRIGGER ledger_posting_insert_only BEFORE DELETE OR UPDATE ON public.ledger_posting FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_insert_only();

CREATE TRIGGER ledger_resolution_insert_only BEFORE DELETE OR UPDATE ON public.ledger_resolution FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_insert_only();

CREATE TRIGGER mailbox_let_go AFTER DELETE ON public.messaging_mailbox FOR EACH ROW EXECUTE FUNCTION public.messaging_let_go();

CREATE TRIGGER may_be_recorded BEFORE INSERT ON public.telephony_recording FOR EACH ROW EXECUTE FUNCTION public.telephony_may_be_recorded();

CREATE CONSTRAINT TRIGGER money_follows_record AFTER INSERT ON public.telephony_cdr DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.corrects_id IS NOT NULL)) EXECUTE FUNCTION public.money_follows_record();

CREATE CONSTRAINT TRIGGER money_is_earned AFTER INSERT ON public.ledger_posting DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.cents > 0)) EXECUTE FUNCTION public.money_is_earned();

CREATE TRIGGER money_keeps_call BEFORE UPDATE OF accepted_at, ended_at, facility_id, hold_id, resident_id, number ON public.telephony_call FOR EACH ROW WHEN (((old.ended_at IS NOT NULL) AND ((((((old.accepted_at IS DISTINCT FROM new.accepted_at) OR (old.ended_at IS DISTINCT FROM new.ended_at)) OR (old.facility_id IS DISTINCT FROM new.facility_id)) OR (old.hold_id IS DISTINCT FROM new.hold_id)) OR (old.resident_id IS DISTINCT FROM new.resident_id)) OR ((old.number)::text IS DISTINCT FROM (new.number)::text)))) EXECUTE FUNCTION public.money_keeps_call();

CREATE TRIGGER money_keeps_letter_of_photo BEFORE UPDATE OF state, delivered_at, facility_id ON public.messaging_message FOR EACH ROW WHEN ((((old.state)::text = 'delivered'::text) AND (old.photo_count > 0) AND ((((old.state)::text IS DISTINCT FROM (new.state)::text) OR (old.delivered_at IS DISTINCT FROM new.delivered_at)) OR (old.facility_id IS DISTINCT FROM new.facility_id)))) EXECUTE FUNCTION public.money_stays_earned();

CREATE TRIGGER money_keeps_photo BEFORE UPDATE OF message_id, price_cents, hold_id ON public.messaging_photo FOR EACH ROW WHEN (((old.hold_id IS NOT NULL) AND (((old.message_id IS DISTINCT FROM new.message_id) OR (old.price_cents IS DISTINCT FROM new.price_cents)) OR (old.hold_id IS DISTINCT FROM new.hold_id)))) EXECUTE FUNCTION public.money_keeps_photo();

CREATE TRIGGER money_keeps_photo_there BEFORE DELETE ON public.messaging_photo FOR EACH ROW WHEN ((old.hold_id IS NOT NULL)) EXECUTE FUNCTION public.money_keeps_photo();

CREATE TRIGGER money_stays_earned BEFORE UPDATE OF state, delivered_at, facility_id, price_cents, payer, hold_id ON public.messaging_message FOR EACH ROW WHEN ((((old.state)::text = 'delivered'::text) AND (old.price_cents > 0) AND ((old.payer)::text <> 'nobody'::text) AND (((((((old.state)::text IS DISTINCT FROM (new.state)::text) OR (old.delivered_at IS DISTINCT FROM new.delivered_at)) OR (old.facility_id IS DISTINCT FROM new.facility_id)) OR (old.price_cents IS DISTINCT FROM new.price_cents)) OR ((old.payer)::text IS DISTINCT FROM (new.payer)::text)) OR (old.hold_id IS DISTINCT FROM new.hold_id)))) EXECUTE FUNCTION public.money_stays_earned();

CREATE TRIGGER money_stays_there BEFORE DELETE ON public.messaging_message FOR EACH ROW WHEN ((((old.state)::text = 'delivered'::text) AND (old.price_cents > 0) AND ((old.payer)::text <> 'nobody'::text))) EXECUTE FUNCTION public.money_stays_earned();

CREATE TRIGGER number_appeal_kept BEFORE INSERT OR UPDATE ON public.telephony_numberappeal FOR EACH ROW EXECUTE FUNCTION public.telephony_number_appeal();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_notify_queue_abort_job_v1();

CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1();

CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_unlink_periodic_defers_v1();

CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON public.procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1();

CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1();

CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_update_v1();

CREATE TRIGGER purge_insert_only BEFORE DELETE OR UPDATE ON public.messaging_purge FOR EACH ROW EXECUTE FUNCTION public.core_refuse_change();

CREATE TRIGGER purged_insert_only BEFORE DELETE OR UPDATE ON public.messaging_purged FOR EACH ROW EXECUTE FUNCTION public.core_refuse_change();

CREATE TRIGGER refusal_never_rewritten BEFORE UPDATE ON public.messaging_review FOR EACH ROW EXECUTE FUNCTION public.messaging_review_fixed();

CREATE TRIGGER refusal_parts_kept BEFORE UPDATE ON public.messaging_review FOR EACH ROW EXECUTE FUNCTION public.messaging_refusal_parts();

CREATE TRIGGER retention_insert_only BEFORE DELETE OR UPDATE ON public.messaging_retention FOR EACH ROW EXECUTE FUNCTION public.core_refuse_change();

CREATE TRIGGER ruling_never_deleted BEFORE DELETE ON public.messaging_ruling FOR EACH ROW EXECUTE FUNCTION public.messaging_ruling_stays();

CREATE TRIGGER ruling_never_rewritten BEFORE UPDATE ON public.messaging_ruling FOR EACH ROW EXECUTE FUNCTION public.messaging_ruling_kept();

CREATE TRIGGER written_once BEFORE DELETE OR UPDATE ON public.telephony_callcorrection FOR EACH ROW EXECUTE FUNCTION public.telephony_stays();

CREATE TRIGGER written_once BEFORE DELETE OR UPDATE ON public.telephony_callevent FOR EACH ROW EXECUTE FUNCTION public.telephony_stays();

CREATE TRIGGER written_once BEFORE DELETE OR UPDATE ON public.telephony_callrate FOR EACH ROW EXECUTE FUNCTION public.telephony_stays();

CREATE TRIGGER written_once BEFORE DELETE OR UPDATE ON public.telephony_cdr FOR EACH ROW EXECUTE FUNCTION public.telephony_stays();

CREATE TRIGGER written_once BEFORE DELETE OR UPDATE ON public.telephony_numbernote FOR EACH ROW EXECUTE FUNCTION public.telephony_stays();

CREATE TRIGGER written_once BEFORE DELETE OR UPDATE ON public.telephony_rateplan FOR EACH ROW EXECUTE FUNCTION public.telephony_stays();

CREATE TRIGGER written_once BEFORE DELETE OR UPDATE OF call_id, file, sha256, seconds, begun_at ON public.telephony_recording FOR EACH ROW EXECUTE FUNCTION public.telephony_stays();

CREATE TRIGGER written_once BEFORE DELETE OR UPDATE ON public.telephony_recordingpurge FOR EACH ROW EXECUTE FUNCTION public.telephony_stays();

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.contacts_arrivalwatch
    ADD CONSTRAINT contacts_arrivalwatc_agency_id_aef19a7f_fk_facilitie FOREIGN KEY (agency_id) REFERENCES public.facilities_agency(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.contacts_arrivalwatch
    ADD CONSTRAINT contacts_arrivalwatch_user_id_686a2340_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.contacts_contact
    ADD CONSTRAINT contacts_contact_approved_by_id_9cb8907a_fk_identity_user_id FOREIGN KEY (approved_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.contacts_contact
    ADD CONSTRAINT contacts_contact_resident_id_a2379d3b_fk_residents_resident_id FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.contacts_contact
    ADD CONSTRAINT contacts_contact_user_id_cff1a837_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.contacts_invitation
    ADD CONSTRAINT contacts_invitation_accepted_by_id_0427f367_fk_identity_user_id FOREIGN KEY (accepted_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.contacts_invitation
    ADD CONSTRAINT contacts_invitation_resident_id_86acf38d_fk_residents FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.contacts_privilegeclaim
    ADD CONSTRAINT contacts_privilegecl_contact_id_1da4bd35_fk_contacts_ FOREIGN KEY (contact_id) REFERENCES public.contacts_contact(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.contacts_privilegeclaim
    ADD CONSTRAINT contacts_privilegecl_ended_by_id_30ed1c47_fk_identity_ FOREIGN KEY (ended_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.contacts_privilegeclaim
    ADD CONSTRAINT contacts_privilegecl_verified_by_id_48cfb1e5_fk_identity_ FOREIGN KEY (verified_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.contacts_restriction
    ADD CONSTRAINT contacts_restriction_created_by_id_e16ce696_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.contacts_restriction
    ADD CONSTRAINT contacts_restriction_facility_id_f6d66c6c_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.contacts_restriction
    ADD CONSTRAINT contacts_restriction_resident_id_6b70c514_fk_residents FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.contacts_restriction
    ADD CONSTRAINT contacts_restriction_user_id_eb7ea44a_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_hit
    ADD CONSTRAINT delivery_hit_judged_by_id_acf066cf_fk_identity_user_id FOREIGN KEY (judged_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_hit
    ADD CONSTRAINT delivery_hit_list_id_14a48ba6_fk_delivery_watchlist_id FOREIGN KEY (list_id) REFERENCES public.delivery_watchlist(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_hit
    ADD CONSTRAINT delivery_hit_person_id_75c0f50d_fk_delivery_watchedperson_id FOREIGN KEY (person_id) REFERENCES public.delivery_watchedperson(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_hit
    ADD CONSTRAINT delivery_hit_phrase_id_dff6a42a_fk_delivery_phrase_id FOREIGN KEY (phrase_id) REFERENCES public.delivery_phrase(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_listfollower
    ADD CONSTRAINT delivery_listfollower_list_id_48795bef_fk_delivery_watchlist_id FOREIGN KEY (list_id) REFERENCES public.delivery_watchlist(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_listfollower
    ADD CONSTRAINT delivery_listfollower_user_id_e22dec3f_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_phrase
    ADD CONSTRAINT delivery_phrase_added_by_id_97e34043_fk_identity_user_id FOREIGN KEY (added_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_phrase
    ADD CONSTRAINT delivery_phrase_list_id_05b6eb24_fk_delivery_watchlist_id FOREIGN KEY (list_id) REFERENCES public.delivery_watchlist(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_policy
    ADD CONSTRAINT delivery_policy_created_by_id_07a5d5b1_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_policy
    ADD CONSTRAINT delivery_policy_facility_id_bd6050b2_fk_facilities_facility_id FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_policy
    ADD CONSTRAINT delivery_policy_withdrawn_by_id_2dd6be82_fk_identity_user_id FOREIGN KEY (withdrawn_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_policydraft
    ADD CONSTRAINT delivery_policydraft_changed_by_id_96a1cd41_fk_identity_user_id FOREIGN KEY (changed_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_policydraft
    ADD CONSTRAINT delivery_policydraft_facility_id_c03de8d1_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_screening
    ADD CONSTRAINT delivery_screening_facility_id_b003156d_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_stop
    ADD CONSTRAINT delivery_stop_ended_by_id_1381e48b_fk_identity_user_id FOREIGN KEY (ended_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_stop
    ADD CONSTRAINT delivery_stop_facility_id_67ad4354_fk_facilities_facility_id FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_stop
    ADD CONSTRAINT delivery_stop_started_by_id_85624d80_fk_identity_user_id FOREIGN KEY (started_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_watchedperson
    ADD CONSTRAINT delivery_watchedpers_list_id_2545693b_fk_delivery_ FOREIGN KEY (list_id) REFERENCES public.delivery_watchlist(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_watchedperson
    ADD CONSTRAINT delivery_watchedpers_resident_id_4ad4fd9e_fk_residents FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_watchedperson
    ADD CONSTRAINT delivery_watchedperson_added_by_id_4c2596f5_fk_identity_user_id FOREIGN KEY (added_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_watchedperson
    ADD CONSTRAINT delivery_watchedperson_user_id_c8adcbf3_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_watchlist
    ADD CONSTRAINT delivery_watchlist_created_by_id_1a3b3b8b_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_watchlist
    ADD CONSTRAINT delivery_watchlist_facility_id_e8e8a5e9_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_watchlist
    ADD CONSTRAINT delivery_watchlist_owner_id_ae588221_fk_identity_user_id FOREIGN KEY (owner_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.delivery_watchlist
    ADD CONSTRAINT delivery_watchlist_reason_id_5cf1cb71_fk_facilitie FOREIGN KEY (reason_id) REFERENCES public.facilities_refusalreason(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.facilities_facility
    ADD CONSTRAINT facilities_facility_agency_id_144d63de_fk_facilities_agency_id FOREIGN KEY (agency_id) REFERENCES public.facilities_agency(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.facilities_holiday
    ADD CONSTRAINT facilities_holiday_agency_id_52a90acd_fk_facilities_agency_id FOREIGN KEY (agency_id) REFERENCES public.facilities_agency(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.facilities_housingunit
    ADD CONSTRAINT facilities_housingun_facility_id_571d38b4_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.facilities_kiosk
    ADD CONSTRAINT facilities_kiosk_facility_id_fed575e8_fk_facilities_facility_id FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.facilities_kiosk
    ADD CONSTRAINT facilities_kiosk_unit_id_9537eeab_fk_facilities_housingunit_id FOREIGN KEY (unit_id) REFERENCES public.facilities_housingunit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.facilities_messageprice
    ADD CONSTRAINT facilities_messagepr_agency_id_b6c9f0f9_fk_facilitie FOREIGN KEY (agency_id) REFERENCES public.facilities_agency(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.facilities_refusalreason
    ADD CONSTRAINT facilities_refusalre_facility_id_212efd96_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.identity_challenge
    ADD CONSTRAINT identity_challenge_user_id_5a397fa8_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.identity_closure
    ADD CONSTRAINT identity_closure_user_id_50ffc46f_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.identity_onetimecode
    ADD CONSTRAINT identity_onetimecode_user_id_12e2f937_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.identity_passkey
    ADD CONSTRAINT identity_passkey_factor_id_c1d2539b_fk_identity_secondfactor_id FOREIGN KEY (factor_id) REFERENCES public.identity_secondfactor(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.identity_recoverycode
    ADD CONSTRAINT identity_recoverycod_factor_id_6dbc58a8_fk_identity_ FOREIGN KEY (factor_id) REFERENCES public.identity_secondfactor(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.identity_reportkey
    ADD CONSTRAINT identity_reportkey_facility_id_f4220f0c_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.identity_reportkey
    ADD CONSTRAINT identity_reportkey_holder_id_2fb1d152_fk_identity_user_id FOREIGN KEY (holder_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.identity_secondfactor
    ADD CONSTRAINT identity_secondfactor_user_id_d7e15f36_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.identity_session
    ADD CONSTRAINT identity_session_user_id_b9dc93c0_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.identity_signinlock
    ADD CONSTRAINT identity_signinlock_user_id_23441238_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.identity_staffrole
    ADD CONSTRAINT identity_staffrole_facility_id_212be0ab_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.identity_staffrole
    ADD CONSTRAINT identity_staffrole_user_id_62a6c9ba_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.identity_termsacceptance
    ADD CONSTRAINT identity_termsacceptance_terms_id_01519d1f_fk_identity_terms_id FOREIGN KEY (terms_id) REFERENCES public.identity_terms(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.identity_termsacceptance
    ADD CONSTRAINT identity_termsacceptance_user_id_d40ba300_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.ledger_balance
    ADD CONSTRAINT ledger_balance_account_id_c2c102a5_fk_ledger_account_id FOREIGN KEY (account_id) REFERENCES public.ledger_account(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_corrects_id_2925b5f6_fk_ledger_entry_id FOREIGN KEY (corrects_id) REFERENCES public.ledger_entry(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.ledger_resolution
    ADD CONSTRAINT ledger_resolution_entry_id_dc1e192f_fk_ledger_entry_id FOREIGN KEY (entry_id) REFERENCES public.ledger_entry(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.ledger_resolution
    ADD CONSTRAINT ledger_resolution_hold_id_bf8f9d69_fk_ledger_hold_id FOREIGN KEY (hold_id) REFERENCES public.ledger_hold(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_alertrecipient
    ADD CONSTRAINT messaging_alertrecip_facility_id_e9b108b7_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_alertrecipient
    ADD CONSTRAINT messaging_alertrecipient_staff_id_a0501582_fk_identity_user_id FOREIGN KEY (staff_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_appeal
    ADD CONSTRAINT messaging_appeal_decided_by_id_50281de8_fk_identity_user_id FOREIGN KEY (decided_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_appeal
    ADD CONSTRAINT messaging_appeal_review_id_581f7217_fk_messaging_review_id FOREIGN KEY (review_id) REFERENCES public.messaging_review(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_appealruling
    ADD CONSTRAINT messaging_appealruli_appeal_id_be1afe88_fk_messaging FOREIGN KEY (appeal_id) REFERENCES public.messaging_appeal(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_appealruling
    ADD CONSTRAINT messaging_appealruling_staff_id_06e4344b_fk_identity_user_id FOREIGN KEY (staff_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_body
    ADD CONSTRAINT messaging_body_message_id_ce53b1d6_fk_messaging_message_id FOREIGN KEY (message_id) REFERENCES public.messaging_message(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_draft
    ADD CONSTRAINT messaging_draft_contact_id_e900e93c_fk_contacts_contact_id FOREIGN KEY (contact_id) REFERENCES public.contacts_contact(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_draft
    ADD CONSTRAINT messaging_draft_reply_to_id_df207812_fk_messaging_message_id FOREIGN KEY (reply_to_id) REFERENCES public.messaging_message(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_draft
    ADD CONSTRAINT messaging_draft_resident_id_877868fd_fk_residents_resident_id FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_draft
    ADD CONSTRAINT messaging_draft_user_id_b2c40d9b_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_legalhold
    ADD CONSTRAINT messaging_legalhold_facility_id_757bcc8d_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_legalhold
    ADD CONSTRAINT messaging_legalhold_lifted_by_id_a1ec2b47_fk_identity_user_id FOREIGN KEY (lifted_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_legalhold
    ADD CONSTRAINT messaging_legalhold_message_id_4ce8e98b_fk_messaging_message_id FOREIGN KEY (message_id) REFERENCES public.messaging_message(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_legalhold
    ADD CONSTRAINT messaging_legalhold_placed_by_id_d023a8e2_fk_identity_user_id FOREIGN KEY (placed_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_legalhold
    ADD CONSTRAINT messaging_legalhold_resident_id_3652698b_fk_residents FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_legalhold
    ADD CONSTRAINT messaging_legalhold_user_id_5d55f7c3_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_letgo
    ADD CONSTRAINT messaging_letgo_message_id_12176060_fk_messaging_message_id FOREIGN KEY (message_id) REFERENCES public.messaging_message(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_look
    ADD CONSTRAINT messaging_look_review_id_6856365f_fk_messaging_review_id FOREIGN KEY (review_id) REFERENCES public.messaging_review(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_look
    ADD CONSTRAINT messaging_look_staff_id_d4d9967c_fk_identity_user_id FOREIGN KEY (staff_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_mailbox
    ADD CONSTRAINT messaging_mailbox_contact_id_0e7f13e7_fk_contacts_contact_id FOREIGN KEY (contact_id) REFERENCES public.contacts_contact(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_mailbox
    ADD CONSTRAINT messaging_mailbox_message_id_d50c2e84_fk_messaging_message_id FOREIGN KEY (message_id) REFERENCES public.messaging_message(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_mailbox
    ADD CONSTRAINT messaging_mailbox_resident_id_e55277fc_fk_residents_resident_id FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_mailbox
    ADD CONSTRAINT messaging_mailbox_user_id_2f6fb65d_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_message
    ADD CONSTRAINT messaging_message_contact_id_20c3f93a_fk_contacts_contact_id FOREIGN KEY (contact_id) REFERENCES public.contacts_contact(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_message
    ADD CONSTRAINT messaging_message_facility_id_5385ede3_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_message
    ADD CONSTRAINT messaging_message_reply_to_id_f28e3285_fk_messaging_message_id FOREIGN KEY (reply_to_id) REFERENCES public.messaging_message(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_photo
    ADD CONSTRAINT messaging_photo_contact_id_295db0ac_fk_contacts_contact_id FOREIGN KEY (contact_id) REFERENCES public.contacts_contact(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_photo
    ADD CONSTRAINT messaging_photo_message_id_c2b73322_fk_messaging_message_id FOREIGN KEY (message_id) REFERENCES public.messaging_message(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_pixels
    ADD CONSTRAINT messaging_pixels_photo_id_4762a625_fk_messaging_photo_id FOREIGN KEY (photo_id) REFERENCES public.messaging_photo(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_prepaidreply
    ADD CONSTRAINT messaging_prepaidrep_message_id_935c5023_fk_messaging FOREIGN KEY (message_id) REFERENCES public.messaging_message(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_prepaidreply
    ADD CONSTRAINT messaging_prepaidrep_used_by_id_207c8bf7_fk_messaging FOREIGN KEY (used_by_id) REFERENCES public.messaging_message(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_printbatch
    ADD CONSTRAINT messaging_printbatch_facility_id_ceccdc54_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_printbatch
    ADD CONSTRAINT messaging_printbatch_made_by_id_e5c8654c_fk_identity_user_id FOREIGN KEY (made_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_printbatch
    ADD CONSTRAINT messaging_printbatch_unit_id_096c71b1_fk_facilitie FOREIGN KEY (unit_id) REFERENCES public.facilities_housingunit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_printedletter
    ADD CONSTRAINT messaging_printedlet_batch_id_d871ed0e_fk_messaging FOREIGN KEY (batch_id) REFERENCES public.messaging_printbatch(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_printedletter
    ADD CONSTRAINT messaging_printedlet_message_id_75de0417_fk_messaging FOREIGN KEY (message_id) REFERENCES public.messaging_message(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_purge
    ADD CONSTRAINT messaging_purge_facility_id_0009b985_fk_facilities_facility_id FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_purge
    ADD CONSTRAINT messaging_purge_retention_id_8371b85b_fk_messaging_retention_id FOREIGN KEY (retention_id) REFERENCES public.messaging_retention(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_purged
    ADD CONSTRAINT messaging_purged_message_id_030f7bc9_fk_messaging_message_id FOREIGN KEY (message_id) REFERENCES public.messaging_message(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_purged
    ADD CONSTRAINT messaging_purged_purge_id_e004b320_fk_messaging_purge_id FOREIGN KEY (purge_id) REFERENCES public.messaging_purge(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_retention
    ADD CONSTRAINT messaging_retention_facility_id_4a970485_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_retention
    ADD CONSTRAINT messaging_retention_set_by_id_cb2b8542_fk_identity_user_id FOREIGN KEY (set_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_review
    ADD CONSTRAINT messaging_review_claimed_by_id_1d500171_fk_identity_user_id FOREIGN KEY (claimed_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_review
    ADD CONSTRAINT messaging_review_decided_by_id_be96a1dd_fk_identity_user_id FOREIGN KEY (decided_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_review
    ADD CONSTRAINT messaging_review_facility_id_77ddf2d5_fk_facilities_facility_id FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_review
    ADD CONSTRAINT messaging_review_message_id_d39507c8_fk_messaging_message_id FOREIGN KEY (message_id) REFERENCES public.messaging_message(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_review
    ADD CONSTRAINT messaging_review_passed_by_id_f51847fb_fk_identity_user_id FOREIGN KEY (passed_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_review
    ADD CONSTRAINT messaging_review_reason_id_ed48f66a_fk_facilitie FOREIGN KEY (reason_id) REFERENCES public.facilities_refusalreason(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_review
    ADD CONSTRAINT messaging_review_withheld_by_id_bd2dcc0b_fk_identity_user_id FOREIGN KEY (withheld_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_ruling
    ADD CONSTRAINT messaging_ruling_reason_id_6e995a04_fk_facilitie FOREIGN KEY (reason_id) REFERENCES public.facilities_refusalreason(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_ruling
    ADD CONSTRAINT messaging_ruling_review_id_c71130af_fk_messaging_review_id FOREIGN KEY (review_id) REFERENCES public.messaging_review(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_ruling
    ADD CONSTRAINT messaging_ruling_staff_id_e37fd46a_fk_identity_user_id FOREIGN KEY (staff_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_search
    ADD CONSTRAINT messaging_search_facility_id_3e673cbc_fk_facilities_facility_id FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_search
    ADD CONSTRAINT messaging_search_staff_id_a355024a_fk_identity_user_id FOREIGN KEY (staff_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_searchentry
    ADD CONSTRAINT messaging_searchentr_message_id_c6866755_fk_messaging FOREIGN KEY (message_id) REFERENCES public.messaging_message(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_searchentry
    ADD CONSTRAINT messaging_searchentr_resident_id_86df6d80_fk_residents FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.messaging_searchentry
    ADD CONSTRAINT messaging_searchentry_user_id_da76bc12_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_broadcast
    ADD CONSTRAINT notices_broadcast_facility_id_45467e8e_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_broadcast
    ADD CONSTRAINT notices_broadcast_sent_by_id_f322727e_fk_identity_user_id FOREIGN KEY (sent_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_broadcast
    ADD CONSTRAINT notices_broadcast_unit_id_54a4eb3e_fk_facilities_housingunit_id FOREIGN KEY (unit_id) REFERENCES public.facilities_housingunit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_broadcast
    ADD CONSTRAINT notices_broadcast_withdrawn_by_id_90e4343e_fk_identity_user_id FOREIGN KEY (withdrawn_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_email
    ADD CONSTRAINT notices_email_user_id_a6f47018_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_notice
    ADD CONSTRAINT notices_notice_broadcast_id_27c60a3d_fk_notices_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.notices_broadcast(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_notice
    ADD CONSTRAINT notices_notice_resident_id_26813ba9_fk_residents_resident_id FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notices_notice
    ADD CONSTRAINT notices_notice_user_id_62c74e71_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_allowance
    ADD CONSTRAINT payments_allowance_facility_id_35278edf_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_allowanceuse
    ADD CONSTRAINT payments_allowanceus_facility_id_e93f20df_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_allowanceuse
    ADD CONSTRAINT payments_allowanceus_resident_id_4beb9528_fk_residents FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_checkout
    ADD CONSTRAINT payments_checkout_deposit_id_28ce4c20_fk_payments_deposit_id FOREIGN KEY (deposit_id) REFERENCES public.payments_deposit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_checkout
    ADD CONSTRAINT payments_checkout_payer_id_defce7c6_fk_identity_user_id FOREIGN KEY (payer_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_checkout
    ADD CONSTRAINT payments_checkout_top_up_id_073bfa89_fk_payments_topup_id FOREIGN KEY (top_up_id) REFERENCES public.payments_topup(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_deposit
    ADD CONSTRAINT payments_deposit_facility_id_8b544357_fk_facilities_facility_id FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_deposit
    ADD CONSTRAINT payments_deposit_file_id_83d14209_fk_payments_depositfile_id FOREIGN KEY (file_id) REFERENCES public.payments_depositfile(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_deposit
    ADD CONSTRAINT payments_deposit_payer_id_c7de3b21_fk_identity_user_id FOREIGN KEY (payer_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_deposit
    ADD CONSTRAINT payments_deposit_recorded_by_id_1758836d_fk_identity_user_id FOREIGN KEY (recorded_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_depositfile
    ADD CONSTRAINT payments_depositfile_facility_id_f0c317f4_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_depositfile
    ADD CONSTRAINT payments_depositfile_taken_by_id_f6c77559_fk_identity_user_id FOREIGN KEY (taken_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_difference
    ADD CONSTRAINT payments_difference_settled_by_id_23940e8a_fk_identity_user_id FOREIGN KEY (settled_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_dispute
    ADD CONSTRAINT payments_dispute_deposit_id_b1759d3a_fk_payments_deposit_id FOREIGN KEY (deposit_id) REFERENCES public.payments_deposit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_listednumber
    ADD CONSTRAINT payments_listednumbe_number_id_2f670093_fk_payments_ FOREIGN KEY (number_id) REFERENCES public.payments_prepaidnumber(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_listednumber
    ADD CONSTRAINT payments_listednumber_user_id_8bb44fa1_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_numbercode
    ADD CONSTRAINT payments_numbercode_number_id_88b5cd0e_fk_payments_ FOREIGN KEY (number_id) REFERENCES public.payments_prepaidnumber(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_numbercode
    ADD CONSTRAINT payments_numbercode_user_id_63c90536_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_payout
    ADD CONSTRAINT payments_payout_deposit_id_e2cae93a_fk_payments_deposit_id FOREIGN KEY (deposit_id) REFERENCES public.payments_deposit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_payout
    ADD CONSTRAINT payments_payout_facility_id_c9181e93_fk_facilities_facility_id FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_payout
    ADD CONSTRAINT payments_payout_refund_id_c468a5e4_fk_payments_refund_id FOREIGN KEY (refund_id) REFERENCES public.payments_refund(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_payout
    ADD CONSTRAINT payments_payout_replaced_by_id_2ef35ad4_fk_payments_payout_id FOREIGN KEY (replaced_by_id) REFERENCES public.payments_payout(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_payout
    ADD CONSTRAINT payments_payout_resident_id_33a170d5_fk_residents_resident_id FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_payout
    ADD CONSTRAINT payments_payout_settled_by_id_16a2ffcf_fk_identity_user_id FOREIGN KEY (settled_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_payout
    ADD CONSTRAINT payments_payout_user_id_e8d00f85_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_prepaidnumber
    ADD CONSTRAINT payments_prepaidnumber_holder_id_ed7328f1_fk_identity_user_id FOREIGN KEY (holder_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.payments_topup
    ADD CONSTRAINT payments_topup_user_id_d5404703_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.procrastinate_workers(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id);

ALTER TABLE ONLY public.requests_reporting
    ADD CONSTRAINT requests_reporting_facility_id_3519bd95_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.requests_request
    ADD CONSTRAINT requests_request_facility_id_34bfce13_fk_facilities_facility_id FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.requests_request
    ADD CONSTRAINT requests_request_form_id_be1b651e_fk_requests_requestform_id FOREIGN KEY (form_id) REFERENCES public.requests_requestform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.requests_request
    ADD CONSTRAINT requests_request_resident_id_550e797f_fk_residents_resident_id FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.requests_request
    ADD CONSTRAINT requests_request_unit_id_88768537_fk_facilities_housingunit_id FOREIGN KEY (unit_id) REFERENCES public.facilities_housingunit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.requests_requestdraft
    ADD CONSTRAINT requests_requestdraf_form_id_94d78288_fk_requests_ FOREIGN KEY (form_id) REFERENCES public.requests_requestform(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.requests_requestdraft
    ADD CONSTRAINT requests_requestdraf_resident_id_5ed41721_fk_residents FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.requests_requestform
    ADD CONSTRAINT requests_requestform_facility_id_232cbd84_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.requests_step
    ADD CONSTRAINT requests_step_answered_by_id_7d3fc674_fk_identity_user_id FOREIGN KEY (answered_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.requests_step
    ADD CONSTRAINT requests_step_first_by_id_5a218c3a_fk_identity_user_id FOREIGN KEY (first_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.requests_step
    ADD CONSTRAINT requests_step_request_id_69c0ecf2_fk_requests_request_id FOREIGN KEY (request_id) REFERENCES public.requests_request(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.residents_custody
    ADD CONSTRAINT residents_custody_facility_id_37ce0f66_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.residents_custody
    ADD CONSTRAINT residents_custody_resident_id_ea106e8b_fk_residents_resident_id FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.residents_custody
    ADD CONSTRAINT residents_custody_unit_id_d8b85b3a_fk_facilities_housingunit_id FOREIGN KEY (unit_id) REFERENCES public.facilities_housingunit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.residents_kioskturns
    ADD CONSTRAINT residents_kioskturns_facility_id_5f3e4969_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.residents_pin
    ADD CONSTRAINT residents_pin_resident_id_28c1a13e_fk_residents_resident_id FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.residents_resident
    ADD CONSTRAINT residents_resident_agency_id_093c549b_fk_facilities_agency_id FOREIGN KEY (agency_id) REFERENCES public.facilities_agency(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.residents_residentsession
    ADD CONSTRAINT residents_residentse_kiosk_id_a3b1233d_fk_facilitie FOREIGN KEY (kiosk_id) REFERENCES public.facilities_kiosk(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.residents_residentsession
    ADD CONSTRAINT residents_residentse_resident_id_13c62bf7_fk_residents FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_allowednumber
    ADD CONSTRAINT telephony_allowednum_decided_by_id_864d8d1f_fk_identity_ FOREIGN KEY (decided_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_allowednumber
    ADD CONSTRAINT telephony_allowednum_resident_id_d2b9da08_fk_residents FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_call
    ADD CONSTRAINT telephony_call_facility_id_db3fc2c2_fk_facilities_facility_id FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_call
    ADD CONSTRAINT telephony_call_resident_id_adf3eb73_fk_residents_resident_id FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_call
    ADD CONSTRAINT telephony_call_station_id_8e327db1_fk_telephony_station_id FOREIGN KEY (station_id) REFERENCES public.telephony_station(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_call
    ADD CONSTRAINT telephony_call_switch_id_06ecad3a_fk_telephony_switch_id FOREIGN KEY (switch_id) REFERENCES public.telephony_switch(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_callcorrection
    ADD CONSTRAINT telephony_callcorrec_made_by_id_d72d7f10_fk_identity_ FOREIGN KEY (made_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_callcorrection
    ADD CONSTRAINT telephony_callcorrection_record_id_0945a477_fk_telephony_cdr_id FOREIGN KEY (record_id) REFERENCES public.telephony_cdr(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_callevent
    ADD CONSTRAINT telephony_callevent_call_id_87b9ca06_fk_telephony_call_id FOREIGN KEY (call_id) REFERENCES public.telephony_call(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_calllimits
    ADD CONSTRAINT telephony_calllimits_facility_id_94c8b971_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_calllimits
    ADD CONSTRAINT telephony_calllimits_resident_id_bfb9a0dd_fk_residents FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_calllimits
    ADD CONSTRAINT telephony_calllimits_unit_id_75584052_fk_facilitie FOREIGN KEY (unit_id) REFERENCES public.facilities_housingunit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_callme
    ADD CONSTRAINT telephony_callme_resident_id_6b52ef61_fk_residents_resident_id FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_callme
    ADD CONSTRAINT telephony_callme_user_id_8889f9b0_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_callrate
    ADD CONSTRAINT telephony_callrate_plan_id_bcbaae2f_fk_telephony_rateplan_id FOREIGN KEY (plan_id) REFERENCES public.telephony_rateplan(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_cdr
    ADD CONSTRAINT telephony_cdr_call_id_c44ebe42_fk_telephony_call_id FOREIGN KEY (call_id) REFERENCES public.telephony_call(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_cdr
    ADD CONSTRAINT telephony_cdr_corrects_id_e8628b91_fk_telephony_cdr_id FOREIGN KEY (corrects_id) REFERENCES public.telephony_cdr(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_cdr
    ADD CONSTRAINT telephony_cdr_facility_id_95642a70_fk_facilities_facility_id FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_cdr
    ADD CONSTRAINT telephony_cdr_resident_id_04f2eb68_fk_residents_resident_id FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_codecall
    ADD CONSTRAINT telephony_codecall_switch_id_7d68e9c4_fk_telephony_switch_id FOREIGN KEY (switch_id) REFERENCES public.telephony_switch(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_hotline
    ADD CONSTRAINT telephony_hotline_facility_id_0b2d721a_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_knownnumber
    ADD CONSTRAINT telephony_knownnumbe_agency_id_de471463_fk_facilitie FOREIGN KEY (agency_id) REFERENCES public.facilities_agency(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_linehours
    ADD CONSTRAINT telephony_linehours_limits_id_26401cac_fk_telephony FOREIGN KEY (limits_id) REFERENCES public.telephony_calllimits(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_linestop
    ADD CONSTRAINT telephony_linestop_facility_id_972595e7_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_linestop
    ADD CONSTRAINT telephony_linestop_made_by_id_0db96f8a_fk_identity_user_id FOREIGN KEY (made_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_linestop
    ADD CONSTRAINT telephony_linestop_resident_id_aa2cc0be_fk_residents FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_linestop
    ADD CONSTRAINT telephony_linestop_unit_id_775687ad_fk_facilitie FOREIGN KEY (unit_id) REFERENCES public.facilities_housingunit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_numberappeal
    ADD CONSTRAINT telephony_numberappe_decided_by_id_4b2b25ab_fk_identity_ FOREIGN KEY (decided_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_numberappeal
    ADD CONSTRAINT telephony_numberappe_denied_by_id_106231da_fk_identity_ FOREIGN KEY (denied_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_numberappeal
    ADD CONSTRAINT telephony_numberappe_listed_id_3bfe1a2d_fk_telephony FOREIGN KEY (listed_id) REFERENCES public.telephony_allowednumber(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_numberappeal
    ADD CONSTRAINT telephony_numberappeal_user_id_24f8a6c4_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_numberblock
    ADD CONSTRAINT telephony_numberbloc_facility_id_d43bf18a_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_numberblock
    ADD CONSTRAINT telephony_numberblock_lifted_by_id_d40494d4_fk_identity_user_id FOREIGN KEY (lifted_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_numberblock
    ADD CONSTRAINT telephony_numberblock_made_by_id_d8b8664f_fk_identity_user_id FOREIGN KEY (made_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_numbernote
    ADD CONSTRAINT telephony_numbernote_agency_id_3564338f_fk_facilities_agency_id FOREIGN KEY (agency_id) REFERENCES public.facilities_agency(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_numbernote
    ADD CONSTRAINT telephony_numbernote_made_by_id_fb6c12d1_fk_identity_user_id FOREIGN KEY (made_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_population
    ADD CONSTRAINT telephony_population_counted_by_id_3f6d052f_fk_identity_user_id FOREIGN KEY (counted_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_population
    ADD CONSTRAINT telephony_population_facility_id_acd7eba1_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_rateplan
    ADD CONSTRAINT telephony_rateplan_facility_id_123b6ff9_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_rateplan
    ADD CONSTRAINT telephony_rateplan_made_by_id_3d5fcb35_fk_identity_user_id FOREIGN KEY (made_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_recordedname
    ADD CONSTRAINT telephony_recordedna_removed_by_id_2faa59b5_fk_identity_ FOREIGN KEY (removed_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_recordedname
    ADD CONSTRAINT telephony_recordedna_resident_id_a7c096a7_fk_residents FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_recordedname
    ADD CONSTRAINT telephony_recordedna_station_id_5526bc06_fk_telephony FOREIGN KEY (station_id) REFERENCES public.telephony_station(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_recording
    ADD CONSTRAINT telephony_recording_call_id_cee7d87a_fk_telephony_call_id FOREIGN KEY (call_id) REFERENCES public.telephony_call(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_recording
    ADD CONSTRAINT telephony_recording_held_by_id_7b72709d_fk_identity_user_id FOREIGN KEY (held_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_recording
    ADD CONSTRAINT telephony_recording_purge_id_93931320_fk_telephony FOREIGN KEY (purge_id) REFERENCES public.telephony_recordingpurge(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_recordingpurge
    ADD CONSTRAINT telephony_recordingp_facility_id_12667531_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_speeddial
    ADD CONSTRAINT telephony_speeddial_resident_id_50534619_fk_residents FOREIGN KEY (resident_id) REFERENCES public.residents_resident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_station
    ADD CONSTRAINT telephony_station_facility_id_fb052f3b_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_station
    ADD CONSTRAINT telephony_station_unit_id_b5b85184_fk_facilities_housingunit_id FOREIGN KEY (unit_id) REFERENCES public.facilities_housingunit(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_switch
    ADD CONSTRAINT telephony_switch_agency_id_0562935d_fk_facilities_agency_id FOREIGN KEY (agency_id) REFERENCES public.facilities_agency(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.telephony_telephonesettings
    ADD CONSTRAINT telephony_telephones_facility_id_af446770_fk_facilitie FOREIGN KEY (facility_id) REFERENCES public.facilities_facility(id) DEFERRABLE INITIALLY DEFERRED;
