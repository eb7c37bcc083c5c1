"""What the facility keeps of letters, until when, and what is gone (MSG-8, REC4). The caller has checked the role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from kinline.messaging.models import LegalHold, Message, Purge, Purged, Retention
from kinline.messaging.rules import DEFAULT_DAYS, certified

# One letter as the record sees it. `ended`: when the days begin; nothing while it waits for anybody. A refused one ends
# when no appeal is possible any more: both windows are over and all appeals are decided (M6).
LETTERS = """
    SELECT m.id, m.facility_id, m.contact_id, m.sent_at, m.length,
        CASE WHEN c.kind = 'privileged' THEN 'privileged' WHEN r.decision = 'refuse' THEN 'refused' ELSE 'letter' END
            AS kind,
        CASE
            WHEN m.state IN ('review', 'scheduled', 'collect', 'paper') THEN NULL
            WHEN r.decision IS DISTINCT FROM 'refuse' THEN COALESCE(m.delivered_at, m.ended_at, m.sent_at)
            WHEN EXISTS (SELECT 1 FROM messaging_appeal a WHERE a.review_id = r.id AND a.outcome = '') THEN NULL
            ELSE GREATEST(
                r.decided_at + make_interval(days => 1 + GREATEST(f.sender_appeal_days, f.resident_appeal_days)),
                (GREATEST(r.sender_until, r.recipient_until) + 2)::timestamptz,
                m.delivered_at, (SELECT max(a.decided_at) FROM messaging_appeal a WHERE a.review_id = r.id)
            )
        END AS ended,
        EXISTS (
            SELECT 1 FROM messaging_legalhold h
            WHERE (h.message_id = m.id OR h.resident_id = c.resident_id OR h.user_id = c.user_id)
              AND h.lifted_at IS NULL AND h.starts_at <= %(now)s AND (h.ends_at IS NULL OR h.ends_at > %(now)s)
        ) AS held,
        EXISTS (SELECT 1 FROM messaging_mailbox b WHERE b.message_id = m.id AND b.user_id IS NOT NULL) AS family_has,
        EXISTS (SELECT 1 FROM messaging_mailbox b WHERE b.message_id = m.id AND b.resident_id IS NOT NULL)
            AS resident_has
    FROM messaging_message m
    JOIN contacts_contact c ON c.id = m.contact_id
    JOIN facilities_facility f ON f.id = m.facility_id
    LEFT JOIN messaging_review r ON r.message_id = m.id
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """How long a class is kept now, and what is decided for later."""

    kind: str
    days: int
    since: datetime | None
    reason: str
    retention_id: int | None
    later_days: int | None = None
    later_from: datetime | None = None


def kept_by(facility_id: int, now: datetime) -> list[Kept]:
    """Every class, in its order."""
    return [_kept(facility_id, kind, now) for kind in DEFAULT_DAYS]


def _kept(facility_id: int, kind: str, now: datetime) -> Kept:
    rows = Retention.objects.filter(facility_id=facility_id, kind=kind)
    row = rows.filter(effective_from__lte=now).order_by("-effective_from").first()
    later = rows.filter(effective_from__gt=now).order_by("effective_from").first()
    soon = (later.days, later.effective_from) if later else (None, None)
    if row is None:
        return Kept(kind, DEFAULT_DAYS[kind], None, "", None, *soon)
    return Kept(kind, row.days, row.effective_from, row.reason, row.pk, *soon)


@dataclass(frozen=True, slots=True)
class Change:
    """One decision about retention, for the history."""

    kind: str
    days: int
    effective_from: datetime
    reason: str
    by: str
    at: datetime


def changes(facility_id: int, *, limit: int = 50) -> list[Change]:
    rows = Retention.objects.filter(facility_id=facility_id).select_related("set_by").order_by("-pk")[:limit]
    return [
        Change(
            one.kind, one.days, one.effective_from, one.reason, one.set_by.username if one.set_by else "", one.set_at
        )
        for one in rows
    ]


@dataclass(frozen=True, slots=True)
class HoldRow:
    """`about`: message, resident or family; `shown`: its number or name. `state`: waits, holds, ended, lifted."""

    id: int
    about: str
    shown: str
    reason: str
    starts_at: datetime
    ends_at: datetime | None
    placed_by: str
    placed_at: datetime
    lifted_by: str
    lifted_at: datetime | None
    lifted_why: str
    state: str


def holds(facility_id: int, now: datetime, *, limit: int = 200) -> list[HoldRow]:
    """Those of this place, first the ones in force or to come, newest first."""
    rows = LegalHold.objects.filter(facility_id=facility_id).select_related(
        "resident", "user", "placed_by", "lifted_by"
    )
    found = [_hold(one, now) for one in rows.order_by("-pk")[:limit]]
    return sorted(found, key=lambda one: one.state in ("ended", "lifted"))


