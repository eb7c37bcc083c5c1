"""No money of a customer becomes ours without a service (L3, MON-2), whoever asks and with whatever statement.

Two sides: an entry that raises a facility's revenue names, at its commit, the delivered letter (or the call) that it
pays, once; and a letter that was paid for stays delivered. What it costs a letter: benchmarks/earned.py (1 %).
"""

from django.db import migrations

# Asked of what comes into an account, at the commit, since a letter's rows follow its entry. `ledger_entry` and
# `messaging_message` are read by their keys: nothing is locked, and no row is hot.
EARNED = r"""
-- Seconds of a call, taken from what was set aside for it.
CREATE FUNCTION money_pays_call(p_entry bigint, p_reference text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT p_reference ~ '^call:[1-9][0-9]{0,17}$' AND EXISTS (
        SELECT FROM ledger_resolution r JOIN ledger_hold h ON h.id = r.hold_id
        WHERE r.entry_id = p_entry AND h.purpose = 'call')
$$;

-- What we owe goes down by this entry: a balance, a refund on its way, what belongs to a state.
CREATE FUNCTION money_is_owed_less(p_entry bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
        WHERE p.entry_id = p_entry AND p.cents < 0
            AND (a.customer OR a.address = 'refunds:payable' OR a.address LIKE 'unclaimed:%'))
$$;

-- One query for the usual letter: delivered at this price, there, and paid by this entry, from its own hold or by the
-- agency's allowance. A reference that is no letter's has no number and finds none.
CREATE FUNCTION money_is_earned() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v record;
    v_owner text;
    v_earned boolean := true;
BEGIN
    SELECT a.customer, a.address, e.reference, e.corrects_id, NOT a.customer AND EXISTS (
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
        v_earned := money_pays_call(NEW.entry_id, v.reference);
    ELSIF v_owner IN ('goodwill', 'loss', 'agency', 'additive', 'tax') OR v.address LIKE 'processor:%:fees' THEN
        v_earned := NOT money_is_owed_less(NEW.entry_id)
            OR (v_owner IN ('additive', 'tax') AND money_pays_call(NEW.entry_id, v.reference))
            OR EXISTS (SELECT FROM ledger_posting WHERE entry_id = v.corrects_id
                       AND account_id = NEW.account_id AND cents = -NEW.cents);
    END IF;
    IF v_earned IS NOT TRUE THEN
        RAISE EXCEPTION 'ledger: entry % takes % cents into % for no service', NEW.entry_id, NEW.cents, v.address
            USING ERRCODE = 'KL014';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER money_is_earned AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.cents > 0) EXECUTE FUNCTION money_is_earned();
"""

DELIVERED = r"""
CREATE FUNCTION money_stays_earned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger: letter % was paid for and stays delivered', OLD.id USING ERRCODE = 'KL014';
END $$;
CREATE TRIGGER money_stays_earned BEFORE UPDATE OF state, delivered_at, facility_id, price_cents, payer, hold_id
    ON messaging_message FOR EACH ROW
    WHEN (OLD.state = 'delivered' AND OLD.price_cents > 0 AND OLD.payer <> 'nobody'
          AND (OLD.state, OLD.delivered_at, OLD.facility_id, OLD.price_cents, OLD.payer, OLD.hold_id)
              IS DISTINCT FROM (NEW.state, NEW.delivered_at, NEW.facility_id, NEW.price_cents, NEW.payer, NEW.hold_id))
    EXECUTE FUNCTION money_stays_earned();
CREATE TRIGGER money_stays_there BEFORE DELETE ON messaging_message FOR EACH ROW
    WHEN (OLD.state = 'delivered' AND OLD.price_cents > 0 AND OLD.payer <> 'nobody')
    EXECUTE FUNCTION money_stays_earned();
"""

UNDO = """
DROP TRIGGER money_stays_there ON messaging_message;
DROP TRIGGER money_stays_earned ON messaging_message;
DROP TRIGGER money_is_earned ON ledger_posting;
DROP FUNCTION money_stays_earned();
DROP FUNCTION money_is_earned();
DROP FUNCTION money_is_owed_less(bigint);
DROP FUNCTION money_pays_call(bigint, text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("flows", "0001_send_letter"),
        ("ledger", "0004_bank"),
        ("messaging", "0003_flat"),
    ]

    operations = [migrations.RunSQL(EARNED + DELIVERED, UNDO)]
