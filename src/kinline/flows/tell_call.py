"""What a switch tells of a call while it goes on: moments, signs of life, its own restart (TEL-6, TEL-10).

Events carry a number of the switch (`seq`), so one told twice changes nothing; and the time of the switch's own clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.end_call import settle
from kinline.flows.number_blocks import tell_holder
from kinline.telephony import services
from kinline.telephony.models import Call, Switch
from kinline.telephony.queries import calls
from kinline.telephony.services import numbers


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
    call = services.locked(key, switch.pk)
    if call is None:
        return False
    told = services.note(
        call,
        seq=moment.seq,
        kind=moment.kind,
        detail=moment.detail,
        at=min(max(moment.at, call.started_at), now),
        elapsed_ms=moment.elapsed_ms,
        now=now,
    )
    if told and moment.kind == "blocked" and call.number:
        if numbers.block_by_called_party(call.number, now=now):
            tell_holder(call.number, now)
        record("called_party", "number.block", f"call:{call.pk}", now=now, facility_id=call.facility_id)
    return told


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


@story
def booted(switch: Switch, *, boot_id: str, now: datetime) -> Sequence[Call]:
    """A switch starts: what it held under another boot is over, settled to the last heartbeat. Those calls, so that it
    can hang up both telephones of each.
    """
    services.seen(switch, boot_id=boot_id, now=now)
    lost = [call for call in calls.of_switch(switch.pk) if call.boot_id != boot_id]
    for one in lost:
        call = services.locked(one.key, switch.pk)
        if call is not None and call.ended_at is None:
            settle(call, reason="switch_lost", side="system", billable_ms=call.heard_ms, sip_code=0, now=now)
    return lost
