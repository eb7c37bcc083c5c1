"""Recordings: held by a court, purged with a certificate; and which calls none is ever of (REC1, REC3, REC4, M12)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

LAW = """
CREATE FUNCTION telephony_may_be_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM telephony_call c WHERE c.id = NEW.call_id AND c.record AND c.accepted_at <= NEW.begun_at
        AND c.call_type <> 'hotline' AND coalesce(c.facts ->> 'privileged', 'false') <> 'true';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'call % is not recorded', NEW.call_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER may_be_recorded BEFORE INSERT ON telephony_recording
    FOR EACH ROW EXECUTE FUNCTION telephony_may_be_recorded();
CREATE TRIGGER written_once BEFORE UPDATE OF call_id, file, sha256, seconds, begun_at OR DELETE ON telephony_recording
    FOR EACH ROW EXECUTE FUNCTION telephony_stays();
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON telephony_recordingpurge
    FOR EACH ROW EXECUTE FUNCTION telephony_stays();
"""
NO_LAW = """
DROP TRIGGER written_once ON telephony_recordingpurge;
DROP TRIGGER written_once ON telephony_recording;
DROP TRIGGER may_be_recorded ON telephony_recording;
DROP FUNCTION telephony_may_be_recorded();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('facilities', '0005_privileged'),
        ('telephony', '0003_call_me'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='recording',
            name='held_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='recording',
            name='held_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='recording',
            name='held_reason',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.CreateModel(
            name='RecordingPurge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('days', models.PositiveSmallIntegerField()),
                ('begun_before', models.DateTimeField()),
                ('count', models.PositiveIntegerField()),
                ('first_begun_at', models.DateTimeField()),
                ('last_begun_at', models.DateTimeField()),
                ('digest', models.BinaryField(max_length=32)),
                ('at', models.DateTimeField()),
                ('facility', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facilities.facility')),
            ],
        ),
        migrations.AddField(
            model_name='recording',
            name='purge',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recordings', to='telephony.recordingpurge'),
        ),
        migrations.AddConstraint(
            model_name='recording',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('held_at', None), ('held_by', None), ('held_reason', '')), models.Q(('held_at__isnull', False), ('held_by__isnull', False), models.Q(('held_reason', ''), _negated=True)), _connector='OR'), name='recording_hold_whole'),
        ),
        migrations.AddConstraint(
            model_name='recording',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('purge', None), ('purged_at', None)), models.Q(('held_at', None), ('purge__isnull', False), ('purged_at__isnull', False)), _connector='OR'), name='recording_purge_whole'),
        ),
        migrations.AddConstraint(
            model_name='recordingpurge',
            constraint=models.CheckConstraint(condition=models.Q(('count__gt', 0)), name='recordings_purged_some'),
        ),
        migrations.RunSQL(LAW, NO_LAW),
    ]
