"""What the database itself refuses (MON-1), whoever asks: see `errors.CODES` for the SQLSTATEs."""

from django.db import migrations

CHART = r"""
-- True: a customer's account; false: the house's; NULL: not in the chart. `chart.py` says the same.
CREATE FUNCTION ledger_is_customer(p_address text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN p_address ~ ('^((family|resident):[1-9][0-9]{0,17}:messages|resident:[1-9][0-9]{0,17}:calls'
                          '|number:\+[1-9][0-9]{6,14}:prepaid)$') THEN true
        WHEN p_address ~ ('^(agency:[1-9][0-9]{0,17}:funding|facility:[1-9][0-9]{0,17}:(revenue|cash)'
                          '|processor:[a-z][a-z0-9_-]{0,30}:clearing|unclaimed:[A-Z]{2,3}'
                          '|additive:[1-9][0-9]{0,17}|refunds:payable|tax:payable|loss:disputes|goodwill)$') THEN false
    END
$$;

CREATE FUNCTION ledger_account_opening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.customer := ledger_is_customer(NEW.address);
    IF NEW.customer IS NULL THEN
        RAISE EXCEPTION 'ledger: no such account in the chart: %', NEW.address USING ERRCODE = 'KL009';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_account_opening BEFORE INSERT ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_account_opening();

CREATE FUNCTION ledger_account_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.customer THEN
        INSERT INTO ledger_balance (account_id, posted_cents, held_cents) VALUES (NEW.id, 0, 0);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_account_opened AFTER INSERT ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_account_opened();
"""

INSERT_ONLY = r"""
CREATE FUNCTION ledger_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger: % is insert-only', TG_TABLE_NAME USING ERRCODE = 'KL010';
END $$;
""" + "".join(
    f"CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_insert_only();\n"
    for table in (
        "ledger_account",
        "ledger_entry",
        "ledger_posting",
        "ledger_hold",
        "ledger_holdline",
        "ledger_resolution",
    )
)

BALANCE = r"""
-- Depth 0 is a statement of somebody's own; from the triggers below it is at least 1.
CREATE FUNCTION ledger_balance_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger: a balance changes only through postings and holds' USING ERRCODE = 'KL011';
END $$;
CREATE TRIGGER ledger_balance_guard BEFORE INSERT OR UPDATE OR DELETE ON ledger_balance
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_balance_guard();

-- The row is updated several times by one letter: room on its page keeps the updates out of the index.
ALTER TABLE ledger_balance SET (fillfactor = 50);
"""

# After, not before: a row that ON CONFLICT skips must not have moved a balance.
ROWS = r"""
CREATE FUNCTION ledger_posting_added() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER ledger_posting_added AFTER INSERT ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION ledger_posting_added();

-- A hold that is captured in the moment it is made has its resolution first: such a line reserves nothing.
CREATE FUNCTION ledger_hold_line_added() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER ledger_hold_line_added AFTER INSERT ON ledger_holdline
    FOR EACH ROW EXECUTE FUNCTION ledger_hold_line_added();

CREATE FUNCTION ledger_hold_ended() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER ledger_hold_ended AFTER INSERT ON ledger_resolution
    FOR EACH ROW EXECUTE FUNCTION ledger_hold_ended();
"""

# One check an entry, at commit, so that its postings may be written by several statements.
BALANCED = r"""
CREATE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) = NEW.lines AND sum(cents) = 0 FROM ledger_posting WHERE entry_id = NEW.id) IS NOT TRUE THEN
        RAISE EXCEPTION 'ledger: entry % does not balance', NEW.id USING ERRCODE = 'KL008';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();
"""

# By privilege, since tests must be able to empty a database of theirs. A superuser is not bound by privileges:
# docs/operate says to run as an ordinary role.
TRUNCATE = r"""
DO $$
BEGIN
    IF current_database() NOT LIKE 'test\_%' THEN
        REVOKE TRUNCATE ON ledger_account, ledger_balance, ledger_entry, ledger_posting,
            ledger_hold, ledger_holdline, ledger_resolution FROM CURRENT_USER;
    END IF;
END $$;
"""

FUNCTIONS = (
    "ledger_account_opening()",
    "ledger_account_opened()",
    "ledger_is_customer(text)",
    "ledger_insert_only()",
    "ledger_balance_guard()",
    "ledger_posting_added()",
    "ledger_hold_line_added()",
    "ledger_hold_ended()",
    "ledger_entry_balances()",
)
UNDO = "".join(f"DROP FUNCTION {function} CASCADE;\n" for function in FUNCTIONS)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(CHART + INSERT_ONLY + BALANCE + ROWS + BALANCED + TRUNCATE, UNDO)]
