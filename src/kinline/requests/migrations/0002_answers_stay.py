from django.db import migrations

# What was answered is never changed, whoever asks (KSK-5): not its words, not its author, not its deadline.
RULES = """
CREATE FUNCTION requests_answer_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.answered_at IS NOT NULL
        OR OLD.first_at IS NOT NULL AND (NEW.first_at, NEW.first_by_id, NEW.first_answer)
            IS DISTINCT FROM (OLD.first_at, OLD.first_by_id, OLD.first_answer)
    THEN
        RAISE EXCEPTION 'an answer to a request is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answer_stays BEFORE UPDATE OR DELETE ON requests_step
    FOR EACH ROW EXECUTE FUNCTION requests_answer_stays();
"""
BACK = "DROP TRIGGER answer_stays ON requests_step; DROP FUNCTION requests_answer_stays();"


class Migration(migrations.Migration):
    dependencies = [("requests", "0001_initial")]

    operations = [migrations.RunSQL(RULES, BACK)]
