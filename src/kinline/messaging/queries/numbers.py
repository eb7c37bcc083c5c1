"""Counters and typical times."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.messaging.models import Folder, Mailbox, Message, State

_MOST = 1000  # nobody reads a counter beyond this; counting further would grow with the mailbox
_SMALLEST_SAMPLE = 20  # below it a median would say something about single people (DEL-8)


@dataclass(frozen=True, slots=True)
class Counts:
    """`unread` counts letters that can be read; `collect_waiting` those that wait for one's credit."""

    unread: int
    collect_waiting: int
    drafts: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """The newest unread letter: what waits first on the home page."""

    message_id: int
    other_name: str
    at: datetime


_COUNTS = """
    SELECT count(*) FILTER (WHERE state <> 'collect'), count(*) FILTER (WHERE state = 'collect'),
           (SELECT count(*) FROM messaging_draft WHERE {me} = %(me)s)
    FROM (SELECT m.state FROM messaging_mailbox b JOIN messaging_message m ON m.id = b.message_id
          WHERE b.{me} = %(me)s AND b.folder = 'inbox' AND b.read_at IS NULL LIMIT %(most)s) unread
"""


def counts(party: Party) -> Counts:
    """One statement, at most 1,000 rows of it: `{me}` is one of two columns, never input."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(me=party.column), {"me": party.id, "most": _MOST})
        return Counts(*cursor.fetchone())


def waiting(party: Party) -> Waiting | None:
    """The newest unread letter, or None when nothing waits."""
    unread = Mailbox.objects.filter(
        **party.filter, folder=Folder.INBOX, read_at=None, message__state=State.DELIVERED
    ).select_related("contact__user", "contact__resident")
    newest = unread.order_by("-at", "-id").first()
    if newest is None:
        return None
    other = newest.contact.resident if party.side == "family" else newest.contact.user
    return Waiting(newest.message_id, other.first_name, newest.at)


_MEDIAN = """
    SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY r.decided_at - r.since)
    FROM messaging_review r
    WHERE r.facility_id = %s AND r.decision IN ('release', 'refuse') AND r.by_rule = '' AND r.decided_at > %s
"""


def usual_wait(facility_id: int, *, now: datetime) -> timedelta | None:
    """Median time from sending to decision over the last 30 days; None below 20 letters (DEL-8)."""
    with connection.cursor() as cursor:
        cursor.execute(_MEDIAN, [facility_id, now - timedelta(days=30)])
        count, median = cursor.fetchone()
    return median if count >= _SMALLEST_SAMPLE else None


# Written out, so that the index of exactly these letters is found however long the two have been writing.
_COLLECT_BETWEEN = """
    SELECT count(*) FROM messaging_message
    WHERE contact_id = %s AND sender = %s AND payer = 'recipient' AND state IN ('review', 'scheduled', 'collect')
"""


def collect_between(contact_id: int, sender: str) -> int:
    """How many unpaid collect letters of one direction wait, in review or for the recipient (MSG-3's cap)."""
    with connection.cursor() as cursor:
        cursor.execute(_COLLECT_BETWEEN, [contact_id, sender])
        return int(cursor.fetchone()[0])


def with_offers(parties: Iterable[Party]) -> list[Party]:
    """Of these, whom an unpaid collect letter waits for, in their order. Two statements, however many they are."""
    asked = list(parties)
    found: set[Party] = set()
    for side, column in ((FAMILY, "contact__user_id"), (RESIDENT, "contact__resident_id")):
        ids = [party.id for party in asked if party.side == side]
        waiting = Message.objects.filter(state=State.COLLECT, **{f"{column}__in": ids}).exclude(sender=side)
        found |= {Party(side, pk) for pk in waiting.values_list(column, flat=True)}
    return [party for party in asked if party in found]
