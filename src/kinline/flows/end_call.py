"""A call is over: its record is written and its money taken, once, whoever tells of it (TEL-6, T14).

What is taken is the price of the seconds from acceptance, at the rate that was pinned, and never more than was set
aside. Without acceptance nothing is taken. The facility's share of the rate is booked beside it, as an item of its
own (F23)."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from kinline.core.transaction import story
from kinline.flows.correct_call import credit_if_ours
from kinline.flows.sweeping import each
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.payments.queries.allowances import MINUTES
from kinline.payments.services import allowances
from kinline.telephony import services
from kinline.telephony.dialling import Place
from kinline.telephony.models import Call, Cdr, Switch
from kinline.telephony.queries import calls
from kinline.telephony.rating import Rate, cost, used_seconds
from kinline.telephony.rules import Decision

BACK_FOR: Final = timedelta(seconds=60)


@story
def end(
    switch: Switch,
    *,
    key: UUID,
    reason: str,
    side: str,
    billable_ms: int,
    sip_code: int,
    now: datetime,
    at: datetime | None = None,
) -> Cdr | None:
    """The switch tells that a call ended; None: it never had one. The same again changes nothing.

    `at`: when it ended, if that was before `now`: what a switch tells late, since nobody listened.
    """
    call = services.locked(key, switch.pk)
    if call is None:
        return None
    if call.ended_at is not None:
        return calls.record_of(call.pk)
    ended_at = min(max(at or now, call.accepted_at or call.started_at), now)
    return settle(
        call, reason=reason, side=side, billable_ms=billable_ms, sip_code=sip_code, now=now, ended_at=ended_at
    )


def ask_end_of(resident_id: int, reason: str) -> bool:
    """Step: a locked resident leaves; the call they are in is to be ended. False: they are in none."""
    live = calls.live_of(resident_id)
    call = services.locked(live.key, live.switch_id) if live else None
    if call is None or call.ended_at is not None:
        return False
    if not call.end_asked:
        services.ask_end(call, reason=reason)
    return True


@story
def sweep_one(call_id: int, *, now: datetime) -> bool:
    """A call of which nobody told in time ends at its last sign of life, in the customer's favour. False: no need."""
    call = services.locked_lapsed(call_id, now)
    if call is None:
        return False
    settle(call, reason="switch_lost", side="system", billable_ms=call.heard_ms, sip_code=0, now=now)
    return True


def sweep(now: datetime) -> int:
    """Every call whose switch fell silent, each in a story of its own; how many.

    None for a while after the database came back: switches could not tell, and say first what they wrote down.
    """
    if calls.database_began(now) < BACK_FOR:
        return 0
    done: list[bool] = []
    each("calls of silent switches", calls.lapsed(now), lambda call: done.append(sweep_one(call.pk, now=now)))
    return sum(done)


def settle(
    call: Call,
    *,
    reason: str,
    side: str,
    billable_ms: int,
    sip_code: int,
    now: datetime,
    ended_at: datetime | None = None,
) -> Cdr:
    """Step: take the price of a locked call, give the rest back, write it down; the record that stands. `ended_at`:
    where not `now`. What our side lost is settled the same, and then given back (TEL-14).
    """
    ended_at = ended_at or now
    reason = call.end_asked if call.end_asked and side == "staff" else reason  # a switch knows only that it was asked
    accepted = call.accepted_at is not None
    seconds = min(used_seconds(billable_ms), call.seconds) if accepted else 0
    taken = _take(call, seconds, now)
    services.end(call, now=ended_at)
    moments = {event.kind: event.at for event in reversed(calls.moments(call.pk))}
    signs = [event.detail for event in calls.moments(call.pk) if event.kind == "sign"]
    written = services.write_down(
        call,
        **_of(call),
        ringing_at=moments.get("ringing"),
        answered_at=call.answered_at,
        announced_at=moments.get("announced"),
        accepted_at=call.accepted_at,
        ended_at=ended_at,
        result="completed" if accepted else reason,
        ended_by=side,
        reasons=[reason],
        sip_code=sip_code or None,
        seconds=seconds,
        unbilled_seconds=_unbilled(call, ended_at),
        signs=signs,
        recording=_recording(call),
        written_at=now,
        **taken,
    )
    return credit_if_ours(call, written, now)


