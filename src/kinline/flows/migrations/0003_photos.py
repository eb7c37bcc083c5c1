"""Photos are paid like letters: no revenue without a delivered one, and what was paid for stays (L3, MSG-9).

`money_is_earned` is that of 0002 with one question more, asked of what is no letter's: a letter costs what it did.
"""

from django.db import migrations

PAYS_PHOTO = r"""
-- A photo of a delivered letter, at its price, from its own hold.
CREATE FUNCTION money_pays_photo(p_entry bigint, p_reference text, p_address text, p_cents bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM messaging_photo p JOIN messaging_message m ON m.id = p.message_id
        JOIN ledger_resolution r ON r.hold_id = p.hold_id AND r.entry_id = p_entry
        WHERE p.id = CASE WHEN p_reference ~ '^photo:[1-9][0-9]{0,17}$' THEN substr(p_reference, 7)::bigint END
            AND p.price_cents = p_cents AND m.state = 'delivered' AND m.delivered_at IS NOT NULL
            AND p_address = 'facility:' || m.facility_id || ':revenue')
$$;
"""

EARNED = r"""
CREATE OR REPLACE FUNCTION money_is_earned() RETURNS trigger LANGUAGE plpgsql AS $$
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
        v_earned := money_pays_call(NEW.entry_id, v.reference)
            OR money_pays_photo(NEW.entry_id, v.reference, v.address, NEW.cents);
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
"""

EARNED_BEFORE = r"""
CREATE OR REPLACE FUNCTION money_is_earned() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""

STAYS = """
CREATE FUNCTION money_keeps_photo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM messaging_message WHERE id = OLD.message_id AND state = 'delivered') THEN
        RAISE EXCEPTION 'ledger: photo % was paid for and stays with its letter', OLD.id USING ERRCODE = 'KL014';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER money_keeps_photo BEFORE UPDATE OF message_id, price_cents, hold_id ON messaging_photo FOR EACH ROW
    WHEN (OLD.hold_id IS NOT NULL
          AND (OLD.message_id, OLD.price_cents, OLD.hold_id)
              IS DISTINCT FROM (NEW.message_id, NEW.price_cents, NEW.hold_id))
    EXECUTE FUNCTION money_keeps_photo();
CREATE TRIGGER money_keeps_photo_there BEFORE DELETE ON messaging_photo FOR EACH ROW
    WHEN (OLD.hold_id IS NOT NULL) EXECUTE FUNCTION money_keeps_photo();
CREATE TRIGGER money_keeps_letter_of_photo BEFORE UPDATE OF state, delivered_at, facility_id ON messaging_message
    FOR EACH ROW
    WHEN (OLD.state = 'delivered' AND OLD.photo_count > 0
          AND (OLD.state, OLD.delivered_at, OLD.facility_id)
              IS DISTINCT FROM (NEW.state, NEW.delivered_at, NEW.facility_id))
    EXECUTE FUNCTION money_stays_earned();
"""

UNDO = """
DROP TRIGGER money_keeps_letter_of_photo ON messaging_message;
DROP TRIGGER money_keeps_photo_there ON messaging_photo;
DROP TRIGGER money_keeps_photo ON messaging_photo;
DROP FUNCTION money_keeps_photo();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("flows", "0002_earned"),
        ("messaging", "0006_photos"),
    ]

    operations = [
        migrations.RunSQL(
            PAYS_PHOTO + EARNED + STAYS,
            UNDO + EARNED_BEFORE + "DROP FUNCTION money_pays_photo(bigint, text, text, bigint);",
        ),
    ]
