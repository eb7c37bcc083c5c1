"""A call is over: its record is written and its money taken, once, whoever tells of it (TEL-6, T14).

What is taken is the price of the seconds from acceptance, at the rate that was pinned, and never more than was set
aside. Without acceptance nothing is taken. The facility's share of the rate is booked beside it, as an item of its
own (F23)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from kinline.core.transaction import story
from kinline.flows.correct_call import credit_if_ours
from kinline.flows.sweeping import each
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.ledger.errors import refusals
from kinline.payments.queries.allowances import MINUTES
from kinline.payments.services import allowances
from kinline.telephony import services
from kinline.telephony.dialling import Place
from kinline.telephony.models import Call, CallEvent, Cdr, Switch
from kinline.telephony.queries import calls
from kinline.telephony.rating import Rate, cost, used_seconds
from kinline.telephony.rules import Decision

BACK_FOR: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Ended:
    """What a switch tells of an end. `at`: when it was, if that was before now: what is told late.

    `billable_ms`: of conversation; `side`: who ended it.
    """

    key: UUID
    reason: str
    side: str
    billable_ms: int
    sip_code: int = 0
    at: datetime | None = None


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
    """The switch tells that a call ended; None: it never had one. The same again changes nothing."""
    written = _ended(switch, [Ended(key, reason, side, billable_ms, sip_code, at)], now)
    if written:
        return written[0]
    known = calls.by_key(switch.pk, key)
    return calls.record_of(known.pk) if known else None


@story
def end_all(switch: Switch, ended: Sequence[Ended], *, now: datetime) -> None:
    """Ends of any number of calls, each as `end`, in one transaction. One that is refused refuses all of them."""
    _ended(switch, ended, now)


def _ended(switch: Switch, ended: Sequence[Ended], now: datetime) -> list[Cdr]:
    """The records that this wrote: of calls of this switch that went on until now."""
    first = {one.key: one for one in reversed(ended)}
    held = services.locked_all(first.keys(), switch.pk)
    return settle([(call, first[key]) for key, call in held.items() if call.ended_at is None], now)


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
    settle([(call, Ended(call.key, "switch_lost", "system", call.heard_ms))], now)
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


def settle(ended: Sequence[tuple[Call, Ended]], now: datetime) -> list[Cdr]:
    """Step: take the price of locked calls, give the rest back, write it down; the records that stand. Any number in
    four statements, but for what an agency pays. What our side lost is settled the same, then given back (TEL-14).
    """
    if not ended:
        return []
    prices = [_price(call, one) for call, one in ended]
    entries = _take(prices, now)
    services.end_all([(call, _ended_at(call, one, now)) for call, one in ended])
    moments = calls.moments([call.pk for call, _ in ended])
    records = [
        _record(price, one, moments[call.pk], entries[call.pk], now)
        for price, (call, one) in zip(prices, ended, strict=True)
    ]
    services.write_all(records)
    return [credit_if_ours(price.call, written, now) for price, written in zip(prices, records, strict=True)]


def _ended_at(call: Call, one: Ended, now: datetime) -> datetime:
    return min(max(one.at or now, call.accepted_at or call.started_at), now)


def _record(price: "_Price", one: Ended, events: Sequence[CallEvent], entries: list[int], now: datetime) -> Cdr:
    """What stays of a call that is over."""
    call = price.call
    reason = call.end_asked if call.end_asked and one.side == "staff" else one.reason  # a switch knows only: asked
    accepted = call.accepted_at is not None
    moments = {event.kind: event.at for event in reversed(events)}
    return services.record(
        call,
        **_of(call),
        ringing_at=moments.get("ringing"),
        answered_at=call.answered_at,
        announced_at=moments.get("announced"),
        accepted_at=call.accepted_at,
        ended_at=call.ended_at,
        result="completed" if accepted else reason,
        ended_by=one.side,
        reasons=[reason],
        sip_code=one.sip_code or None,
        seconds=price.seconds,
        unbilled_seconds=_unbilled(call, call.ended_at or now),
        signs=[event.detail for event in events if event.kind == "sign"],
        recording=_recording(call),
        written_at=now,
        base_micro=call.base_micro,
        additive_micro=call.additive_micro,
        cents=price.cents,
        base_cents=price.cents - price.additive,
        additive_cents=price.additive,
        agency_cents=price.agency,
        payer=call.payer if price.own else "",
        entries=entries,
    )


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


@dataclass(frozen=True, slots=True)
class _Price:
    """What a call that lasted `seconds` costs, in cents: `agency` first, then `own`, of the balance that was held.

    `given`: seconds that the agency pays for. `additive`: the facility's share of both.
    """

    call: Call
    seconds: int
    given: int
    agency: int
    own: int
    additive: int

    @property
    def cents(self) -> int:
        return self.agency + self.own


def _price(call: Call, one: Ended) -> _Price:
    """Never more than was set aside; without acceptance nothing."""
    seconds = min(used_seconds(one.billable_ms), call.seconds) if call.accepted_at is not None else 0
    rate = Rate(call.base_micro, call.additive_micro)
    given = min(seconds, call.allowance_seconds)
    agency = cost(given, rate)
    own = min(cost(seconds, rate) - agency, call.held_cents)
    return _Price(call, seconds, given, agency, own, min(seconds * call.additive_micro // 600_000, agency + own))


def _take(prices: Sequence[_Price], now: datetime) -> dict[int, list[int]]:
    """The entries of each call: of the agency, of the balance that was held, and of the facility's share (F3, F7),
    which is owed to it, no revenue of ours. What was set aside beyond the price goes back.
    """
    entries: dict[int, list[int]] = {price.call.pk: [] for price in prices}
    for price in prices:
        if price.call.allowance_seconds:
            _use_allowance(f"call:{price.call.pk}", price.given, now)
        if price.agency:
            entries[price.call.pk].append(_agency_pays(price.call, price.agency, now))
    with refusals(), connection.cursor() as cursor:
        cursor.execute(_TAKE, [now, now, now, json.dumps([_as_json(price) for price in prices])])
        for call_id, captured, shared, _ in cursor.fetchall():
            entries[call_id] += [entry for entry in (captured, shared) if entry is not None]
    return entries


# In the order of the payers' addresses, as the ledger locks balances. What is null is not done.
_TAKE: Final = """
    SELECT call_id, CASE WHEN own > 0 THEN ledger_capture(hold_id, revenue, own, %s, about) END AS captured,
        CASE WHEN additive > 0 THEN
            ledger_post('additive:' || about, 'additive', ARRAY[revenue, share], ARRAY[-additive, additive], %s, about)
        END AS shared,
        CASE WHEN own = 0 AND hold_id IS NOT NULL THEN ledger_void(hold_id, %s) END AS given_back
    FROM (SELECT *, 'call:' || call_id AS about
          FROM jsonb_to_recordset(%s::jsonb) AS p(call_id bigint, hold_id bigint, payer text, revenue text, share text,
                                                  own bigint, additive bigint)
          ORDER BY payer COLLATE "C", call_id) AS in_order
"""


def _as_json(price: _Price) -> dict[str, Any]:
    call = price.call
    return {
        "call_id": call.pk,
        "hold_id": call.hold_id,
        "payer": call.payer,
        "revenue": chart.facility_revenue(call.facility_id),
        "share": chart.additive(call.facility_id),
        "own": price.own if call.hold_id is not None else 0,
        "additive": price.additive,
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
