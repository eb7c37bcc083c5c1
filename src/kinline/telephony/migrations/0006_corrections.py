"""Why a record of a call was corrected, and by whom (T14, TEL-14): written once, as the record itself."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('telephony', '0005_code_calls'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CallCorrection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(unique=True)),
                ('why', models.CharField(choices=[('our_fault', 'Our Fault'), ('wrong_cut', 'Wrong Cut'), ('bad_line', 'Bad Line'), ('wrong_price', 'Wrong Price'), ('other', 'Other')], max_length=12)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('back_cents', models.PositiveIntegerField()),
                ('entry_id', models.BigIntegerField(blank=True, null=True, unique=True)),
                ('at', models.DateTimeField()),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='correction', to='telephony.cdr')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('made_by', None), ('note', ''), ('why', 'our_fault')), models.Q(('made_by__isnull', False), models.Q(('note', ''), _negated=True)), _connector='OR'), name='correction_has_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('back_cents', 0), ('entry_id', None), ('made_by', None)), models.Q(('back_cents__gt', 0), ('entry_id__isnull', False)), _connector='OR'), name='correction_gives_back')],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON telephony_callcorrection"
            " FOR EACH ROW EXECUTE FUNCTION telephony_stays();",
            "DROP TRIGGER written_once ON telephony_callcorrection;",
        ),
    ]
