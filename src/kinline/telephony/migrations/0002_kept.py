"""What is written once stays, whoever asks; and the caps of the law as of 2026-04-06, to be kept by the operator."""

from datetime import date

from django.db import migrations

WRITTEN_ONCE = ("telephony_cdr", "telephony_callevent", "telephony_rateplan", "telephony_callrate", "telephony_numbernote")
STAYS = """
CREATE FUNCTION telephony_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is written once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION telephony_stays();\n"
    for table in WRITTEN_ONCE
)
GOES = "".join(f"DROP TRIGGER written_once ON {table};\n" for table in WRITTEN_ONCE) + "DROP FUNCTION telephony_stays();"

# 47 CFR part 64 subpart FF. Micro-dollars a minute of audio. S: read in a secondary source, to be checked before go-live.
OLD = "https://www.fcc.gov/consumers/guides/incarcerated-peoples-communications-services"
NEW = "https://www.prisonpolicy.org/blog/2025/10/30/fcc-new-caps/"
TURN = date(2026, 4, 6)
CAPS = {
    "prison": (140_000, 110_000),
    "large": (160_000, 100_000),
    "medium": (210_000, 120_000),
    "small": (210_000, 130_000),
    "very_small": (210_000, 150_000),
    "extremely_small": (210_000, 190_000),
}


def ship_caps(apps, schema_editor):
    model = apps.get_model("telephony", "RateCap")
    for tier, (before, after) in CAPS.items():
        old = {"since": date(2021, 10, 26), "until": TURN, "micro": before, "source": OLD}
        new = {"since": TURN, "until": None, "micro": after, "source": NEW}
        for row in (old, new):
            model.objects.create(jurisdiction="US", tier=tier, status="S", **row)


def take_back(apps, schema_editor):
    apps.get_model("telephony", "RateCap").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("telephony", "0001_initial")]

    operations = [migrations.RunSQL(STAYS, GOES), migrations.RunPython(ship_caps, take_back)]
