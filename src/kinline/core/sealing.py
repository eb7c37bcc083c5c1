"""The chain over the audit log: sealing what is new, proving what is sealed (STF-4).

Rows are written plain in the act's own transaction, so that writers never wait for each other; one job chains them
within a minute. Rows become visible in another order than their ids, so the chain has places of its own.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import connection

from kinline.core.chain import START, Row, line, link
from kinline.core.models import AuditEvent, AuditSeal

_ONE_AT_A_TIME = 0x4B494E41  # the number of the advisory lock; any, but only here
OPEN_AT_MOST = timedelta(hours=1)  # no transaction lasts so long; the night's look is over everything

_LOCK = "SELECT pg_try_advisory_xact_lock(%s)"
_COLUMNS = "e.id, e.at, e.actor, e.act, e.object, e.facility_id, e.detail"
_UNSEALED = f"""
    SELECT {_COLUMNS} FROM core_audit_event e
    WHERE e.id > %s AND NOT EXISTS (SELECT 1 FROM core_audit_seal s WHERE s.event_id = e.id)
    ORDER BY e.id LIMIT %s
"""  # noqa: S608 (constants)
_SEALED = f"""
    SELECT s.position, s.sealed_at, s.digest, s.event_id, {_COLUMNS}
    FROM core_audit_seal s LEFT JOIN core_audit_event e ON e.id = s.event_id
    WHERE s.position > %s ORDER BY s.position LIMIT %s
"""  # noqa: S608 (constants)
_PUT = """
    INSERT INTO core_audit_seal (position, event_id, digest, sealed_at)
    SELECT position, event_id, digest, %s FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])
        AS link (position, event_id, digest)
"""
_TAIL = """
    SELECT count(*), min(e.id), max(e.id), min(e.at) FROM core_audit_event e
    WHERE NOT EXISTS (SELECT 1 FROM core_audit_seal s WHERE s.event_id = e.id)
"""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One link of the chain with its row; `row` is None when somebody has removed it."""

    position: int
    sealed_at: datetime
    digest: bytes
    event_id: int
    row: Row | None


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where the chain does not hold. `what`: the row was changed, is missing, or a link is."""

    position: int
    event_id: int
    what: Literal["changed", "row_missing", "link_missing"]


@dataclass(frozen=True, slots=True)
class Tail:
    """Rows that no link covers yet."""

    count: int
    first_id: int | None
    last_id: int | None
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`head`: the newest digest. Who wrote it down elsewhere can prove later that nothing before it was cut off."""

    sealed: int
    head: str
    broken: Broken | None
    tail: Tail


def seal(*, now: datetime, whole: bool = False, limit: int = 5000) -> int:
    """Chain rows that are not chained yet; how many. 0 also while another job does it.

    `whole`: look at all rows, not only at those of the last hour.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [_ONE_AT_A_TIME])
        if not _only(cursor)[0]:
            return 0
        cursor.execute(_UNSEALED, [0 if whole else _settled(now), limit])
        rows = [_row(cells) for cells in cursor.fetchall()]
        position, digest = _head()
        links: list[tuple[int, int, bytes]] = []
        for place, row in enumerate(rows, position + 1):
            digest = link(digest, line(place, now, row))
            links.append((place, row.id, digest))
        if links:
            cursor.execute(_PUT, [now, *([one[n] for one in links] for n in range(3))])
        return len(links)


def _settled(now: datetime) -> int:
    """Up to this id no row can come any more: it was sealed longer ago than any transaction lasts."""
    old = AuditSeal.objects.filter(sealed_at__lt=now - OPEN_AT_MOST).order_by("-position")
    return old.values_list("event_id", flat=True).first() or 0


def _head() -> tuple[int, bytes]:
    newest = AuditSeal.objects.order_by("-position").values_list("position", "digest").first()
    return (newest[0], bytes(newest[1])) if newest else (0, START)


def chain(*, size: int = 2000) -> Iterator[Sealed]:
    """Every link in order, read in pieces."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_SEALED, [after, size])
            found = cursor.fetchall()
        for position, sealed_at, digest, event_id, *cells in found:
            after = position
            row = _row(cells) if cells[0] is not None else None
            yield Sealed(position, sealed_at, bytes(digest), event_id, row)
        if len(found) < size:
            return


def verify() -> Verdict:
    """Replay the chain from its start; stops at the first link that does not hold."""
    place, digest = 0, START
    for one in chain():
        broken = _fault(one, place + 1, digest)
        if broken is not None:
            return Verdict(place, digest.hex(), broken, tail())
        place, digest = one.position, one.digest
    return Verdict(place, digest.hex(), None, tail())


def _fault(one: Sealed, place: int, before: bytes) -> Broken | None:
    if one.position != place:
        return Broken(place, one.event_id, "link_missing")
    if one.row is None:
        return Broken(place, one.event_id, "row_missing")
    if link(before, line(place, one.sealed_at, one.row)) != one.digest:
        return Broken(place, one.event_id, "changed")
    return None


def tail() -> Tail:
    with connection.cursor() as cursor:
        cursor.execute(_TAIL)
        return Tail(*_only(cursor))


def knows(head: str) -> bool:
    """Whether this digest is one of the chain's: a head that somebody wrote down is still there."""
    try:
        return AuditSeal.objects.filter(digest=bytes.fromhex(head)).exists()
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the log is sealed, for a page: cheap, proves nothing."""

    position: int
    head: str
    sealed_at: datetime | None
    waiting: int


def standing(now: datetime) -> Standing:
    newest = AuditSeal.objects.order_by("-position").first()
    unsealed = AuditEvent.objects.filter(pk__gt=_settled(now)).exclude(
        pk__in=AuditSeal.objects.filter(event_id__gt=_settled(now)).values("event_id")
    )
    if newest is None:
        return Standing(0, "", None, unsealed.count())
    return Standing(newest.position, bytes(newest.digest).hex(), newest.sealed_at, unsealed.count())


def _row(cells: Any) -> Row:
    pk, at, actor, act, what, facility_id, detail = cells
    return Row(pk, at, actor, act, what, facility_id, _loaded(detail))


def _loaded(detail: Any) -> dict[str, Any]:
    """Django's connection gives jsonb as text."""
    loaded: dict[str, Any] = json.loads(detail) if isinstance(detail, str) else detail
    return loaded


def _only(cursor: Any) -> Any:
    return cursor.fetchone()
