"""Verbs of calls: begun, told of, ended. A call's money is the flows'."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from kinline.core.transaction import verb
from kinline.telephony.models import Call, CallEvent, CallState, Cdr, Station, Switch
from kinline.telephony.rules import Decision

RESERVED_FOR: Final = timedelta(
    seconds=30
)  # until the switch dials: an answer it never heard holds no money for longer
LEASE: Final = timedelta(seconds=60)  # between two signs of life of a switch
STAMPS: Final = {"dialling": "dialled_at", "answered": "answered_at", "accepted": "accepted_at"}


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
    rows = Call.objects.select_for_update(of=("self",), no_key=True).select_related("facility", "station")
    return rows.filter(key=key, switch_id=switch_id).first()


@verb
def locked_lapsed(call_id: int, now: datetime) -> Call | None:
    """A call of which nobody told in time, locked; None: somebody has told since, or another settles it now."""
    rows = Call.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return rows.select_related("facility", "station").filter(pk=call_id, ended_at=None, lease_until__lt=now).first()


@verb
def note(call: Call, *, seq: int, kind: str, detail: str, at: datetime, elapsed_ms: int, now: datetime) -> bool:
    """One moment of a locked call. False: it was told before, and changes nothing."""
    _, new = CallEvent.objects.get_or_create(
        call=call, seq=seq, defaults={"kind": kind, "detail": detail[:60], "at": at, "elapsed_ms": elapsed_ms}
    )
    if not new or call.ended_at is not None:
        return False
    call.lease_until = max(call.lease_until, now + LEASE)
    call.last_seq = max(call.last_seq, seq)
    stamp = STAMPS.get(kind)
    if stamp and getattr(call, stamp) is None:
        setattr(call, stamp, at)
    call.state = _state(call)
    call.save(update_fields=["lease_until", "last_seq", "dialled_at", "answered_at", "accepted_at", "state"])
    return True


def _state(call: Call) -> str:
    if call.accepted_at is not None:
        return CallState.TALKING
    return CallState.DIALLING if call.dialled_at is not None else call.state


@verb
def alive(*, switch_id: int, heard: Mapping[UUID, int], now: datetime) -> None:
    """These calls go on, and so many milliseconds of each were talked; what is behind the last sign is not billed."""
    calls = list(Call.objects.select_for_update(no_key=True).filter(switch_id=switch_id, key__in=heard, ended_at=None))
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
    call.state, call.ended_at = CallState.ENDED, now
    call.save(update_fields=["state", "ended_at"])


@verb
def write_down(call: Call, **facts: Any) -> Cdr:
    """The record of a call, once."""
    return Cdr.objects.create(call=call, facility_id=call.facility_id, **facts)


@verb
def seen(switch: Switch, *, now: datetime, boot_id: str = "") -> None:
    """A sign of life of a switch; with a boot of it, its start."""
    switch.seen_at = now
    if boot_id:
        switch.boot_id = boot_id
    switch.save(update_fields=["seen_at", "boot_id"])