def holds_of(message_id: int, now: datetime) -> list[HoldRow]:
    """Every hold in force on this letter, whoever placed it."""
    message = Message.objects.select_related("contact").get(pk=message_id)
    named = Q(message_id=message_id) | Q(resident_id=message.contact.resident_id) | Q(user_id=message.contact.user_id)
    rows = LegalHold.objects.filter(named, lifted_at=None, starts_at__lte=now).exclude(ends_at__lte=now)
    return [_hold(one, now) for one in rows.select_related("resident", "user", "placed_by", "lifted_by").order_by("pk")]


def residents_held(now: datetime) -> list[int]:
    """Residents of whom a legal hold keeps everything at this moment: their recordings of calls, too (REC4)."""
    rows = LegalHold.objects.filter(resident__isnull=False, lifted_at=None, starts_at__lte=now)
    return list(rows.exclude(ends_at__lte=now).values_list("resident_id", flat=True))


def knows_letter(facility_id: int, message_id: int) -> bool:
    return Message.objects.filter(facility_id=facility_id, pk=message_id).exists()


def is_purged(message_id: int) -> bool:
    return Purged.objects.filter(pk=message_id).exists()


def knows_family(facility_id: int, user_id: int) -> bool:
    """Whether this family member has a letter in the record of this place."""
    return Message.objects.filter(facility_id=facility_id, contact__user_id=user_id).exists()


def _hold(hold: LegalHold, now: datetime) -> HoldRow:
    if hold.resident is not None:
        about, shown = "resident", f"{hold.resident.name} ({hold.resident.number})"
    elif hold.user is not None:
        about, shown = "family", hold.user.name
    else:
        about, shown = "message", str(hold.message_id)
    return HoldRow(
        hold.pk, about, shown, hold.reason, hold.starts_at, hold.ends_at, hold.placed_by.username, hold.placed_at,
        hold.lifted_by.username if hold.lifted_by else "", hold.lifted_at, hold.lifted_why, _state(hold, now),
    )  # fmt: skip


def _state(hold: LegalHold, now: datetime) -> str:
    if hold.lifted_at is not None:
        return "lifted"
    if hold.starts_at > now:
        return "waits"
    return "ended" if hold.ends_at is not None and hold.ends_at <= now else "holds"


def purges(facility_id: int, *, limit: int = 200) -> list[Purge]:
    """Certificates, newest first."""
    return list(Purge.objects.filter(facility_id=facility_id).order_by("-pk")[:limit])


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate with its proof: `holds` if the letters it names still give its digest."""

    purge: Purge
    digest: str
    letters: list[int]
    holds: bool


def certificate(facility_ids: Sequence[int], purge_id: int) -> Certificate | None:
    purge = Purge.objects.select_related("facility").filter(facility_id__in=facility_ids, pk=purge_id).first()
    if purge is None:
        return None
    rows = Message.objects.filter(purged__purge=purge).order_by("pk").values_list("pk", "sent_at", "length")
    letters = list(rows)
    digest = bytes(purge.digest)
    whole = len(letters) == purge.count and certified(letters) == digest
    return Certificate(purge, digest.hex(), [one[0] for one in letters], whole)


@dataclass(frozen=True, slots=True)
class Claims:
    """Who has a claim on the words of a letter. `until`: None while the facility's days have not begun."""

    kind: str
    family_has: bool
    resident_has: bool
    days: int
    until: datetime | None
    holds: list[HoldRow]
    purged_at: datetime | None
    purge_id: int | None

    def facility_has(self, now: datetime) -> bool:
        return bool(self.holds) or self.until is None or self.until > now


def claims(facility_ids: Sequence[int], message_id: int, now: datetime) -> Claims | None:
    """The three claims on one letter of these places (MSG-8)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, ended, family_has, resident_has, facility_id FROM ({LETTERS}"  # noqa: S608 (a constant)
            " WHERE m.id = %(id)s AND m.facility_id = ANY(%(places)s)) letter",
            {"now": now, "id": message_id, "places": list(facility_ids)},
        )
        row = cursor.fetchone()
    if row is None:
        return None
    kind, ended, family_has, resident_has, facility_id = row
    days = _kept(facility_id, kind, now).days
    purge = Purge.objects.filter(letters__message_id=message_id).first()
    return Claims(
        kind, family_has, resident_has, days, ended + timedelta(days=days) if ended else None,
        holds_of(message_id, now), purge.at if purge else None, purge.pk if purge else None,
    )  # fmt: skip
