from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations

# The words of a message, searched together with the owner's id: one index a side, so that a person's search reads
# that person's words only, however many messages there are in all.
SEARCH = """
    ALTER TABLE messaging_searchentry ADD COLUMN words tsvector NOT NULL;
    CREATE INDEX search_of_family ON messaging_searchentry USING gin (user_id, words);
    CREATE INDEX search_of_resident ON messaging_searchentry USING gin (resident_id, words);
"""

SEARCH_BACK = "ALTER TABLE messaging_searchentry DROP COLUMN words;"

# DEL-6, M3: whoever took part in a refusal never decides the appeal, whatever the program does.
DECIDERS = """
    CREATE FUNCTION messaging_appeal_decider() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.decided_by_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM messaging_review r
            WHERE r.id = NEW.review_id AND NEW.decided_by_id IN (r.decided_by_id, r.withheld_by_id)
        ) THEN
            RAISE EXCEPTION 'the person who refused cannot decide the appeal'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_decided_by_another';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER appeal_decided_by_another BEFORE INSERT OR UPDATE ON messaging_appeal
        FOR EACH ROW EXECUTE FUNCTION messaging_appeal_decider();
    -- Nor does the refuser change afterwards, so that the rule above cannot be walked around.
    CREATE FUNCTION messaging_review_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
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
    CREATE TRIGGER refusal_never_rewritten BEFORE UPDATE ON messaging_review
        FOR EACH ROW EXECUTE FUNCTION messaging_review_fixed();
"""

DECIDERS_BACK = """
    DROP TRIGGER refusal_never_rewritten ON messaging_review;
    DROP FUNCTION messaging_review_fixed();
    DROP TRIGGER appeal_decided_by_another ON messaging_appeal;
    DROP FUNCTION messaging_appeal_decider();
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]

    operations = [
        BtreeGinExtension(),
        migrations.RunSQL(SEARCH, SEARCH_BACK),
        migrations.RunSQL(DECIDERS, DECIDERS_BACK),
    ]
