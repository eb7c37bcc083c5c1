from django.db import migrations

_FUNCTION = r"""
CREATE OR REPLACE FUNCTION ledger_is_customer(p_address text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN p_address ~ ('^((family|resident):[1-9][0-9]{0,17}:messages|resident:[1-9][0-9]{0,17}:calls'
                          '|number:\+[1-9][0-9]{6,14}:prepaid)$') THEN true
        WHEN p_address ~ ('^(agency:[1-9][0-9]{0,17}:funding|facility:[1-9][0-9]{0,17}:(revenue|cash)'
                          '|processor:[a-z][a-z0-9_-]{0,30}:%s|unclaimed:[A-Z]{2,3}'
                          '|additive:[1-9][0-9]{0,17}|refunds:payable|tax:payable|loss:disputes|goodwill|bank)$')
            THEN false
    END
$$;
"""


class Migration(migrations.Migration):
    """What a card processor keeps of each payment is the operator's cost, and left its clearing account."""

    dependencies = [("ledger", "0005_months")]
    operations = [migrations.RunSQL(_FUNCTION % "(clearing|fees)", _FUNCTION % "clearing")]
