"""Verbs of calls: begun, told of, ended. A call's money is the flows'."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from kinline.core import rows
from kinline.core.transaction import verb
from kinline.telephony.models import Call, CallState, Cdr, Station, Switch
from kinline.telephony.rules import Decision

RESERVED_FOR: Final = timedelta(
    seconds=30
)  # until the switch dials: an answer it never heard holds no money for longer
LEASE: Final = timedelta(seconds=60)  # between two signs of life of a switch


@dataclass(frozen=True, slots=True)
class Begun:
    """A try to call: by which switch and key, where, who, whom. `facts`: what its record will say besides."""

    key: UUID
    switch: Switch
    station: Station
    resident_id: int | None
    number: str
    facts: Mapping[str, Any]
    now: datetime


@verb
def begin(begun: Begun, decision: Decision) -> Call:
    """A call that may be placed and that no balance pays for. Raises IntegrityError when the resident is in another, or
    the key is taken.
    """
    call = begun_as(begun, decision)
    call.save(force_insert=True)
    return call


def begun_as(begun: Begun, decision: Decision, *, payer: str = "") -> Call:
    """The same, not written yet. `payer`: the account that it is of, and whose money is to be set aside."""
    return _made(
        begun,
        call_type=decision.call_type,
        allowance_seconds=decision.allowance_seconds,
        base_micro=decision.rate.base,
        additive_micro=decision.rate.additive,
        seconds=decision.seconds,
        record=decision.record,
        lease_until=begun.now + RESERVED_FOR,
        payer=payer,
        held_cents=decision.hold_cents if payer else 0,
    )


@verb
def refused(begun: Begun) -> Call:
    """A try that may not be placed: over before it began. What was asked and why not is in its record."""
    over = {"state": CallState.ENDED, "ended_at": begun.now, "lease_until": begun.now}
    call = _made(begun, call_type="refused", seconds=0, **over)
    call.save(force_insert=True)
    return call


def _made(begun: Begun, **decided: Any) -> Call:
    return Call(
        key=begun.key,
        switch=begun.switch,
        boot_id=begun.switch.boot_id,
        facility=begun.station.facility,
        station=begun.station,
        resident_id=begun.resident_id,
        number=begun.number,
        facts=dict(begun.facts),
        started_at=begun.now,
        **decided,
    )


@verb
def locked(key: UUID, switch_id: int) -> Call | None:
    """A call of this switch; until the story ends nobody else tells of it or settles it."""
    found = Call.objects.select_for_update(of=("self",), no_key=True).select_related("facility", "station")
    return found.filter(key=key, switch_id=switch_id).first()


@verb
def locked_all(keys: Collection[UUID], switch_id: int) -> dict[UUID, Call]:
    """The same of several, by their keys; locked in one order, so that nobody waits in a circle."""
    found = Call.objects.select_for_update(of=("self",), no_key=True).select_related("facility", "station")
    return {call.key: call for call in found.filter(key__in=keys, switch_id=switch_id).order_by("pk")}


@verb
def locked_lapsed(call_id: int, now: datetime) -> Call | None:
    """A call of which nobody told in time, locked; None: somebody has told since, or another settles it now."""
    found = Call.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return found.select_related("facility", "station").filter(pk=call_id, ended_at=None, lease_until__lt=now).first()


@dataclass(frozen=True, slots=True)
class Told:
    """One moment of a locked call, at a time that lies in it."""

    call: Call
    seq: int
    kind: str
    detail: str
    at: datetime
    elapsed_ms: int


_NOTE: Final = """
    WITH new AS (
        INSERT INTO telephony_callevent (call_id, seq, kind, detail, at, elapsed_ms)
        SELECT * FROM unnest(%s::bigint[], %s::integer[], %s::text[], %s::text[], %s::timestamptz[], %s::integer[])
        ON CONFLICT (call_id, seq) DO NOTHING RETURNING call_id, seq, kind, at),
    stamps AS (
        SELECT call_id, max(seq) AS seq, min(at) FILTER (WHERE kind = 'dialling') AS dialled,
            min(at) FILTER (WHERE kind = 'answered') AS answered, min(at) FILTER (WHERE kind = 'accepted') AS accepted
        FROM new GROUP BY call_id),
    changed AS (
        UPDATE telephony_call c SET lease_until = greatest(c.lease_until, %s::timestamptz),
            last_seq = greatest(c.last_seq, s.seq), dialled_at = coalesce(c.dialled_at, s.dialled),
            answered_at = coalesce(c.answered_at, s.answered), accepted_at = coalesce(c.accepted_at, s.accepted),
            state = CASE WHEN coalesce(c.accepted_at, s.accepted) IS NOT NULL THEN 'talking'
                         WHEN coalesce(c.dialled_at, s.dialled) IS NOT NULL THEN 'dialling' ELSE c.state END
        FROM stamps s WHERE c.id = s.call_id AND c.ended_at IS NULL RETURNING c.id)
    SELECT new.call_id, new.seq FROM new JOIN changed ON changed.id = new.call_id
