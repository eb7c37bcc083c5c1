"""Setting up a place (OPS-2)."""

from datetime import datetime

from kinline.facilities.models import Agency
from kinline.flows.set_up import open_facility
from kinline.ledger.models import Account


def test_a_place_has_its_accounts_before_it_earns(agency: Agency, now: datetime) -> None:
    """A story that holds a balance never has to open one (tests/races/test_lock_order.py)."""
    place = open_facility(agency_id=agency.pk, name="Sample East", slug="sample-east", region="NY", now=now)
    opened = set(Account.objects.values_list("address", flat=True))
    assert opened == {f"facility:{place.pk}:revenue", f"facility:{place.pk}:cash", f"additive:{place.pk}"}
