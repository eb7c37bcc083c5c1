"""Money of a call goes back only as its corrected record says, to whoever paid, and never more than was paid (T14).

Asked at the commit of each correction, of which there are few; calls that nobody corrects pay nothing for it. The
other way round, an entry that no record names, is for `proof` (law "call_corrections").
"""

from django.db import migrations

FOLLOWS = r"""
CREATE FUNCTION money_follows_record() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE CONSTRAINT TRIGGER money_follows_record AFTER INSERT ON telephony_cdr
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.corrects_id IS NOT NULL)
    EXECUTE FUNCTION money_follows_record();
"""
GOES = """
DROP TRIGGER money_follows_record ON telephony_cdr;
DROP FUNCTION money_follows_record();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("flows", "0004_calls"),
        ("telephony", "0006_corrections"),
    ]

    operations = [migrations.RunSQL(FOLLOWS, GOES)]
