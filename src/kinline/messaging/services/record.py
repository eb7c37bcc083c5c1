"""Verbs of the facility's record: how long it is kept, legal holds, and the purge (MSG-8, REC4)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from kinline.core.transaction import verb
from kinline.identity.models import User
from kinline.messaging import errors
from kinline.messaging.models import (
    Appeal,
    Body,
    LegalHold,
    LetGo,
    Mailbox,
    Message,
    Pixels,
    Purge,
    Purged,
    Retention,
    SearchEntry,
)
from kinline.messaging.queries.record import LETTERS, Kept
from kinline.messaging.rules import certified

# Only letters of which a copy has gone are looked at, so the work grows with what goes, not with what there is.
_DUE = f"""
    SELECT id, sent_at, length FROM ({LETTERS}
        JOIN messaging_letgo g ON g.message_id = m.id
        JOIN messaging_body b ON b.message_id = m.id
        WHERE m.facility_id = %(place)s
    ) letter
    WHERE kind = %(kind)s AND ended < %(before)s AND NOT held AND NOT family_has AND NOT resident_has
    ORDER BY id LIMIT %(limit)s
"""  # noqa: S608 (constants)

_ONE_AT_A_TIME = 0x4B494E50  # the number of the advisory lock; any, but only here

# Mailboxes are asked one by one: nearly always nothing is found, and a look through all letters would be for nothing.
_OF_CLOSED = """
    SELECT copy.id FROM identity_user u
    CROSS JOIN LATERAL (SELECT b.id FROM messaging_mailbox b WHERE b.user_id = u.id LIMIT %(limit)s) copy
    WHERE u.closed_at IS NOT NULL LIMIT %(limit)s
"""


@verb
def set_retention(
    *, facility_id: int, kind: str, days: int, effective_from: datetime, reason: str, by: User | None, now: datetime
) -> Retention:
    """A further rule. raises RetentionTaken when one begins at that moment already."""
    try:
        with transaction.atomic():
            return Retention.objects.create(
                facility_id=facility_id, kind=kind, days=days, effective_from=effective_from, reason=reason,
                set_by=by, set_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise errors.RetentionTaken from None


@verb
def one_at_a_time() -> None:
    """Step: until the transaction ends nobody else purges, and nobody else places a hold.

    Without it a hold could be answered "kept" while the words that it names are on their way out.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])


@verb
def place_hold(
    *,
    facility_id: int,
    message_id: int | None,
    resident_id: int | None,
    user_id: int | None,
    reason: str,
    starts_at: datetime,
    ends_at: datetime | None,
    by: User,
    now: datetime,
) -> LegalHold:
    return LegalHold.objects.create(
        facility_id=facility_id, message_id=message_id, resident_id=resident_id, user_id=user_id, reason=reason,
        starts_at=starts_at, ends_at=ends_at, placed_by=by, placed_at=now,
    )  # fmt: skip


@verb
def lift_hold(*, hold_id: int, facility_id: int, why: str, by: User, now: datetime) -> None:
    """raises NotFound, HoldLifted."""
    hold = LegalHold.objects.select_for_update().filter(pk=hold_id, facility_id=facility_id).first()
    if hold is None:
        raise errors.NotFound
    if hold.lifted_at is not None:
        raise errors.HoldLifted
    hold.lifted_by, hold.lifted_at, hold.lifted_why = by, now, why
    hold.save(update_fields=["lifted_by", "lifted_at", "lifted_why"])


@verb
def end_claims_of_closed(*, limit: int) -> int:
    """The copies of accounts that are closed: closing ends one's claim (MSG-8). Returns how many went."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_CLOSED, {"limit": limit})
        ids = [row[0] for row in cursor.fetchall()]
    return Mailbox.objects.filter(pk__in=ids).delete()[0]


@verb
def purge(*, facility_id: int, kept: Kept, now: datetime, limit: int) -> Purge | None:
    """Destroy the words of letters of one class on which all three claims have ended; None when there are none.

    No hold is placed meanwhile. The letters' rows are locked first and asked again under the lock.
    """
    one_at_a_time()
    before = now - timedelta(days=kept.days)
    found = due(facility_id, kept, now, limit)
    ids = [one[0] for one in found]
    list(Message.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
    letters = [one for one in due(facility_id, kept, now, limit) if one[0] in set(ids)]
    if not letters:
        return None
    certificate = Purge.objects.create(
        facility_id=facility_id, kind=kept.kind, days=kept.days, retention_id=kept.retention_id, ended_before=before,
        count=len(letters), first_sent_at=min(one[1] for one in letters),
        last_sent_at=max(one[1] for one in letters), digest=certified(letters), at=now,
    )  # fmt: skip
    Purged.objects.bulk_create(Purged(message_id=one[0], purge=certificate) for one in letters)
    _destroy([one[0] for one in letters])
    return certificate


def due(place: int, kept: Kept, now: datetime, limit: int = 500) -> list[tuple[int, datetime, int]]:
    """Letters of one class on which nobody has a claim: number, when it was sent, length."""
    before = now - timedelta(days=kept.days)
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"place": place, "kind": kept.kind, "before": before, "now": now, "limit": limit})
        return [(pk, sent_at, length) for pk, sent_at, length in cursor.fetchall()]


def _destroy(ids: Sequence[int]) -> None:
    """Everything that says what was written; dates, price and decision stay for the books and the law."""
    Body.objects.filter(pk__in=ids).delete()
    SearchEntry.objects.filter(pk__in=ids).delete()
    Pixels.objects.filter(photo__message_id__in=ids).delete()
    Appeal.objects.filter(review__message_id__in=ids).update(text="")
    LetGo.objects.filter(pk__in=ids).delete()
    with connection.cursor() as cursor:
        cursor.execute(_BLANK, [list(ids)])


# A digest of the words would let a guess be tested.
_BLANK = """
    UPDATE messaging_message SET subject = '', input_hash = decode(repeat('00', 32), 'hex') WHERE id = ANY(%s)
"""
