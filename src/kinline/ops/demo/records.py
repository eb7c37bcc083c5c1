"""The record of the sample: rules over time, letters that were purged, a legal hold, a saved search (MSG-8, STF-3)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kinline.flows import mailbox, retention, search_record
from kinline.flows.deposit import record_deposit
from kinline.flows.housekeeping import purge_copies
from kinline.flows.purge import purge_record
from kinline.flows.send_message import send
from kinline.messaging.models import LegalHold, Purge, Retention, Search
from kinline.ops.demo.calendar import ago
from kinline.ops.demo.people import DANIEL, Cast, key
from kinline.ops.demo.places import Jail

SUPERVISOR, ADMIN, ANA = "sample.supervisor", "sample.admin", "sample.ana"
COST_CENTS = 100  # of the two letters that were purged, so that the rest of the sample is as it was
# Days ago, then days kept and days until the rule begins; the last begins a month from now.
RULES = (
    (41, 20, 1, "Sample: until the county has decided."),
    (11, 730, 1, "Sample: the county asked for two years."),
    (0, 365, 30, "Sample: the county decided on one year."),
)
WROTE_DAYS, PURGED_DAYS = 44, 12
WORDS = (
    "Daniel,\n\nonly to see whether this arrives.\n\nMama",
    "Daniel,\n\nand once more, now with an umbrella.\n\nMama",
)


def make(jail: Jail, cast: Cast, now: datetime) -> None:
    """Each once."""
    place = jail.north
    if not Retention.objects.filter(facility=place).exists():
        _rules(jail, now)
    if not Purge.objects.filter(facility=place).exists():
        _purged(jail, cast, now)
    if not LegalHold.objects.filter(facility=place).exists():
        retention.place_hold(
            staff=jail.staff[SUPERVISOR], facility_id=place.pk, about="resident", whom="10002",
            reason="Sample: case 17 of a court.", from_day=None, until_day=None, now=now,
        )  # fmt: skip
    if not Search.objects.filter(facility=place).exists():
        _saved_search(jail, now)


def _rules(jail: Jail, now: datetime) -> None:
    for days, kept, wait, reason in RULES:
        set_at = ago(now, days, "10:00") if days else now
        begins = set_at.astimezone(ZoneInfo(jail.north.time_zone)).date() + timedelta(days=wait)
        retention.set_retention(
            staff=jail.staff[ADMIN], facility_id=jail.north.pk, kind="letter", days=kept, from_day=begins,
            reason=reason, now=set_at,
        )  # fmt: skip


def _purged(jail: Jail, cast: Cast, now: datetime) -> None:
    """Two letters that both sides removed at once, and the place was to keep for twenty days."""
    ana, daniel, wrote = cast.parties[ANA], cast.parties[DANIEL], ago(now, WROTE_DAYS, "18:00")
    record_deposit(
        account=ana, amount_cents=COST_CENTS, method="cash", client_key=key("deposit:purged"), now=wrote,
        recorded_by=jail.staff["sample.finance"], facility_id=jail.north.pk, payer_name="Sample visitor",
    )  # fmt: skip
    sent = [
        send(
            ana, contact_id=cast.contacts[ANA, DANIEL], subject="", body=words, client_key=key(f"purged:{n}"),
            collect=False, now=wrote + timedelta(minutes=n),
        ).message_id
        for n, words in enumerate(WORDS)
    ]  # fmt: skip
    for message_id in sent:
        mailbox.open_message(daniel, message_id=message_id, now=wrote + timedelta(minutes=30))
    for party in (ana, daniel):
        mailbox.remove(party, sent, now=wrote + timedelta(hours=1))
    purged = ago(now, PURGED_DAYS, "04:15")
    purge_copies(now=purged)
    purge_record(now=purged)


def _saved_search(jail: Jail, now: datetime) -> None:
    supervisor, place = jail.staff[SUPERVISOR], jail.north
    asked = search_record.ask(
        staff=supervisor, facility_id=place.pk, what="messages", words="tomatoes", since=None, until=None,
        purpose="Sample: to show how a search is saved.", now=now - timedelta(days=1),
    )  # fmt: skip
    search_record.save(staff=supervisor, facility_id=place.pk, search_id=asked, name="Tomatoes", now=now)