def write_refusal(call: Call, decision: Decision, now: datetime) -> Cdr:
    """Step: the record of a try that was not placed, with every reason (T14)."""
    codes = [reason.code for reason in decision.reasons]
    return services.write_down(
        call,
        **_of(call),
        ended_at=now,
        result=codes[0],
        ended_by="system",
        reasons=codes,
        recording="none",
        written_at=now,
    )


def _take(call: Call, seconds: int, now: datetime) -> dict[str, Any]:
    """Agency first, then the balance that was held; what was set aside beyond it goes back."""
    rate = Rate(call.base_micro, call.additive_micro)
    given = min(seconds, call.allowance_seconds)
    agency_cents = cost(given, rate)
    own_cents = min(cost(seconds, rate) - agency_cents, call.held_cents)
    about = f"call:{call.pk}"
    entries: list[int] = []
    if call.allowance_seconds:
        _use_allowance(about, given, now)
    if agency_cents:
        entries.append(_agency_pays(call, agency_cents, now))
    if call.hold_id is not None:
        entries += _capture(call, call.hold_id, own_cents, now)
    cents = agency_cents + own_cents
    additive = min(seconds * call.additive_micro // 600_000, cents)
    if additive:
        entries.append(_share(call, additive, now))
    return {
        "base_micro": call.base_micro,
        "additive_micro": call.additive_micro,
        "cents": cents,
        "base_cents": cents - additive,
        "additive_cents": additive,
        "agency_cents": agency_cents,
        "payer": call.payer if own_cents else "",
        "entries": entries,
    }


def _use_allowance(about: str, seconds: int, now: datetime) -> None:
    if seconds:
        allowances.use_reserved(about, now=now, kind=MINUTES, count=-(-seconds // 60))
    else:
        allowances.give_back(about, now=now, kind=MINUTES)


def _agency_pays(call: Call, cents: int, now: datetime) -> int:
    about = f"call:{call.pk}"
    funding, revenue = chart.agency_funding(call.facility.agency_id), chart.facility_revenue(call.facility_id)
    lines = [(funding, -cents), (revenue, cents)]
    return ledger.post(key=f"allowance:{about}", kind="allowance", lines=lines, now=now, reference=about)


def _capture(call: Call, hold_id: int, cents: int, now: datetime) -> list[int]:
    if not cents:
        ledger.void(hold_id=hold_id, now=now)
        return []
    revenue = chart.facility_revenue(call.facility_id)
    return [ledger.capture(hold_id=hold_id, to=revenue, cents=cents, now=now, reference=f"call:{call.pk}")]


def _share(call: Call, cents: int, now: datetime) -> int:
    """The facility's share of what was just earned (F3, F7): owed to it, no revenue of ours."""
    about = f"call:{call.pk}"
    lines = [(chart.facility_revenue(call.facility_id), -cents), (chart.additive(call.facility_id), cents)]
    return ledger.post(key=f"additive:{about}", kind="additive", lines=lines, now=now, reference=about)


def _of(call: Call) -> dict[str, Any]:
    """What a record says of where, who and whom."""
    facts = call.facts
    place = Place(facts.get("kind") or "domestic", facts.get("country", ""), facts.get("state", ""))
    return {
        "facility_kind": facts.get("holds", ""),
        "tier": facts.get("tier", ""),
        "station": call.station.label if call.station else "",
        "resident_id": call.resident_id,
        "dialled": facts.get("keys", ""),
        "number": call.number,
        "place_kind": facts.get("kind", ""),
        "country": facts.get("country", ""),
        "jurisdiction": place.seen_from(call.facility.region) if facts.get("country") else "",
        "call_type": call.call_type,
        "access": "relay" if facts.get("relay") else "voice",
        "started_at": call.started_at,
    }


def _unbilled(call: Call, now: datetime) -> int:
    """From the first key to acceptance, or to the end of a call that never was accepted (F32)."""
    until = call.accepted_at or now
    return max(0, int((until - call.started_at).total_seconds()))


def _recording(call: Call) -> str:
    """Its id, or why there is none (T14)."""
    if call.call_type == "hotline":
        return "hotline"
    if call.facts.get("privileged"):
        return "privileged"
    return "asked" if call.record and call.accepted_at else "none"
