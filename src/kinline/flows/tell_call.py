"""What a switch tells of a call while it goes on: moments, signs of life, its own restart (TEL-6, TEL-10).

Events carry a number of the switch (`seq`), so one told twice changes nothing; and the time of the switch's own clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.end_call import Ended, settle
from kinline.flows.number_blocks import tell_holder
from kinline.flows.sweeping import together
from kinline.telephony import services
from kinline.telephony.models import Call, Switch
from kinline.telephony.queries import calls
from kinline.telephony.services import numbers

AT_ONCE: Final = 50  # lost calls that are settled in one story


@dataclass(frozen=True, slots=True)
class Moment:
    """`kind`: dialling, ringing, answered, announced, accepted, warned, blocked, sign … `elapsed_ms` since it began."""

    seq: int
    kind: str
    at: datetime
    detail: str = ""
    elapsed_ms: int = 0


@story
def tell(switch: Switch, *, key: UUID, moment: Moment, now: datetime) -> bool:
    """One moment of a call; False: it is no call of this switch, or it is over, or this was told before.

    Its time is the switch's, but neither before the call nor after now.

    The called party who blocks their number is never called again from then on, before this call is over (T5).
    """
    return (key, moment.seq) in _told(switch, [(key, moment)], now)


@story
def tell_all(switch: Switch, moments: Sequence[tuple[UUID, Moment]], *, now: datetime) -> None:
    """Moments of any number of calls, each as `tell`, in one transaction. One that is refused refuses all of them."""
    _told(switch, moments, now)


def _told(switch: Switch, moments: Sequence[tuple[UUID, Moment]], now: datetime) -> set[tuple[UUID, int]]:
    """Those that were new, of calls that go on."""
    held = services.locked_all({key for key, _ in moments}, switch.pk)
    rows = [
        services.Told(
            held[key], one.seq, one.kind, one.detail, min(max(one.at, held[key].started_at), now), one.elapsed_ms
        )
        for key, one in moments
        if key in held
    ]
    new = services.note(rows, now=now)
    for row in rows:
        if row.kind == "blocked" and (row.call.pk, row.seq) in new and row.call.number:
            _block(row.call, now)
    return {(row.call.key, row.seq) for row in rows if (row.call.pk, row.seq) in new}


def _block(call: Call, now: datetime) -> None:
    if numbers.block_by_called_party(call.number, now=now):
        tell_holder(call.number, now)
    record("called_party", "number.block", f"call:{call.pk}", now=now, facility_id=call.facility_id)


@story
def alive(switch: Switch, *, heard: Mapping[UUID, int], now: datetime) -> list[UUID]:
    """These calls go on, with so many milliseconds of conversation each. The answer: those that are to be ended now,
    since staff end them, or since they are over here.
    """
    services.seen(switch, now=now)
    services.alive(switch_id=switch.pk, heard=heard, now=now)
    live = {call.key: call.end_asked for call in calls.of_switch(switch.pk)}
    return [key for key, asked in live.items() if asked] + [key for key in heard if key not in live]


def unwanted(switch: Switch) -> list[UUID]:
    """Calls of this switch that staff or a lockdown want ended. One look, without a sign of life: it may be asked
    often, so that no voice goes on until the next one (TEL-9).
    """
    return calls.unwanted(switch.pk)


def booted(switch: Switch, *, boot_id: str, now: datetime) -> Sequence[Call]:
    """A switch starts: what it held under another boot is over, settled to the last heartbeat. Those calls, so that it
    can hang up both telephones of each.

    Settled in stories of a few calls each. One that cannot be settled is left to the sweeper.
    """
    services.seen(switch, boot_id=boot_id, now=now)
    lost = [call for call in calls.of_switch(switch.pk) if call.boot_id != boot_id]
    for first in range(0, len(lost), AT_ONCE):
        together(
            "calls of a switch that was lost", lost[first : first + AT_ONCE], lambda some: _lose(switch, some, now)
        )
    return lost


@story
def _lose(switch: Switch, lost: Sequence[Call], now: datetime) -> None:
    held = services.locked_all({call.key for call in lost}, switch.pk).values()
    over = [(call, Ended(call.key, "switch_lost", "system", call.heard_ms)) for call in held if call.ended_at is None]
    settle(over, now)
