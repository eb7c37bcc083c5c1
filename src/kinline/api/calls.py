"""Call control for switches (TEL-10): may this call be placed, what happens to it, that it goes on, that it is over.

The built-in switch uses the same flows in its own process. Every answer may be asked for again: by `call_id`, and by
`seq` of an event. How to use it: docs/api-calls.md.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from kinline.api import door
from kinline.api.door import Body, Problem, by_switch
from kinline.flows import authorise_call, end_call, speak_code, tell_call
from kinline.flows.authorise_call import CallIdTaken, Try
from kinline.flows.call_terms import Pieces, Terms, terms
from kinline.flows.tell_call import Moment
from kinline.telephony.queries import calls, switches
from kinline.telephony.services import LEASE, RESERVED_FOR

if TYPE_CHECKING:
    from kinline.telephony.models import Call, Switch

HEARTBEAT_SECONDS: Final = 5
SKEW: Final = timedelta(seconds=5)  # between two clocks: no switch is paid for more time than there was
MOST_CALLS: Final = 1_000
DAY_MS: Final = 86_400_000
MOST_SEQ: Final = 2**31 - 1
PAYERS: Final = {"": "", "prepaid_collect": "1", "pin_debit": "2"}
SIDES: Final = {"": "system", "caller": "caller", "called": "called", "system": "system", "staff": "staff"}
# What a switch may tell: its word → ours.
MOMENTS: Final = {
    "dialing": "dialling", "ringing": "ringing", "answered": "answered", "announcement_started": "announced",
    "price_heard": "price_heard", "accepted": "accepted", "refused": "refused", "blocked": "blocked",
    "warned": "warned", "sign": "sign", "media_lost": "media_lost",
}  # fmt: skip


@by_switch
def authorize(switch: "Switch", body: Body, now: datetime) -> dict[str, Any]:
    """May this call be placed? The money for it is set aside; nothing is dialled without an `allow`."""
    station = switches.station_of(switch, door.text(body, "station", most=50, needed=True))
    if station is None:
        raise door.unknown("station")
    tried = Try(
        id=door.text(body, "resident_id", most=30),
        pin=door.text(body, "pin", most=24),
        keys=door.text(body, "dialed", most=32),
        payer=door.one_of(body, "payer", PAYERS),
        language=door.text(body, "language", most=5) or station.language or "en",
    )
    try:
        answer = authorise_call.authorise(switch, key=door.key(body, "call_id"), station=station, tried=tried, now=now)
    except CallIdTaken:
        raise Problem(HTTPStatus.CONFLICT, "call_id_taken", "Make another UUID for this call.") from None
    return _told(terms(answer, tried.language), now)


def _told(found: Terms, now: datetime) -> dict[str, Any]:
    denied = {
        "call_id": found.call_id, "decision": "allow" if found.allowed else "deny", "reason_code": found.code,
        "reasons": found.reasons, "ask_pin_again": found.again, "language": found.language,
        "deny_prompt": _pieces(found.refusal),
    }  # fmt: skip
    if not found.allowed:
        return denied
    return denied | {
        "number": found.number, "caller_id": found.caller_id, "payer": found.payer, "hold_cents": found.hold_cents,
        "max_seconds": found.seconds, "warn_at_seconds": found.warn_at, "ring_timeout_ms": found.ring_ms,
        "accept_timeout_ms": found.accept_ms, "passive": found.passive, "record": found.record,
        "cuts_forwarded": found.cuts_forwarded,
        "announcement": _pieces(found.announcement), "price": _pieces(found.price), "parting": _pieces(found.parting),
        "accept_digit": found.accept_key, "refuse_digit": found.refuse_key, "price_digit": found.price_key,
        "block_digit": found.block_key, "heartbeat_s": HEARTBEAT_SECONDS, "lease_s": int(LEASE.total_seconds()),
        "dial_before": now + RESERVED_FOR,
    }  # fmt: skip


def _pieces(pieces: Pieces) -> list[dict[str, str]]:
    return [{"prompt": prompt, "value": value} for prompt, value in pieces]


@by_switch
def events(switch: "Switch", body: Body, now: datetime, call_id: UUID) -> dict[str, Any]:
    """A moment of a call, or its end. The same `seq` again changes nothing."""
    call = calls.by_key(switch.pk, call_id)
    if call is None:
        raise door.unknown("call")
    if body.get("type") == "ended":
        return _ended(switch, call, body, now)
    if body.get("type") == "heartbeat":
        return {"call_id": call_id, "new": True, "hangup": _goes_on(switch, [(call_id, _elapsed(body))], now) != []}
    moment = Moment(
        seq=door.whole(body, "seq", most=MOST_SEQ),
        kind=door.one_of(body, "type", MOMENTS),
        at=door.moment(body, "at", now),
        detail=door.text(body, "detail", most=60),
        elapsed_ms=_elapsed(body),
    )
    new = tell_call.tell(switch, key=call_id, moment=moment, now=now)
    call.refresh_from_db()
    return {"call_id": call_id, "new": new, "hangup": bool(call.end_asked) or call.ended_at is not None}


def _elapsed(body: Body) -> int:
    return door.whole(body, "elapsed_ms", most=DAY_MS, default=0)


def _ended(switch: "Switch", call: "Call", body: Body, now: datetime) -> dict[str, Any]:
    """Settled once: a second end answers what the first was."""
    billable = door.whole(body, "billable_ms", most=DAY_MS, default=0)
    if call.accepted_at is not None:
        billable = min(billable, int((now - call.accepted_at + SKEW).total_seconds() * 1000))
    written = end_call.end(
        switch,
        key=call.key,
        reason=_reason(body),
        side=door.one_of(body, "side", SIDES),
        billable_ms=billable,
        sip_code=door.whole(body, "sip_code", most=699, default=0),
        now=now,
        at=door.moment(body, "at", now),
    )
    if written is None:
        raise door.unknown("call")
    return {
        "call_id": call.key, "result": written.result, "reason": written.reasons[0], "seconds": written.seconds,
        "cents": written.cents, "agency_cents": written.agency_cents, "hangup": True,
    }  # fmt: skip


def _reason(body: Body) -> str:
    found = door.text(body, "reason", most=30, needed=True)
    if not found.replace("_", "").isalnum() or not found.isascii() or not found.islower():
        raise Problem(HTTPStatus.BAD_REQUEST, "wrong_field", "reason: small letters and underscores.")
    return found


@by_switch
def heartbeat(switch: "Switch", body: Body, now: datetime, name: str) -> dict[str, Any]:
    """The calls that go on, with the milliseconds that each was talked; none is an answer, too. Answered: those that
    are to be ended now, and codes that are to be spoken to somebody (TEL-8).
    """
    _own(switch, name)
    heard = [(door.key(one, "call_id"), _elapsed(one)) for one in door.rows(body, "calls", most=MOST_CALLS)]
    hangup = _goes_on(switch, heard, now)
    said = [
        {"call_id": one.key, "number": one.number, "language": one.language, "ring_timeout_ms": one.ring_ms,
         "say": _pieces(one.said)} for one in speak_code.take(switch, now=now)
    ]  # fmt: skip
    return {"hangup": hangup, "speak": said, "heartbeat_s": HEARTBEAT_SECONDS}


@by_switch
def spoken(switch: "Switch", body: Body, now: datetime, name: str) -> dict[str, Any]:
    """How a call of `speak` went."""
    _own(switch, name)
    key = door.key(body, "call_id")
    result = door.one_of(body, "result", {one: one for one in speak_code.RESULTS})
    if not speak_code.over(switch, key=key, result=result, now=now):
        raise door.unknown("call")
    return {"call_id": key}


def _goes_on(switch: "Switch", heard: list[tuple[UUID, int]], now: datetime) -> list[UUID]:
    return tell_call.alive(switch, heard=dict(heard), now=now)


@by_switch
def boot(switch: "Switch", body: Body, now: datetime, name: str) -> dict[str, Any]:
    """A switch starts. Answered: the calls it had, settled to their last heartbeat; it hangs up whatever is left."""
    _own(switch, name)
    lost = tell_call.booted(switch, boot_id=door.text(body, "boot_id", most=64, needed=True), now=now)
    return {"calls": [{"call_id": call.key, "number": call.number} for call in lost]}


def _own(switch: "Switch", name: str) -> None:
    if switch.name != name:
        raise door.unknown("switch")
