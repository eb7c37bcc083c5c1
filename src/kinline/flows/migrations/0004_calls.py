"""Revenue of a call is what its record says: accepted, these cents, from its own hold or by the agency (L3, MON-2, F7).

`money_is_earned` is that of 0003 with a stricter question of calls. Until now a hold for a call could be taken for any
number; now the call must have been accepted and ended, and its record must name the same cents. The facility's share and
taxes come out of what a call earned, never from a customer.
"""

from django.db import migrations

PAYS_CALL = r"""
DROP FUNCTION money_pays_call(bigint, text);

-- An entry of an accepted call, as its record has it: taken from its hold, paid by the agency, or set apart of it.
CREATE FUNCTION money_pays_call(p_entry bigint, p_key text, p_reference text, p_address text, p_cents bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
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
$$;
"""

EARNED = r"""
CREATE OR REPLACE FUNCTION money_is_earned() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
"""

PAYS_CALL_BEFORE = r"""
CREATE FUNCTION money_pays_call(p_entry bigint, p_reference text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT p_reference ~ '^call:[1-9][0-9]{0,17}$' AND EXISTS (
        SELECT FROM ledger_resolution r JOIN ledger_hold h ON h.id = r.hold_id
        WHERE r.entry_id = p_entry AND h.purpose = 'call')
$$;
"""

EARNED_BEFORE = (
    EARNED.replace("e.key, e.reference", "e.reference")
    .replace(
        "money_pays_call(NEW.entry_id, v.key, v.reference, v.address, NEW.cents)",
        "money_pays_call(NEW.entry_id, v.reference)",
    )
    .replace("v_owner NOT IN ('additive', 'tax') AND NOT money_is_owed_less", "NOT money_is_owed_less")
)

# What was paid for stays as it was: `telephony_cdr` is written once anyway, and a call cannot go while that is there.
STAYS = """
CREATE FUNCTION money_keeps_call() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger: call % is over and stays as it was', OLD.id USING ERRCODE = 'KL014';
END $$;
CREATE TRIGGER money_keeps_call BEFORE UPDATE OF accepted_at, ended_at, facility_id, hold_id, resident_id, number
    ON telephony_call FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL
          AND (OLD.accepted_at, OLD.ended_at, OLD.facility_id, OLD.hold_id, OLD.resident_id, OLD.number)
              IS DISTINCT FROM
              (NEW.accepted_at, NEW.ended_at, NEW.facility_id, NEW.hold_id, NEW.resident_id, NEW.number))
    EXECUTE FUNCTION money_keeps_call();
"""

UNDO = """
DROP TRIGGER money_keeps_call ON telephony_call;
DROP FUNCTION money_keeps_call();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("flows", "0003_photos"),
        ("telephony", "0002_kept"),
    ]

    operations = [
        migrations.RunSQL(
            PAYS_CALL + EARNED + STAYS,
            UNDO
            + "DROP FUNCTION money_pays_call(bigint, text, text, text, bigint);"
            + PAYS_CALL_BEFORE
            + EARNED_BEFORE,
        ),
    ]
