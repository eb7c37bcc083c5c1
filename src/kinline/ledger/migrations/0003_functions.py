"""The verbs of the ledger, one function each, so that a flow moves money in one round trip or inside its own statement.

Every function takes its locks in one order: accounts opened on first use, then balance rows, each by address. A refusal
is an exception with an SQLSTATE of its own (`errors.CODES`); only `ledger_try_hold` and `ledger_try_hold_and_capture`
answer NULL when the money is not there, and then have moved nothing.
"""

from django.db import migrations

OPEN = r"""
-- The id of an account, opened on first use. Of two first users one waits for the other; both get the same id.
CREATE FUNCTION ledger_open(p_address text, p_at timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
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

-- Locks the customers' balance rows in address order. True if each has at least what it needs, in cents.
CREATE FUNCTION ledger_lock(p_addresses text[], p_needs bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_line record;
    v_free bigint;
    v_enough boolean := true;
BEGIN
    FOR v_line IN
        SELECT address, need FROM unnest(p_addresses, p_needs) AS l(address, need) ORDER BY address COLLATE "C"
    LOOP
        SELECT b.posted_cents - b.held_cents INTO v_free
            FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id
            WHERE a.address = v_line.address COLLATE "C" FOR UPDATE OF b;
        IF FOUND THEN
            v_enough := v_enough AND v_free >= v_line.need;
        ELSIF ledger_is_customer(v_line.address) IS NULL THEN
            RAISE EXCEPTION 'ledger: no such account in the chart: %', v_line.address USING ERRCODE = 'KL009';
        ELSIF ledger_is_customer(v_line.address) THEN
            v_enough := v_enough AND v_line.need <= 0;
        END IF;
    END LOOP;
    RETURN v_enough;
END $$;
"""

POST = r"""
-- One entry. The same key with the same input gives the same entry again; with another input KL002.
CREATE FUNCTION ledger_post(p_key text, p_kind text, p_addresses text[], p_cents bigint[], p_at timestamptz,
                            p_reference text DEFAULT '', p_corrects bigint DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_hash bytea := sha256(convert_to(ROW(p_kind, p_addresses, p_cents, p_reference, p_corrects)::text, 'UTF8'));
    v_entry bigint;
    v_known bytea;
BEGIN
    IF cardinality(p_addresses) IS DISTINCT FROM cardinality(p_cents) OR cardinality(p_cents) < 2
        OR (0 <> ALL (p_cents)) IS NOT TRUE OR (SELECT sum(c) FROM unnest(p_cents) c) <> 0
        OR (SELECT count(DISTINCT a) FROM unnest(p_addresses) a) <> cardinality(p_addresses) THEN
        RAISE EXCEPTION 'ledger: these lines do not balance: % %', p_addresses, p_cents USING ERRCODE = 'KL008';
    END IF;
    IF p_corrects IS NOT NULL AND NOT EXISTS (SELECT FROM ledger_entry WHERE id = p_corrects) THEN
        RAISE EXCEPTION 'ledger: no entry % to correct', p_corrects USING ERRCODE = 'KL013';
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
    PERFORM ledger_open(a, p_at) FROM (SELECT a FROM unnest(p_addresses) a ORDER BY a COLLATE "C") AS sorted;
    IF NOT ledger_lock(p_addresses, ARRAY(SELECT -c FROM unnest(p_cents) WITH ORDINALITY AS l(c, n) ORDER BY n)) THEN
        RAISE EXCEPTION 'ledger: not enough money' USING ERRCODE = 'KL001';
    END IF;
    INSERT INTO ledger_posting (entry_id, line, account_id, cents)
        SELECT v_entry, n, ledger_open(address, p_at), cents
        FROM unnest(p_addresses, p_cents) WITH ORDINALITY AS l(address, cents, n) ORDER BY n;
    RETURN v_entry;
END $$;
"""

HOLD = r"""
-- Locks, checks and writes the hold without its lines. NULL: not enough money. `fresh`: false if the key had it already.
CREATE FUNCTION ledger_new_hold(p_key text, p_purpose text, p_addresses text[], p_cents bigint[], p_at timestamptz,
                                OUT hold bigint, OUT fresh boolean)
LANGUAGE plpgsql AS $$
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

CREATE FUNCTION ledger_hold_lines(p_hold bigint, p_addresses text[], p_cents bigint[], p_at timestamptz) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO ledger_holdline (hold_id, line, account_id, cents)
        SELECT p_hold, n, ledger_open(address, p_at), cents
        FROM unnest(p_addresses, p_cents) WITH ORDINALITY AS l(address, cents, n);
$$;

-- Reserves cents on accounts, in this order. NULL: not enough money, and nothing was set aside.
CREATE FUNCTION ledger_try_hold(p_key text, p_purpose text, p_addresses text[], p_cents bigint[], p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
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

CREATE FUNCTION ledger_hold(p_key text, p_purpose text, p_addresses text[], p_cents bigint[], p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_hold bigint := ledger_try_hold(p_key, p_purpose, p_addresses, p_cents, p_at);
BEGIN
    IF v_hold IS NULL THEN
        RAISE EXCEPTION 'ledger: not enough money' USING ERRCODE = 'KL001';
    END IF;
    RETURN v_hold;
END $$;
"""