"""


@verb
def note(told: Sequence[Told], *, now: datetime) -> set[tuple[int, int]]:
    """Moments of locked calls. Those that are new, of calls that go on, as call and number; others change nothing."""
    if not told:
        return set()
    columns: list[list[Any]] = [
        [one.call.pk for one in told],
        [one.seq for one in told],
        [one.kind for one in told],
        [one.detail[:60] for one in told],
        [one.at for one in told],
        [one.elapsed_ms for one in told],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [*columns, now + LEASE])
        return set(cursor.fetchall())


@verb
def alive(*, switch_id: int, heard: Mapping[UUID, int], now: datetime) -> None:
    """These calls go on, and so many milliseconds of each were talked; what is behind the last sign is not billed."""
    found = Call.objects.select_for_update(no_key=True).filter(switch_id=switch_id, key__in=heard, ended_at=None)
    calls = list(found.order_by("pk"))
    for call in calls:
        call.heard_ms = max(call.heard_ms, heard[call.key])
        call.lease_until = max(call.lease_until, now + LEASE)
    Call.objects.bulk_update(calls, ["heard_ms", "lease_until"])


@verb
def ask_end(call: Call, *, reason: str) -> None:
    """Staff end it: the switch hears so with its next sign of life, or at once where it listens."""
    call.end_asked = reason
    call.save(update_fields=["end_asked"])


@verb
def end(call: Call, *, now: datetime) -> None:
    """It is over: nothing tells of it any more."""
    end_all([(call, now)])


@verb
def end_all(over: Sequence[tuple[Call, datetime]]) -> None:
    """The same of several, each with its moment."""
    for call, at in over:
        call.state, call.ended_at = CallState.ENDED, at
    with connection.cursor() as cursor:
        cursor.execute(_END, [[call.pk for call, _ in over], [at for _, at in over]])


_END: Final = """
    UPDATE telephony_call c SET state = 'ended', ended_at = o.at
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS o(id, at) WHERE c.id = o.id
"""


def record(call: Call, **facts: Any) -> Cdr:
    """The record of a call, not written yet."""
    return Cdr(call=call, facility_id=call.facility_id, **facts)


@verb
def write_down(call: Call, **facts: Any) -> Cdr:
    """The record of a call, once."""
    return write_all([record(call, **facts)])[0]


@verb
def write_all(records: Sequence[Cdr]) -> Sequence[Cdr]:
    """Records of calls, each once."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [rows.as_json(records)])
        written = dict(cursor.fetchall())
    for one in records:
        one.pk = written[one.call_id]
        one._state.adding = False
    return records


_WRITE: Final = f"""
    INSERT INTO telephony_cdr ({rows.columns(Cdr)})
    SELECT {rows.columns(Cdr)} FROM jsonb_populate_recordset(NULL::telephony_cdr, %s::jsonb) RETURNING call_id, id
"""  # noqa: S608 - names of columns


@verb
def seen(switch: Switch, *, now: datetime, boot_id: str = "") -> None:
    """A sign of life of a switch; with a boot of it, its start."""
    switch.seen_at = now
    if boot_id:
        switch.boot_id = boot_id
    switch.save(update_fields=["seen_at", "boot_id"])
