"""The record of the sample: a rule that begins later, a legal hold, a search that somebody saved (MSG-8, STF-3)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kinline.flows import retention, search_record
from kinline.messaging.models import LegalHold, Retention, Search
from kinline.ops.demo.places import Jail

SUPERVISOR, ADMIN = "sample.supervisor", "sample.admin"


def make(jail: Jail, now: datetime) -> None:
    """Each once."""
    place = jail.north
    supervisor, admin = jail.staff[SUPERVISOR], jail.staff[ADMIN]
    if not Retention.objects.filter(facility=place).exists():
        later = (now.astimezone(ZoneInfo(place.time_zone)) + timedelta(days=30)).date()
        retention.set_retention(
            staff=admin, facility_id=place.pk, kind="letter", days=365, from_day=later,
            reason="Sample: the county decided so.", now=now,
        )  # fmt: skip
    if not LegalHold.objects.filter(facility=place).exists():
        retention.place_hold(
            staff=supervisor, facility_id=place.pk, about="resident", whom="10002",
            reason="Sample: case 17 of a court.", from_day=None, until_day=None, now=now,
        )  # fmt: skip
    if not Search.objects.filter(facility=place).exists():
        asked = search_record.ask(
            staff=supervisor, facility_id=place.pk, what="messages", words="tomatoes", since=None, until=None,
            purpose="Sample: to show how a search is saved.", now=now - timedelta(days=1),
        )  # fmt: skip
        search_record.save(staff=supervisor, facility_id=place.pk, search_id=asked, name="Tomatoes", now=now)
