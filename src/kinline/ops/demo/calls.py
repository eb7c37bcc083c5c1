"""Money for calls in the sample, and calls of its past, through the same flows as real ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kinline.flows import authorise_call, end_call, tell_call
from kinline.flows.authorise_call import Try
from kinline.flows.lobby import take_money
from kinline.flows.tell_call import Moment
from kinline.ledger import chart, queries
from kinline.ops.demo.calendar import OPENED_DAYS, ago
from kinline.ops.demo.money import ANAS, BENS, PAYER
from kinline.ops.demo.people import DANIEL, GRACE, LUIS, MAYA, OMAR, ROSA, TOM, Cast, key, pin_of
from kinline.ops.demo.places import Jail
from kinline.ops.demo.telephone import BLOCKED, CARMENS, PRIVATE, RELAY, allowed, own_number, username
from kinline.telephony.models import Station, Switch
from kinline.telephony.queries import authority

# Cents on a number, taken in the lobby; Ben's is in money.py.
PREPAID = ((ANAS, 2000), (CARMENS, 1500), (own_number(DANIEL), 1000), (own_number(GRACE), 1000))
PIN_DEBIT = ((DANIEL, 1000), (GRACE, 800), (LUIS, 1000), (ROSA, 700), (OMAR, 500))


@dataclass(frozen=True, slots=True)
class Past:
    """A call of the past: `days` ago at `clock`, from the telephone of `unit`, `seconds` of conversation, or why not.

    `ends`: how it ended; `side`: who ended it. A refused one needs neither: the decision says why.
    """

    who: str
    number: str
    unit: str
    days: int
    clock: str
    seconds: int = 0
    ends: str = "caller_hung_up"
    side: str = "caller"
    sip_code: int = 0
    payer: str = ""


PASTS = (
    Past(DANIEL, ANAS, "North A", 9, "18:05", 722, "called_hung_up", "called"),
    Past(DANIEL, ANAS, "North A", 6, "18:10", 0, "no_answer", "called", 480),
    Past(DANIEL, own_number(DANIEL), "North A", 5, "19:20", 277, payer="2"),
    Past(DANIEL, ANAS, "North A", 2, "18:00", 900, "time_limit", "system"),
    Past(GRACE, BENS, "North C", 8, "17:40", 483),
    Past(GRACE, RELAY, "North C", 4, "16:15", 1500, "called_hung_up", "called"),
    Past(GRACE, BENS, "North C", 1, "17:45", 0, "busy", "called", 486),
    Past(MAYA, BENS, "North B", 7, "13:30", 0, "refused_by_called_party", "called"),
    Past(MAYA, ANAS, "North B", 3, "13:35"),  # not on her list
    Past(OMAR, BLOCKED, "North A", 6, "12:50"),
    Past(OMAR, PRIVATE, "North A", 2, "12:55"),
    Past(LUIS, ANAS, "South B", 8, "20:00", 845),
    Past(ROSA, CARMENS, "South C", 5, "15:10", 1104, "called_hung_up", "called"),
    Past(TOM, CARMENS, "South B", 3, "11:05", 61),
    Past("", "78", "South A", 4, "22:30", 640),  # a hotline: nobody's
)
RINGS_SECONDS, SAYS_SECONDS = 6, 9


def make(jail: Jail, cast: Cast, now: datetime) -> None:
    _money(jail, cast, now)
    switch, _ = Switch.objects.get_or_create(
        name="sample-past", defaults={
            "token_digest": bytes(32), "created_at": ago(now, OPENED_DAYS, "08:00"), "disabled_at": now,
        },
    )  # fmt: skip
    for past in sorted(PASTS, key=lambda one: ago(now, one.days, one.clock)):
        _call(switch, past, ago(now, past.days, past.clock))


def _money(jail: Jail, cast: Cast, now: datetime) -> None:
    taken = [(jail.north, f"phone:{number}", number, cents) for number, cents in PREPAID]
    taken += [(jail.north, f"calls:{cast.parties[who].id}", who, cents) for who, cents in PIN_DEBIT]
    for place, code, who, cents in taken:
        there = jail.south if who in {LUIS, ROSA} else place
        take_money(
            staff=jail.staff["sample.finance"], facility_id=there.pk, code=code, amount_cents=cents, method="cash",
            payer_name=PAYER, reference="", client_key=key(f"calls:{who}"), now=ago(now, 15, "11:15"),
        )  # fmt: skip


def _call(switch: Switch, past: Past, at: datetime) -> None:
    station = authority.station(username(past.unit))
    if station is None:
        raise Station.DoesNotExist(past.unit)
    name = key(f"call:{past.who}:{past.number}:{past.days}")
    keys = past.number.removeprefix("+1")
    tried = Try(past.who, pin_of(past.who) if past.who else "", keys, past.payer, "es" if past.who == ROSA else "en")
    answer = authorise_call.authorise(switch, key=name, station=station, tried=tried, now=at)
    if not answer.decision.allowed or answer.call.ended_at is not None:
        return
    over = _told(switch, name, past, at)
    end_call.end(
        switch, key=name, reason=past.ends, side=past.side, billable_ms=1000 * past.seconds, sip_code=past.sip_code,
        now=over,
    )  # fmt: skip


def _told(switch: Switch, name: UUID, past: Past, at: datetime) -> datetime:
    """Its moments as a switch tells them; when it was over."""
    seconds = 0
    for seq, (kind, after) in enumerate(_moments(past)):
        seconds += after
        when = at + timedelta(seconds=seconds)
        tell_call.tell(switch, key=name, moment=Moment(seq, kind, when, elapsed_ms=1000 * seconds), now=when)
    return at + timedelta(seconds=seconds + past.seconds)


def _moments(past: Past) -> list[tuple[str, int]]:
    """Kinds, and seconds since the one before."""
    rang = [("dialling", 0), ("ringing", 1)]
    if past.ends == "busy":
        return rang[:1]
    if past.ends == "no_answer":
        return [*rang, ("gave_up", 45)]
    answered = [*rang, ("answered", RINGS_SECONDS), ("announced", SAYS_SECONDS)]
    return [*answered, ("accepted", 2)] if past.seconds else answered


# What demo.json says of it


def facts_of(numbers: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Of each resident whom they may call, and with which money. Two questions to the database for all of them."""
    lists = allowed(numbers)
    addresses = {chart.resident_calls(who) for who, _listed in lists.values()}
    addresses |= {chart.number_prepaid(number) for _who, listed in lists.values() for number in listed}
    balances = queries.balances(sorted(addresses))
    return {
        name: {
            "allowed_numbers": listed,
            "pin_debit_cents": balances[chart.resident_calls(who)].available_cents,
            "ppc_numbers": _with_money(listed, balances),
        }
        for name, (who, listed) in lists.items()
    }


def prepaid_numbers() -> list[dict[str, Any]]:
    """All numbers of the sample that somebody has put money on."""
    known = [BENS, *(number for number, _ in PREPAID)]
    return _with_money(known, queries.balances([chart.number_prepaid(number) for number in known]))


def _with_money(listed: Iterable[str], balances: Mapping[str, queries.Balance]) -> list[dict[str, Any]]:
    found = ((number, balances[chart.number_prepaid(number)].available_cents) for number in listed)
    return [{"number": number, "cents": cents} for number, cents in found if cents]
