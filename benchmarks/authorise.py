"""P5: authorising a call, against its bare SQL: the very statements that one authorisation sends, sent by psycopg.

    DATABASE_URL=postgresql://… .venv/bin/python benchmarks/authorise.py [seconds a round [rounds]]

One authorisation is recorded, statement by statement; `bare` sends the same with another caller, number and call each
time, prepared, in one durable transaction as the story does. `flow` is `authorise_call.authorise`. Each caller
calls once, 40 numbers pay, 4 connections. The place asks for the ID alone: a PIN's hash takes 28 ms on purpose.
"""

from __future__ import annotations

import itertools
import re
import sys
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from common import compared, database, ratio, said, throughput

THREADS = 4
NUMBERS = 40
CALLERS = 40_000
FIRST_CALLER = 10_000_000  # so that a number says what it is of
KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
RECORDED = FIRST_CALLER + 1  # the second caller is recorded
Statement = tuple[str, Any]


def main(seconds: float = 3.0, rounds: float = 5) -> None:
    with database("kinline_bench_authorise") as url:
        cast()
        callers = Callers()
        recorded = record(callers)
        print(f"{len(recorded)} statements an authorisation")
        figures = compared(
            int(rounds),
            flow=lambda: throughput(lambda _n: flow(callers), threads=THREADS, seconds=seconds),
            bare=lambda: throughput(lambda _n: bare(url, recorded, callers), threads=THREADS, seconds=seconds),
        )
        said("bare SQL / authorise, in calls a second", ratio(figures, "bare", "flow"), "<= 3 (P5)")


class Callers:
    """Residents in custody who have not called yet."""

    def __init__(self) -> None:
        self.next, self.lock = itertools.count(FIRST_CALLER), threading.Lock()

    def take(self) -> int:
        with self.lock:
            return next(self.next)


def cast() -> None:
    """A place with prices, limits and hours; 40,000 callers; 40 numbers with money for all of them."""
    from django.db import connection

    from kinline.facilities import services as facilities
    from kinline.ledger import chart
    from kinline.ledger import services as ledger
    from kinline.residents.models import Custody, Resident
    from kinline.telephony.models import CallLimits, CallRate, RatePlan, Station, Switch, TelephoneSettings

    now = datetime.now(UTC) - timedelta(days=30)
    agency = facilities.create_agency(name="Bench", slug="bench", now=now)
    place = facilities.create_facility(agency_id=agency.pk, name="Bench", slug="bench", region="NY", city="", now=now)
    unit = facilities.add_unit(facility_id=place.pk, name="A")
    place.calls_offered = True
    place.save()
    TelephoneSettings.objects.create(facility=place, payers=["prepaid_collect"], places=["domestic"], asks="id")
    CallLimits.objects.create(facility=place, seconds=900, calls_a_day=10)
    plan = RatePlan.objects.create(facility=place, effective_from=now, made_at=now)
    CallRate.objects.create(plan=plan, kind="domestic", base_micro=90_000, additive_micro=20_000)
    Switch.objects.create(name="bench", token_digest=b"0" * 32, created_at=now)
    Station.objects.create(facility=place, unit=unit, label="W", username="w", salt=b"0" * 32, enrolled_at=now)
    ids = range(FIRST_CALLER, FIRST_CALLER + CALLERS)
    people = (Resident(pk=n, agency=agency, number=str(n), last_name="R", folded=" r", created_at=now) for n in ids)
    Resident.objects.bulk_create(people, batch_size=5_000)
    held = (Custody(resident_id=n, facility=place, unit=unit, started_at=now) for n in ids)
    Custody.objects.bulk_create(held, batch_size=5_000)
    for number in map(e164, range(NUMBERS)):
        lines = [(chart.BANK, -(10**8)), (chart.number_prepaid(number), 10**8)]
        ledger.post(key=f"bench:{number}", kind="deposit", lines=lines, now=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def e164(number: int) -> str:
    return f"+1813555{100 + number % NUMBERS:04d}"


def flow(callers: Callers) -> Callable[[], None]:
    from kinline.flows.authorise_call import Try, authorise
    from kinline.telephony.models import Switch
    from kinline.telephony.queries.authority import station

    switch, telephone = Switch.objects.get(), station("w")
    assert telephone is not None

    def act() -> None:
        caller = callers.take()
        tried = Try(str(caller), "", e164(caller)[2:])
        answer = authorise(switch, key=uuid.uuid4(), station=telephone, tried=tried, now=datetime.now(UTC))
        assert answer.decision.hold_cents == 165, answer.decision

    return act


def record(callers: Callers) -> list[Statement]:
    """The statements of one authorisation, after the first, which also asks what every later one has by heart."""
    from django.db import connection

    found: list[Statement] = []

    def keep(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE")):
            found.append((sql, params or ()))
        return execute(sql, params, many, context)

    act = flow(callers)
    act()
    with connection.execute_wrapper(keep):
        act()
    return found


def bare(url: str, recorded: list[Statement], callers: Callers) -> Callable[[], None]:
    """Sends what was recorded, of another caller and call."""
    import psycopg

    connection = psycopg.connect(url)

    def act() -> None:
        caller = callers.take()
        new: dict[Any, Any] = {"caller": caller, "key": uuid.uuid4()}
        with connection.transaction():
            for sql, values in recorded:
                cursor = connection.execute(sql, renamed(values, new), prepare=True)
                if cursor.description:
                    cursor.fetchall()

    return act


def renamed(value: Any, new: dict[Any, Any]) -> Any:
    """The same of another caller: ids lie so far apart that each says what it is of."""
    if isinstance(value, dict):
        return {name: renamed(one, new) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [renamed(one, new) for one in value]
    if isinstance(value, uuid.UUID):
        return new["key"]
    if isinstance(value, int) and value >= FIRST_CALLER:
        return new["caller"]
    return _text(value, new) if isinstance(value, str) else value


def _text(value: str, new: dict[Any, Any]) -> str:
    value = KEY.sub(str(new["key"]), value)
    return value.replace(str(RECORDED), str(new["caller"])).replace(e164(RECORDED)[2:], e164(new["caller"])[2:])


if __name__ == "__main__":
    main(*[float(word) for word in sys.argv[1:3]])
