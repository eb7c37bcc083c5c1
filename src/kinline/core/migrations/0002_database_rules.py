from django.db import migrations

# Workers are woken after the commit (core/jobs.py): a NOTIFY inside the transaction takes a lock of the whole
# cluster at commit, which halves what concurrent writers get done.
DROP_NOTIFY = "DROP TRIGGER IF EXISTS procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs"
KEEP_NOTIFY = """
CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1
    AFTER INSERT ON procrastinate_jobs
    FOR EACH ROW WHEN (new.status = 'todo'::procrastinate_job_status)
    EXECUTE FUNCTION procrastinate_notify_queue_job_inserted_v1()
"""

# TRUNCATE is refused by privilege in production, not here: test databases are emptied by it.
INSERT_ONLY = """
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'KL100';
END;
$$;
CREATE TRIGGER audit_event_insert_only BEFORE UPDATE OR DELETE ON core_audit_event
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
CHANGEABLE = "DROP TRIGGER audit_event_insert_only ON core_audit_event; DROP FUNCTION core_refuse_change();"


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial"), ("procrastinate", "0041_post_retry_failed_job")]

    operations = [
        migrations.RunSQL(DROP_NOTIFY, KEEP_NOTIFY),
        migrations.RunSQL(INSERT_ONLY, CHANGEABLE),
    ]
