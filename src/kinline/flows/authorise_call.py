"""May this call be placed? The decision, and the money for it set aside, in one story (TEL-1, TEL-3, TEL-6).

`authorise` first tries the PIN in a story of its own, so that a wrong one is counted whatever follows. Then one story
reads what the decision depends on (`call_facts`, one statement), decides (`telephony.rules`), and either sets the money
aside and begins the call (one statement again), or writes down why not. The same key again gives the same answer, and
sets nothing aside twice.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from django.db import IntegrityError, connection

from kinline.core import rows
from kinline.core.transaction import story
from kinline.flows import call_facts, end_call
from kinline.flows.call_facts import Known
from kinline.flows.who_calls import HERE, who_calls
from kinline.ledger import chart
from kinline.ledger.errors import InsufficientFunds, refusals
from kinline.ledger.queries import Balance
from kinline.payments.queries import allowances
from kinline.payments.services import allowances as allowance_verbs
from kinline.residents import services as residents_verbs
from kinline.residents.models import Resident
from kinline.telephony import rules, services
from kinline.telephony.models import Call, Hotline, Station, Switch, TelephoneSettings
from kinline.telephony.queries import authority, calls, names, plans
from kinline.telephony.rating import Rate
from kinline.telephony.rules import Caller, CallType, Decision, Facts, PayerKind, Purse, Stop

TRIES: Final = 3  # when what was read has changed before it was set aside
CHOICES: Final[dict[str, PayerKind]] = {"1": "prepaid_collect", "2": "pin_debit"}


class CallIdTaken(Exception):
    """Another switch has given this key to a call of its own."""


class NameFirst(Exception):
    """Nothing was decided and nothing set aside: this resident says their name first, then the same comes again."""

    def __init__(self, resident_id: int) -> None:
        super().__init__("a name is wanted first")
        self.resident_id = resident_id


class _Lapsed(Exception):
    """The caller seems to be in a call of which no switch has told in time: it is over, but nobody has settled it."""


@dataclass(frozen=True, slots=True)
class Try:
    """What a telephone asks: who says they call, and whom. `payer`: `1` prepaid, `2` PIN Debit, if chosen (TEL-1).

    `names`: the caller could say their name now, if it is wanted; `rename`: they wish to (T6).
    """

    id: str
    pin: str
    keys: str
    payer: str = ""
    language: str = "en"
    names: bool = False
    rename: bool = False

    def __repr__(self) -> str:  # no PIN in a log
        return "Try(…)"


@dataclass(frozen=True, slots=True)
class Asked:
    """One try at one telephone: of which switch, by which key, where, how the place telephones, what was keyed in."""

    switch: Switch
    key: UUID
    station: Station
    setting: TelephoneSettings
    tried: Try
    now: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """`call` is over at once when `decision` has reasons. `name`: of who calls, for what is said."""

    call: Call
    decision: Decision
    name: str = ""
    number: str = ""


def authorise(switch: Switch, *, key: UUID, station: Station, tried: Try, now: datetime) -> Answer:
    """The call as it may be placed, with money set aside, or every reason why not. Raises CallIdTaken, NameFirst."""
    asked = Asked(switch, key, station, authority.settings_of(station.facility), tried, now)
    line = authority.hotline(station.facility_id, tried.keys)
    if line is not None:
        return _hotline(asked, line)
    resident, caller = who_calls(station, asked.setting.asks, number=tried.id, pin=tried.pin, now=now)
    if tried.names and resident is not None and caller == HERE and _name_wanted(asked, resident):
        raise NameFirst(resident.pk)
    for _ in range(TRIES):
        try:
            return _decided(asked, resident, caller)
        except _Lapsed as call:
            end_call.sweep_one(call.args[0], now=now)
        except (IntegrityError, InsufficientFunds):  # one answer asked for twice; money or a courtesy just taken
            if (known := calls.by_key(switch.pk, key)) is not None:
                return again(known)
            if calls.key_is_taken(key):
                raise CallIdTaken from None
    return _decided(asked, resident, caller)


def _name_wanted(asked: Asked, resident: Resident) -> bool:
    """Only of somebody whose PIN was right, where the place takes names."""
    if not asked.setting.records_names or "pin" not in asked.setting.asks:
        return False
    return names.may_say(resident.pk, again=asked.tried.rename)


@story
def _decided(asked: Asked, resident: Resident | None, caller: Caller) -> Answer:
    if resident is not None:  # two telephones with one PIN, a release, the agency's last minute: one after the other
        residents_verbs.lock(resident_id=resident.pk)
    who = resident.pk if resident and caller.identified else None
    found = authority.meant(who, asked.tried.keys)
    payers = _payers(asked, who, found.number)
    known = call_facts.read(
        call_facts.About(
            asked.switch.pk, asked.key, asked.station, asked.setting, who, found, list(payers.values()), asked.now
        )
    )
    if known.call_id is not None:
        return again(calls.by_id(known.call_id))
    facts = _facts(asked, caller, known, payers)
    decision = rules.decide(facts)
    begun = services.Begun(
        key=asked.key,
        switch=asked.switch,
        station=asked.station,
        resident_id=resident.pk if resident else None,
        number=found.number,
        facts=_noted(facts, asked, decision, known),
        now=asked.now,
    )
    if not decision.allowed:
        call = services.refused(begun)
        end_call.write_refusal(call, decision, asked.now)
        return Answer(call, decision, number=begun.number)
    payer = payers[decision.payer] if decision.payer else ""
    call = _begin(services.begun_as(begun, decision, payer=payer))
    _count_allowance(call, decision, asked.now)
    return Answer(call, decision, resident.name if resident else "", begun.number)


def _facts(asked: Asked, caller: Caller, known: Known, payers: dict[PayerKind, str]) -> Facts:
    """What is known, as the decision takes it."""
    facility, setting = asked.station.facility, asked.setting
    place = known.number.dialled.place
    return Facts(
        now=asked.now,
        time_zone=facility.time_zone,
        offered=facility.calls_offered,
        caller=_present(caller, known, asked.now),
        number=known.number,
        rate=known.rate if place else Rate(0),
        places=frozenset(setting.places),
        limits=(*known.limits, rules.Limits(record=setting.records and not known.silent)),
        used=known.used,
        stops=(*known.stops, *((Stop("contact_blocked"),) if known.blocked else ()), *_kept_apart(known)),
        purses=tuple(_purse(kind, known.balances[address]) for kind, address in payers.items()),
        allowance_seconds=60 * known.allowance_left,
        courtesy_seconds=setting.courtesy_seconds,
        quota_for_privileged=setting.quota_for_privileged,
    )


def _kept_apart(known: Known) -> tuple[Stop, ...]:
    """A no-contact order counts for the telephone that its person proved to be theirs; nobody is kept from counsel."""
    apart, until = known.apart
    if not apart or not known.number.dialled.number or known.number.privileged:
        return ()
    return (Stop("restricted", until),)


def _present(caller: Caller, known: Known, now: datetime) -> Caller:
    """Where they are, and whether they are in a call. Raises _Lapsed when that call is long over."""
    if not known.asked_of:
        return caller
    if known.lease_until is not None and known.lease_until < now:
        raise _Lapsed(known.live_id)
    return Caller(identified=True, in_custody=known.in_custody, calling=known.live_id is not None)


def _payers(asked: Asked, who: int | None, number: str) -> dict[PayerKind, str]:
    """The balances that may pay, in the place's order, or the caller's choice alone: whose account each is."""
    addresses = _addresses(asked.station, who, number)
    choice = CHOICES.get(asked.tried.payer)
    wanted = [choice] if choice else asked.setting.payers
    return {kind: addresses[kind] for kind in wanted if kind in addresses and kind in asked.setting.payers}


def _purse(kind: PayerKind, balance: Balance) -> Purse:
    return Purse(kind, max(0, balance.available_cents), balance.held_cents)


def _addresses(station: Station, who: int | None, number: str) -> dict[PayerKind, str]:
    found: dict[PayerKind, str] = {}
    if number and station.facility.prepaid_numbers:
        found["prepaid_collect"] = chart.number_prepaid(number)
    if who is not None and station.facility.pin_debit:
        found["pin_debit"] = chart.resident_calls(who)
    return found


def _noted(facts: Facts, asked: Asked, decision: Decision, known: Known) -> dict[str, Any]:
    """What the record of the call will say besides; of the keys only those of the number, never of a PIN (T14)."""
    place = facts.number.dialled.place
    return {
        "keys": _kept(asked.tried.keys, facts),
        "language": asked.tried.language,
        "kind": place.kind if place else "",
        "country": place.country if place else "",
        "state": place.state if place else "",
        "holds": asked.setting.holds,
        "tier": plans.tier_said(known.ground),
        "relay": facts.number.relay,
        "privileged": facts.number.privileged,
        "reasons": [reason.code for reason in decision.reasons],
    }


def _kept(keys: str, facts: Facts) -> str:
    """The keys of a number. Of what is none nothing but its length: it may be a PIN keyed in at the wrong moment."""
    return "•" * min(len(keys), 24) if facts.number.dialled.code == "no_number" else keys[:24]


_BEGIN: Final = f"""
    INSERT INTO telephony_call (id, hold_id, {rows.columns(Call, "hold_id")})
    SELECT new.id,
        CASE WHEN held_cents > 0 THEN
            ledger_hold('call:' || new.id, 'call', ARRAY[payer::text], ARRAY[held_cents::bigint], started_at) END,
        {rows.columns(Call, "hold_id")}
    FROM nextval('telephony_call_id_seq') AS new(id), jsonb_populate_recordset(NULL::telephony_call, %s::jsonb)
    RETURNING id, hold_id
