"""Verbs of the notices: tell somebody in their portal or kiosk, or write them an email."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from kinline.core.events import announce
from kinline.core.jobs import defer
from kinline.core.parties import RESIDENT, Party
from kinline.core.transaction import verb
from kinline.identity.models import User
from kinline.notices import errors
from kinline.notices.models import Broadcast, Email, Notice


@verb
def tell(
    party: Party,
    kind: str,
    now: datetime,
    *,
    message_id: int | None = None,
    contact_id: int | None = None,
    **params: Any,
) -> Notice:
    """Write a notice for `party`; their open pages hear of it after the commit.

    `kind` is a key of `wording.NOTICES`. `params` fill its sentence: names, `*_cents` (integer cents), `*_at`
    (ISO 8601 or an aware datetime), or a text per language as `{"en": …, "es": …}`. Never content of a message.
    """
    notice = Notice.objects.create(
        **party.filter,
        kind=kind,
        params=_plain(params),
        message_id=message_id,
        contact_id=contact_id,
        created_at=now,
    )
    announce(party, "notice", notice_id=notice.pk)
    return notice


@verb
def tell_many(
    told: Iterable[tuple[Party, dict[str, Any]]], kind: str, now: datetime, *, broadcast: Broadcast | None = None
) -> None:
    """As `tell`, for many at once: each party with the params of its sentence. `broadcast`: until it is over."""
    pairs = [
        (party, Notice(**party.filter, kind=kind, params=_plain(params), created_at=now, broadcast=broadcast))
        for party, params in told
    ]
    Notice.objects.bulk_create([notice for _, notice in pairs], batch_size=1000)
    for party, notice in pairs:
        announce(party, "notice", notice_id=notice.pk)


@verb
def write_broadcast(
    *, facility_id: int, unit_id: int | None, told: Mapping[str, str], client_key: UUID, staff: User, reached: int,
    starts_at: datetime, until: datetime | None, now: datetime,
) -> Broadcast:  # fmt: skip
    """raises BadSpan: it would be over before it begins, or is over already."""
    if until is not None and until <= max(starts_at, now):
        raise errors.BadSpan
    return Broadcast.objects.create(
        facility_id=facility_id, unit_id=unit_id, told=dict(told), client_key=client_key, sent_by=staff,
        reached=reached, sent_at=now, starts_at=starts_at, until=until,
    )  # fmt: skip


@verb
def withdraw_broadcast(*, facility_id: int, broadcast_id: int, staff: User, now: datetime) -> Broadcast | None:
    """None: it was taken back already. raises NoSuchBroadcast: of another place."""
    row = Broadcast.objects.select_for_update(no_key=True).filter(pk=broadcast_id, facility_id=facility_id).first()
    if row is None:
        raise errors.NoSuchBroadcast
    if row.withdrawn_at:
        return None
    row.withdrawn_at, row.withdrawn_by = now, staff
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    for resident_id in row.notices.values_list("resident_id", flat=True):
        announce(Party(RESIDENT, resident_id), "notice")
    return row


@verb
def mail(*, to: str, kind: str, now: datetime, user: User | None = None, language: str = "en", **params: Any) -> Email:
    """Write one email and queue the job that sends it. `kind` is a key of `emails.EMAILS`.

    `params` as for `tell`; never a code, a link with a token, content, or the name of a facility.
    """
    email = Email.objects.create(user=user, to=to, kind=kind, params=_plain(params), language=language, created_at=now)
    defer("send_email", email_id=email.pk)
    return email


@verb
def mark_read(party: Party, now: datetime, ids: Iterable[int] | None = None) -> int:
    """Mark the party's notices as read: all, or those of `ids`. Returns how many were unread."""
    unread = Notice.objects.filter(**party.filter, read_at=None)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    count = unread.update(read_at=now)
    if count:
        announce(party, "notice")
    return count


def _plain(params: dict[str, Any]) -> dict[str, Any]:
    """Times as text, so that the row's JSON holds them."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in params.items()}