END = r"""
-- A second end. The same end again: its entry (NULL for a void or an expiry). Another: refused with the first one's code.
CREATE FUNCTION ledger_ended(p_hold bigint, p_kind text, p_hash bytea) RETURNS bigint LANGUAGE plpgsql AS $$
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

CREATE FUNCTION ledger_capture_hash(p_to text, p_cents bigint, p_reference text) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$ SELECT sha256(convert_to(ROW(p_to, p_cents, p_reference)::text, 'UTF8')) $$;

-- The entry of a capture: takes p_cents from the lines in their order, gives them to p_to.
CREATE FUNCTION ledger_book(p_entry bigint, p_hold bigint, p_purpose text, p_to bigint, p_cents bigint,
                            p_at timestamptz, p_reference text, p_hash bytea) RETURNS void
LANGUAGE plpgsql AS $$
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

-- Ends a hold by taking p_cents (NULL: all) into p_to, which is no customer's. What is not taken goes back.
CREATE FUNCTION ledger_capture(p_hold bigint, p_to text, p_cents bigint, p_at timestamptz,
                               p_reference text DEFAULT '') RETURNS bigint
LANGUAGE plpgsql AS $$
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

-- Ends a hold and gives everything back. The same end again changes nothing. Answers the cents given back.
CREATE FUNCTION ledger_give_back(p_hold bigint, p_kind text, p_at timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
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

CREATE FUNCTION ledger_void(p_hold bigint, p_at timestamptz) RETURNS bigint
LANGUAGE sql AS $$ SELECT ledger_give_back(p_hold, 'void', p_at) $$;

CREATE FUNCTION ledger_expire(p_hold bigint, p_at timestamptz) RETURNS bigint
LANGUAGE sql AS $$ SELECT ledger_give_back(p_hold, 'expire', p_at) $$;
"""

AT_ONCE = r"""
-- A hold that is captured whole in the moment it is made: the same rows as the two calls, one balance update. Answers
-- the hold; NULL: not enough money, and nothing was moved (but the house's account is open: on its first use it is
-- opened before a balance is locked). The resolution is written before the lines, so that the lines reserve nothing.
CREATE FUNCTION ledger_try_hold_and_capture(p_key text, p_purpose text, p_addresses text[], p_cents bigint[],
                                            p_to text, p_at timestamptz, p_reference text DEFAULT '') RETURNS bigint
LANGUAGE plpgsql AS $$
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

CREATE FUNCTION ledger_hold_and_capture(p_key text, p_purpose text, p_addresses text[], p_cents bigint[],
                                        p_to text, p_at timestamptz, p_reference text DEFAULT '') RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_hold bigint := ledger_try_hold_and_capture(p_key, p_purpose, p_addresses, p_cents, p_to, p_at, p_reference);
BEGIN
    IF v_hold IS NULL THEN
        RAISE EXCEPTION 'ledger: not enough money' USING ERRCODE = 'KL001';
    END IF;
    RETURN v_hold;
END $$;
"""

FUNCTIONS = (
    "ledger_hold_and_capture(text, text, text[], bigint[], text, timestamptz, text)",
    "ledger_try_hold_and_capture(text, text, text[], bigint[], text, timestamptz, text)",
    "ledger_expire(bigint, timestamptz)",
    "ledger_void(bigint, timestamptz)",
    "ledger_give_back(bigint, text, timestamptz)",
    "ledger_capture(bigint, text, bigint, timestamptz, text)",
    "ledger_book(bigint, bigint, text, bigint, bigint, timestamptz, text, bytea)",
    "ledger_capture_hash(text, bigint, text)",
    "ledger_ended(bigint, text, bytea)",
    "ledger_hold(text, text, text[], bigint[], timestamptz)",
    "ledger_try_hold(text, text, text[], bigint[], timestamptz)",
    "ledger_hold_lines(bigint, text[], bigint[], timestamptz)",
    "ledger_new_hold(text, text, text[], bigint[], timestamptz)",
    "ledger_post(text, text, text[], bigint[], timestamptz, text, bigint)",
    "ledger_lock(text[], bigint[])",
    "ledger_open(text, timestamptz)",
)
UNDO = "".join(f"DROP FUNCTION {function};\n" for function in FUNCTIONS)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards")]

    operations = [migrations.RunSQL(OPEN + POST + HOLD + END + AT_ONCE, UNDO)]