"""  # noqa: S608 - names of columns. 'call': the chart of what may earn knows this purpose (flows/migrations/0002)


def _begin(call: Call) -> Call:
    """The call and one hold of one balance, in one statement. Raises InsufficientFunds, IntegrityError as `begin`."""
    with refusals(), connection.cursor() as cursor:
        cursor.execute(_BEGIN, [rows.as_json([call])])
        call.pk, call.hold_id = cursor.fetchone()
    call._state.adding = False
    return call


def _count_allowance(call: Call, decision: Decision, now: datetime) -> None:
    """What the agency pays for is counted in minutes begun; the resident is locked."""
    if not (decision.allowance_seconds and call.resident_id):
        return
    week = allowance_verbs.week_locked(
        resident_id=call.resident_id, facility_id=call.facility_id, now=now, kind=allowances.MINUTES
    )
    if week is not None:
        allowance_verbs.reserve(
            week,
            resident_id=call.resident_id,
            facility_id=call.facility_id,
            about=f"call:{call.pk}",
            now=now,
            kind=allowances.MINUTES,
            count=-(-decision.allowance_seconds // 60),
        )


@story
def _hotline(asked: Asked, line: Hotline) -> Answer:
    """A free line that asks for nothing; who calls is not asked and not kept (REC3)."""
    if (known := calls.by_key(asked.switch.pk, asked.key)) is not None:
        return again(known)
    decision = Decision((), "hotline", seconds=rules.LONGEST_SECONDS)
    begun = services.Begun(
        key=asked.key,
        switch=asked.switch,
        station=asked.station,
        resident_id=None,
        number=line.number,
        facts={"keys": line.keys, "hotline": line.pk},
        now=asked.now,
    )
    return Answer(services.begin(begun, decision), decision, number=line.number)


def again(call: Call) -> Answer:
    """The answer that was given before, from what was written down then."""
    reasons = tuple(rules.Reason(code) for code in call.facts.get("reasons", ()))
    decision = Decision(
        reasons,
        cast("CallType", call.call_type),
        cast("PayerKind", call.call_type) if call.hold_id is not None else None,
        rate=Rate(call.base_micro, call.additive_micro),
        seconds=call.seconds,
        hold_cents=call.held_cents,
        allowance_seconds=call.allowance_seconds,
        record=call.record,
    )
    return Answer(call, decision, call.resident.name if call.resident else "", call.number)
